"""Billing: what the practice calls a patient's kind of account."""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene


def billing_type(patient: Row, scene: Scene) -> str | None:
    """Give the name of the billing type; None if there is none."""
    definition = scene.row("Definition", cells.whole(patient.get("BillingType")))
    return cells.text_or_none(definition.get("ItemName"))
