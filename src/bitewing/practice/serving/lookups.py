"""Look-ups: what a booking refers to (patient, room, provider, definitions), and what it may."""

from bitewing.practice.serving.call import RefusedError
from bitewing.practice.serving.fields import Fields
from bitewing.practice.serving.resources import CONFIRMED_CATEGORY
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import PatStatus


def living_patient(desk: Desk, number: int, *columns: str) -> Found:
    """Give a patient whose records may still be changed.

    Raises:
        RefusedError: 404, there is none; 400, it has been deleted (API Patients page).
    """
    found = desk.find("patient", ("PatNum", "PatStatus", *columns), "PatNum = ?", (number,))
    if not found:
        raise RefusedError("Patient not found", 404)
    if found[0]["PatStatus"] == PatStatus.DELETED:
        raise RefusedError("A deleted patient cannot be modified.")
    return found[0]


def open_room(desk: Desk, number: int) -> Found:
    """Give an operatory that is in use."""
    found = desk.find(
        "operatory", ("OperatoryNum", "ClinicNum", "IsHidden"), "OperatoryNum = ?", (number,)
    )
    if not found:
        raise RefusedError("Operatory not found", 404)
    if found[0]["IsHidden"]:
        raise RefusedError("Operatory is hidden.")
    return found[0]


def working_provider(desk: Desk, number: int) -> int:
    """Give the number of a provider who is neither hidden nor deleted."""
    columns = [
        name for name in ("IsHidden", "ProvStatus") if name in desk.tables["provider"].columns
    ]
    found = desk.find("provider", columns, "ProvNum = ?", (number,))
    if not found:
        raise RefusedError("Provider not found", 404)
    if any(found[0].values()):
        raise RefusedError("Provider is hidden.")
    return number


def default_provider(desk: Desk, preferred: int) -> int:
    """Give the patient's own provider, or else the practice's."""
    for number in (preferred, int(preference(desk, "PracticeDefaultProv", "0") or 0)):
        if number and desk.find(
            "provider", ("ProvNum",), "ProvNum = ? AND IsHidden = 0", (number,)
        ):
            return number
    raise RefusedError("ProvNum is required: the practice has no default provider.")


def preference(desk: Desk, name: str, default: str = "") -> str:
    """Give a preference's value."""
    found = desk.find("preference", ("ValueString",), "PrefName = ?", (name,))
    return str(found[0]["ValueString"]) if found else default


def confirmation(desk: Desk, fields: Fields, name: str = "Confirmed") -> int:
    """Give a definition of the category of confirmations; the first where none is named."""
    if name not in fields:
        return first_confirmation(desk)
    number = fields.whole(name)
    if not desk.find(
        "definition", ("DefNum",), "DefNum = ? AND Category = ?", (number, CONFIRMED_CATEGORY)
    ):
        raise RefusedError(f"{name} is invalid.")
    return number


def first_confirmation(desk: Desk) -> int:
    """Give the status of new appointments: the first in Definitions, Appt Confirmed."""
    found = desk.find(
        "definition",
        ("DefNum",),
        "Category = ? AND IsHidden = 0 ORDER BY ItemOrder, DefNum LIMIT 1",
        (CONFIRMED_CATEGORY,),
    )
    return int(found[0]["DefNum"]) if found else 0


def clinic(desk: Desk, number: int) -> int:
    """Give the number of a clinic that exists, or 0."""
    if number and not desk.find("clinic", ("ClinicNum",), "ClinicNum = ?", (number,)):
        raise RefusedError("Clinic not found", 404)
    return number
