"""People: patients come to the office for the first time, move house, change their minds, pay."""

from collections.abc import Callable, Mapping
from random import Random

from bitewing.practice import definitions, moments
from bitewing.practice.database import Value
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk
from bitewing.practice.simulating.visiting import charge
from bitewing.practice.words import PatStatus

LAST_NAMES = (
    "Abara", "Brandt", "Castillo", "Dufour", "Eriksen", "Fontaine", "Ghosh", "Hale",
    "Ishikawa", "Jensen", "Kowalski", "Lindqvist", "Moreau", "Novak", "Okafor",
)  # fmt: skip
FIRST_NAMES = (
    "Ada", "Ben", "Clara", "Dario", "Elif", "Felix", "Grace", "Hugo", "Iris", "Jonas",
    "Kemal", "Lena", "Mila", "Nils", "Olive",
)  # fmt: skip
STREETS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Hazel", "Juniper", "Linden")


def _phone(dice: Random) -> str:
    # 555-0100 to 555-0199 are kept free for fiction.
    return f"({dice.randint(201, 989)})555-01{dice.randrange(100):02}"


def _street(dice: Random) -> str:
    return f"{dice.randint(1, 9900)} {dice.choice(STREETS)} Street"


EDITS: Mapping[str, Callable[[Random], Value]] = {
    "Address": _street,
    "WirelessPhone": _phone,
    "HmPhone": _phone,
    "Email": lambda dice: f"{dice.choice(FIRST_NAMES).lower()}{dice.randrange(10**5)}@example.com",
    "Preferred": lambda dice: dice.choice(FIRST_NAMES),
    "TxtMsgOk": lambda dice: dice.randrange(3),
    "PreferConfirmMethod": lambda dice: dice.choice((0, 2, 4, 5, 8)),
    "Language": lambda dice: dice.choice(("", "spa", "fra", "vie")),
    "MedUrgNote": lambda dice: dice.choice(("", "Latex", "Penicillin", "Asthma")),
    "PatStatus": lambda dice: dice.choice((PatStatus.PATIENT, PatStatus.INACTIVE)),
}


def edit(desk: Desk) -> Action | None:
    """Write something new about a patient into one column."""
    column = desk.dice.choice(tuple(EDITS))
    found = desk.pick("patient", (column,), "PatStatus IN (0, 2)")
    if found is None:
        return None
    value = EDITS[column](desk.dice)
    if value == found[column]:
        return None
    number = found["PatNum"]
    desk.update("patient", number, {column: value})
    return desk.action(
        ActionKind.PATIENT_EDITED, "patient", number, f"changed {column} of patient {number}"
    )


def add(desk: Desk) -> Action | None:
    """Welcome somebody new, who answers for himself or herself."""
    dice = desk.dice
    clinic = desk.pick("clinic", ())
    provider = desk.pick("provider", (), "IsSecondary = 0 AND IsHidden = 0")
    today = desk.wall.date()
    number = desk.insert(
        "patient",
        {
            "LName": dice.choice(LAST_NAMES),
            "FName": dice.choice(FIRST_NAMES),
            "PatStatus": PatStatus.PATIENT,
            "Gender": dice.randrange(2),
            "Birthdate": today.replace(year=today.year - dice.randint(19, 80), day=1).isoformat(),
            "Address": _street(dice),
            "City": "Springfield",
            "State": "OR",
            "Zip": f"97{dice.randrange(1000):03}",
            "WirelessPhone": _phone(dice),
            "PriProv": provider["ProvNum"] if provider else 0,
            "BillingType": definitions.STANDARD_ACCOUNT,
            "ClinicNum": clinic["ClinicNum"] if clinic else 0,
            "SchoolName": "",
            "SecUserNumEntry": desk.user,
            "SecDateEntry": today.isoformat(),
            "DateFirstVisit": moments.NO_DAY,
        },
    )
    # The number is known only now; Open Dental's client, too, writes the guarantor afterwards.
    desk.update("patient", number, {"Guarantor": number})
    return desk.action(ActionKind.PATIENT_ADDED, "patient", number, f"added patient {number}")


def pay(desk: Desk) -> Action | None:
    """Take what a patient owes, or half of it."""
    found = desk.pick("patient", ("EstBalance",), "EstBalance > 0")
    if found is None:
        return None
    number = found["PatNum"]
    owed = float(found["EstBalance"])
    amount = round(owed if desk.dice.random() < 0.6 else max(0.01, owed / 2), 2)  # noqa: PLR2004
    charge(desk, number, -amount)
    return desk.action(ActionKind.PAID, "patient", number, f"patient {number} paid {amount:.2f}")
