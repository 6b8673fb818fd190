"""Treating provider: the hygienist of a hygiene appointment, otherwise the dentist."""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene


def provider_id(appointment: Row, scene: Scene) -> int | None:
    """Give our id for whom the patient will see."""
    return scene.id_of("Provider", _provider(appointment))


def provider_name(appointment: Row, scene: Scene) -> str | None:
    """Give first and last name; there is no column for an honorific."""
    provider = scene.find("Provider", _provider(appointment))
    return None if provider is None else full_name(provider)


def full_name(row: Row) -> str:
    """Join first and last name with a blank."""
    parts = (cells.text(row.get("FName")).strip(), cells.text(row.get("LName")).strip())
    return " ".join(part for part in parts if part)


def _provider(appointment: Row) -> int:
    hygienist = cells.whole(appointment.get("ProvHyg"))
    if hygienist and cells.flag(appointment.get("IsHygiene")):
        return hygienist
    return cells.whole(appointment.get("ProvNum"))
