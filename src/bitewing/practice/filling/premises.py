"""The premises: definitions, clinics, sites, rooms, kinds of visit and preferences."""

from collections.abc import Iterator

from bitewing.practice import definitions, visits
from bitewing.practice.filling.names import Names
from bitewing.practice.filling.office import CLINICS, Office
from bitewing.practice.filling.writing import Row, Writing

CLINIC_NAMES = (("Main Street", "MAIN"), ("Riverside", "RIVER"))
SITES = ("Lincoln School", "Harbor Care Home")
FIELD_KINDS = (
    # name, PatFieldType, pick list
    ("Preferred Hygienist", 0, ""),
    ("Referred By", 1, "Friend\r\nInternet\r\nInsurance\r\nWalk-in"),
    ("Consent Signed", 2, ""),
    ("Needs Ride", 3, ""),
)
COLORS = (-1, -16181, -4144960, -8323073, -32640, -256)


def furnish(writing: Writing, office: Office, names: Names, version: str) -> None:
    """Write everything about the place itself."""
    writing.write("definition", _definitions())
    writing.write("clinic", _clinics(office, names))
    writing.write("site", _sites(office, names))
    writing.write("operatory", _operatories(office))
    writing.write("appointmenttype", _visit_kinds())
    writing.write("procedurecode", _codes(office))
    writing.write("patfielddef", _field_kinds())
    writing.write("preference", _preferences(office, version))


def _definitions() -> Iterator[Row]:
    for order, definition in enumerate(definitions.DEFINITIONS):
        yield {
            "DefNum": definition.number,
            "Category": definition.category,
            "ItemOrder": order,
            "ItemName": definition.name,
            "ItemValue": definition.meaning,
            "ItemColor": COLORS[order % len(COLORS)],
            "IsHidden": 0,
        }


def _clinics(office: Office, names: Names) -> Iterator[Row]:
    dice = office.random("clinics")
    for number in range(1, CLINICS + 1):
        place = names.places[number - 1]
        description, abbreviation = CLINIC_NAMES[number - 1]
        yield {
            "ClinicNum": number,
            "Description": description,
            "Abbr": abbreviation,
            "Address": f"{dice.randint(1, 900)} {dice.choice(names.streets)}",
            "City": place.city,
            "State": place.state,
            "Zip": place.zip,
            "Phone": f"{place.area_code}55501{dice.randrange(100):02}",
            "DefaultProv": office.dentists[0],
            "InsBillingProv": office.dentists[0],
            "ItemOrder": number - 1,
            "IsConfirmEnabled": 1,
            "TimeZone": office.zone.key,
        }


def _sites(office: Office, names: Names) -> Iterator[Row]:
    for number, description in enumerate(SITES, start=1):
        place = names.places[number]
        yield {
            "SiteNum": number,
            "Description": description,
            "Note": "",
            "Address": f"{number}00 {names.streets[number]}",
            "City": place.city,
            "State": place.state,
            "Zip": place.zip,
            "ProvNum": office.dentists[0],
        }


def _operatories(office: Office) -> Iterator[Row]:
    for chair in office.chairs:
        room = "Hygiene" if chair.is_hygiene else "Room"
        yield {
            "OperatoryNum": chair.operatory,
            "OpName": f"{room} {chair.operatory}",
            "Abbrev": f"{room[0]}{chair.operatory}",
            "ItemOrder": chair.operatory - 1,
            "IsHidden": 0,
            "ProvDentist": chair.dentist,
            "ProvHygienist": chair.hygienist,
            "IsHygiene": int(chair.is_hygiene),
            "ClinicNum": chair.clinic,
            "IsWebSched": int(chair.operatory == 1),
            "OperatoryType": (
                definitions.HYGIENE_ROOM if chair.is_hygiene else definitions.TREATMENT_ROOM
            ),
            "DateTStamp": office.stamp(office.opened_at),
        }


def _visit_kinds() -> Iterator[Row]:
    for order, kind in enumerate(visits.VISIT_KINDS):
        yield {
            "AppointmentTypeNum": kind.number,
            "AppointmentTypeName": kind.name,
            "AppointmentTypeColor": COLORS[order % len(COLORS)],
            "ItemOrder": order,
            "Pattern": kind.pattern,
            "CodeStr": ",".join(code.code for code in kind.codes),
        }


def _codes(office: Office) -> Iterator[Row]:
    for code in visits.CODES:
        yield {
            "CodeNum": code.number,
            "ProcCode": code.code,
            "Descript": code.name,
            "AbbrDesc": code.short,
            "LaymanTerm": code.name,
            "ProcTime": "/X/",
            "ProcCat": definitions.CODES_GENERAL,
            "TreatArea": code.area,
            "IsHygiene": int(code.is_hygiene),
            "DateTStamp": office.stamp(office.opened_at),
        }


def _field_kinds() -> Iterator[Row]:
    for number, (name, kind, choices) in enumerate(FIELD_KINDS, start=1):
        yield {
            "PatFieldDefNum": number,
            "FieldName": name,
            "FieldType": kind,
            "PickList": choices,
            "ItemOrder": number - 1,
        }


def _preferences(office: Office, version: str) -> Iterator[Row]:
    settings = {
        "ApptEConfirmStatusAccepted": str(definitions.CONFIRMED),
        "AppointmentTimeIncrement": "10",
        "AuditTrailVisitModuleShow": "1",
        "DataBaseVersion": f"{version}.0.0",
        "EasyNoClinics": "0",
        "PracticeDefaultBillType": str(definitions.STANDARD_ACCOUNT),
        "PracticeDefaultProv": str(office.dentists[0]),
        "PracticePhone": "5555550100",
        "PracticeTitle": "Bright Smiles Dental",
        "ProgramVersion": f"{version}.0.0",
        "RandomPrimaryKeys": "0",
        "RegistrationKey": f"DEMO{office.dentists[0]:012}",
    }
    for number, (name, value) in enumerate(settings.items(), start=1):
        yield {"PrefNum": number, "PrefName": name, "ValueString": value, "Comments": ""}
