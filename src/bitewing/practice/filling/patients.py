"""The patients' rows: addresses, wishes and balances around what the families have settled."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from random import Random

from bitewing.practice import definitions, moments
from bitewing.practice.database import Value
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.names import phone
from bitewing.practice.filling.office import USERS, Office
from bitewing.practice.filling.writing import Row
from bitewing.practice.words import PatStatus

OWING = 0.2
LIVES_APART = 0.04
SITES = 2
LANGUAGES = ("", "", "", "", "", "", "", "spa", "fra", "vie")
BILLING = (definitions.STANDARD_ACCOUNT,) * 8 + (
    definitions.PAYMENT_PLAN_ACCOUNT,
    definitions.COURTESY_ACCOUNT,
)
METHODS = (0, 2, 4, 5, 8)
NEVER_ISSUED = "666"
"""No social security number begins with it."""


def rows(
    office: Office, people: Sequence[Person], seen: Mapping[int, tuple[date, datetime]]
) -> Iterator[Row]:
    """Give the rows; ``seen`` tells the first visit and the last touch of those who came."""
    dice = office.random("patients")
    owed = {
        person.number: dice.randrange(500, 60000) / 100 if dice.random() < OWING else 0
        for person in people
    }
    family: dict[int, float] = {}
    for person in people:
        family[person.guarantor] = family.get(person.guarantor, 0) + owed[person.number]
    for person in people:
        joined_at = datetime.combine(person.joined_on, time(10))
        first_visit, touched_at = seen.get(person.number, (person.joined_on, joined_at))
        yield (
            _identity(person, dice)
            | _contact(person, dice)
            | _care(person, dice)
            | {
                "EstBalance": owed[person.number],
                "BalTotal": round(family.get(person.number, 0), 2),
                "Bal_0_30": round(family.get(person.number, 0), 2),
                "DateFirstVisit": _first_visit(person, first_visit),
                "SecDateEntry": person.joined_on.isoformat(),
                "DateTStamp": office.stamp(max(office.opened_at, joined_at, touched_at)),
            }
        )


def _identity(person: Person, dice: Random) -> dict[str, Value]:
    return {
        "PatNum": person.number,
        "LName": person.last,
        "FName": person.first,
        "MiddleI": dice.choice("ABCDEFGHJKLMNPRSTW") if dice.random() < OWING else "",
        "Preferred": person.first[:3] if dice.random() < LIVES_APART else "",
        "PatStatus": person.status,
        "Gender": int(person.is_female),
        "Position": person.position,
        "Birthdate": person.born_on.isoformat(),
        "SSN": f"{NEVER_ISSUED}{dice.randrange(10**6):06}" if dice.random() < OWING else "",
        "ChartNumber": f"C{person.number:06}",
        "SchoolName": "",
        "ImageFolder": f"{person.last}{person.first}{person.number}",
    }


def _contact(person: Person, dice: Random) -> dict[str, Value]:
    home = person.home
    address = f"{home.address} #{person.number}" if dice.random() < LIVES_APART else home.address
    email = f"{person.first}.{person.last}{person.number}@example.com".lower().replace(" ", "")
    return {
        "Address": address,
        "Address2": "",
        "City": home.place.city,
        "State": home.place.state,
        "Zip": home.place.zip,
        "HmPhone": home.phone,
        "WkPhone": phone(dice, home.place.area_code) if dice.random() < OWING else "",
        "WirelessPhone": phone(dice, home.place.area_code),
        "Email": email if dice.random() > OWING else "",
        "PreferConfirmMethod": dice.choice(METHODS),
        "PreferContactMethod": dice.choice(METHODS),
        "PreferRecallMethod": dice.choice(METHODS),
        "TxtMsgOk": dice.choice((0, 1, 1, 1, 2)),
        "Language": dice.choice(LANGUAGES),
        "Country": "",
    }


def _care(person: Person, dice: Random) -> dict[str, Value]:
    return {
        "Guarantor": person.guarantor,
        "PriProv": person.dentist,
        "SecProv": person.hygienist,
        "BillingType": dice.choice(BILLING),
        "ClinicNum": person.clinic,
        "SiteNum": 1 + dice.randrange(SITES) if dice.random() < LIVES_APART else 0,
        "FamFinUrgNote": "",
        "AddrNote": "",
        "MedUrgNote": dice.choice(("Penicillin", "Latex")) if dice.random() < LIVES_APART else "",
        "Premed": int(dice.random() < LIVES_APART),
        "HasIns": "I" if person.plan else "",
        "SmokingSnoMed": "",
        "SecUserNumEntry": 1 + dice.randrange(USERS),
    }


def _first_visit(person: Person, first_visit: date) -> str:
    has_come = person.status is not PatStatus.PROSPECTIVE
    return first_visit.isoformat() if has_come else moments.NO_DAY
