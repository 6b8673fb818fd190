"""Patients: POST patients, and who is taken for somebody the office knows already."""

import re
from collections.abc import Mapping
from datetime import date

from bitewing.practice import moments
from bitewing.practice.database import Value
from bitewing.practice.serving import lookups, resources
from bitewing.practice.serving.call import Answer, Call, RefusedError, created
from bitewing.practice.serving.fields import Fields, read_fields
from bitewing.practice.serving.listing import PATIENTS, element_of
from bitewing.practice.simulating.desk import Desk
from bitewing.practice.words import PatStatus

TEXTS = {
    # name: width of the column
    "LName": 100, "FName": 100, "MiddleI": 100, "Preferred": 100, "SSN": 100, "Address": 100,
    "Address2": 100, "City": 100, "State": 100, "Zip": 100, "HmPhone": 30, "WkPhone": 30,
    "WirelessPhone": 30, "Email": 100, "ChartNumber": 15, "MedicaidID": 20, "Language": 100,
    "FamFinUrgNote": 65535, "Ward": 255,
}  # fmt: skip
METHODS = ("PreferConfirmMethod", "PreferContactMethod", "PreferRecallMethod")
SETTABLE = (
    *TEXTS, *METHODS, "PatStatus", "Gender", "Position", "Birthdate", "Guarantor", "PriProv",
    "SecProv", "BillingType", "DateFirstVisit", "ClinicNum", "Premed", "TxtMsgOk",
)  # fmt: skip
PHONES = ("HmPhone", "WkPhone", "WirelessPhone")
NEW_STATUSES = tuple("" if name == "Deleted" else name for name in resources.PATIENT_STATUS)
NEW_GENDERS = ("Male", "Female", "Unknown")
_ZIP = re.compile(r"\d{5}(-?\d{4})?|[A-Za-z]\d[A-Za-z] \d[A-Za-z]\d", re.ASCII)
_STATE = re.compile(r"[A-Z]{2}")
_SSN = re.compile(r"\d{9}", re.ASCII)


def add(desk: Desk, call: Call) -> Answer:
    """Create a patient (API Patients page, POST create)."""
    fields = read_fields(call, SETTABLE)
    fields.require("LName", "FName")
    born_on = fields.day("Birthdate") if "Birthdate" in fields else None
    texts = {name: fields.text(name, longest=longest) for name, longest in TEXTS.items()}
    _check_forms(texts)
    row = {**texts, **_words(fields), **_references(desk, fields)}
    if _is_known(desk, texts, born_on):
        raise RefusedError("Patient already exists.")
    today = desk.wall.date().isoformat()
    number = desk.insert(
        "patient",
        row
        | {
            "Birthdate": born_on.isoformat() if born_on else moments.NO_DAY,
            "DateFirstVisit": fields.day("DateFirstVisit").isoformat()
            if "DateFirstVisit" in fields
            else moments.NO_DAY,
            "SchoolName": "",
            "AddrNote": "",
            "MedUrgNote": "",
            "SecUserNumEntry": desk.user,
            "SecDateEntry": today,
        },
    )
    # Both need the number, which only the server gives.
    folder = re.sub(r"\W", "", f"{texts['LName']}{texts['FName']}{number}")
    guarantor = fields.whole("Guarantor") or number
    desk.update("patient", number, {"Guarantor": guarantor, "ImageFolder": folder})
    return created(call, f"patients/{number}", element_of(desk, PATIENTS, number))


def _check_forms(texts: Mapping[str, str]) -> None:
    forms = {
        "Zip": (_ZIP, "12345, 12345-1234 or 123456789"),
        "State": (_STATE, "two capital letters"),
        "SSN": (_SSN, "nine digits without dashes"),
    }
    for name, (form, words) in forms.items():
        if texts[name] and not form.fullmatch(texts[name]):
            raise RefusedError(f"{name} format must be {words}.")


def _words(fields: Fields) -> dict[str, Value]:
    return {
        "PatStatus": fields.choice("PatStatus", NEW_STATUSES, "Patient"),
        "Gender": fields.choice("Gender", NEW_GENDERS, "Unknown"),
        "Position": fields.choice("Position", resources.POSITION, "Single"),
        "TxtMsgOk": fields.choice("TxtMsgOk", resources.TEXT_OK, "Unknown"),
        "Premed": int(fields.flag("Premed")),
        **{name: fields.choice(name, resources.CONTACT, "None") for name in METHODS},
    }


def _references(desk: Desk, fields: Fields) -> dict[str, Value]:
    if guarantor := fields.whole("Guarantor"):
        lookups.living_patient(desk, guarantor)
    provider, secondary = fields.whole("PriProv"), fields.whole("SecProv")
    return {
        "PriProv": lookups.working_provider(desk, provider)
        if provider
        else lookups.default_provider(desk, 0),
        "SecProv": lookups.working_provider(desk, secondary) if secondary else 0,
        "ClinicNum": lookups.clinic(desk, fields.whole("ClinicNum")),
        "BillingType": _billing_type(desk, fields),
    }


def _billing_type(desk: Desk, fields: Fields) -> int:
    if "BillingType" not in fields:
        return int(lookups.preference(desk, "PracticeDefaultBillType", "0") or 0)
    found = desk.find(
        "definition",
        ("DefNum",),
        "Category = ? AND ItemName = ?",
        (resources.BILLING_CATEGORY, fields.text("BillingType")),
    )
    if not found:
        raise RefusedError("BillingType is invalid.")
    return int(found[0]["DefNum"])


def _is_known(desk: Desk, texts: Mapping[str, str], born_on: date | None) -> bool:
    """Compare names, birthdate, and e-mail or phone numbers, as the Patients page says."""
    alike = desk.find(
        "patient",
        ("Email", *PHONES),
        "LOWER(LName) = ? AND LOWER(FName) = ? AND Birthdate = ? AND PatStatus <> ?",
        (
            texts["LName"].lower(),
            texts["FName"].lower(),
            born_on.isoformat() if born_on else moments.NO_DAY,
            PatStatus.DELETED,
        ),
    )
    phones = {digits for name in PHONES if (digits := _digits(texts[name]))}
    email = texts["Email"].strip().lower()
    return any(
        (email and (row["Email"] or "").strip().lower() == email)
        or phones & {_digits(row[name]) for name in PHONES}
        for row in alike
    )


def _digits(phone: str | None) -> str:
    return re.sub(r"\D", "", phone or "")
