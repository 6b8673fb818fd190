"""Money: amounts, as text with two decimals and their currency."""

from decimal import Decimal

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

Money = dict[str, str]


def balance(patient: Row, scene: Scene) -> Money:
    """Give what the patient owes; the family's is in BalTotal of its guarantor and not meant."""
    return _money(cells.amount(patient.get("EstBalance")), scene)


def fee(procedure: Row, scene: Scene) -> Money:
    """Give the whole fee: that of one unit, as many times as there are units."""
    units = cells.whole(procedure.get("BaseUnits")) + cells.whole(procedure.get("UnitQty"))
    return _money(cells.amount(procedure.get("ProcFee")) * max(1, units), scene)


def _money(value: Decimal, scene: Scene) -> Money:
    return {"amount": cells.cents(value), "currency": scene.customs.currency}
