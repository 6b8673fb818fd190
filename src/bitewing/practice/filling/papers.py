"""The papers: forms on sheets and screens, scanned documents, and the office's logs."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta

from bitewing.practice import definitions, moments
from bitewing.practice.filling.calendar import Visit
from bitewing.practice.filling.families import Person
from bitewing.practice.filling.office import USERS, Office
from bitewing.practice.filling.staff import COMPUTERS
from bitewing.practice.filling.writing import Row, Writing
from bitewing.practice.words import Invalid, Permission

PATIENT_FORM, MEDICAL_HISTORY = 9, 11
INPUT_FIELD = 1
FILLED = 2
EVERY_SHEET, EVERY_FORM, EVERY_DOCUMENT = 4, 6, 5
SIGNALS_KEPT = timedelta(days=2)
FIELDS = ("HomePhone", "Allergies", "Medications", "EmergencyContact")
OLD_TOMBSTONES = 12


def file_away(
    writing: Writing, office: Office, people: Sequence[Person], booked: Sequence[Visit]
) -> None:
    """Write all of it."""
    writing.write("sheet", _sheets(office, people))
    writing.write("sheetfield", _sheet_fields(people))
    writing.write("eform", _forms(office, people))
    writing.write("eformfield", _form_fields(people))
    writing.write("document", _documents(office, people))
    writing.write("securitylog", _log(booked))
    writing.write("signalod", _signals(office, booked))
    writing.write("deletedobject", _tombstones(office))


def _sheets(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    for number, person in enumerate(people[::EVERY_SHEET], start=1):
        at = moments.moment(_shown_at(office, person))
        yield {
            "SheetNum": number,
            "SheetType": MEDICAL_HISTORY if number % 2 else PATIENT_FORM,
            "PatNum": person.number,
            "DateTimeSheet": at,
            "FontSize": 9,
            "FontName": "Arial",
            "Width": 850,
            "Height": 1100,
            "InternalNote": "",
            "Description": "Medical History" if number % 2 else "New Patient Form",
            "IsWebForm": int(number % 3 == 0),
            "ClinicNum": person.clinic,
            "DateTSheetEdited": at,
        }


def _sheet_fields(people: Sequence[Person]) -> Iterator[Row]:
    number = 0
    for sheet, _ in enumerate(people[::EVERY_SHEET], start=1):
        for order, name in enumerate(FIELDS):
            number += 1
            yield {
                "SheetFieldNum": number,
                "SheetNum": sheet,
                "FieldType": INPUT_FIELD,
                "FieldName": name,
                "FieldValue": "none",
                "FontSize": 9,
                "YPos": 40 * order,
                "TabOrder": order,
                "ReportableName": name,
            }


def _forms(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    for number, person in enumerate(people[1::EVERY_FORM], start=1):
        at = moments.moment(_shown_at(office, person))
        yield {
            "EFormNum": number,
            "PatNum": person.number,
            "DateTimeShown": at,
            "Description": "Consent to Treatment",
            "DateTEdited": at,
            "MaxWidth": 450,
            "Status": FILLED,
            "SaveImageCategory": definitions.IMAGES_FORMS,
        }


def _form_fields(people: Sequence[Person]) -> Iterator[Row]:
    number = 0
    for form, person in enumerate(people[1::EVERY_FORM], start=1):
        for order, name in enumerate(FIELDS):
            number += 1
            yield {
                "EFormFieldNum": number,
                "EFormNum": form,
                "PatNum": person.number,
                "ValueLabel": name,
                "ValueString": "none",
                "ItemOrder": order,
            }


def _documents(office: Office, people: Sequence[Person]) -> Iterator[Row]:
    for number, person in enumerate(people[::EVERY_DOCUMENT], start=1):
        at = _shown_at(office, person)
        yield {
            "DocNum": number,
            "Description": "Bitewings",
            "DateCreated": moments.moment(at),
            "DocCategory": definitions.IMAGES_XRAYS,
            "PatNum": person.number,
            "FileName": f"image{number}.jpg",
            "ImgType": 2,
            "ProvNum": person.dentist,
            "DateTStamp": office.stamp(at),
        }


def _log(booked: Sequence[Visit]) -> Iterator[Row]:
    for number, visit in enumerate(booked, start=1):
        yield {
            "SecurityLogNum": number,
            "PermType": Permission.APPOINTMENT_CREATE,
            "UserNum": 1 + number % USERS,
            "LogDateTime": moments.moment(visit.booked_at),
            "LogText": visit.kind.name,
            "PatNum": visit.person.number,
            "CompName": COMPUTERS[1 + number % 2],
            "FKey": 0 if visit.is_removed else visit.number,
            "DateTPrevious": moments.NO_MOMENT,
        }


def _signals(office: Office, booked: Sequence[Visit]) -> Iterator[Row]:
    lately = (v for v in booked if office.closed_at - v.touched_at < SIGNALS_KEPT)
    for number, visit in enumerate(lately, start=1):
        yield {
            "SignalNum": number,
            "DateViewing": visit.starts_at.date().isoformat(),
            "SigDateTime": moments.moment(visit.touched_at),
            "FKey": visit.chair.operatory,
            "FKeyType": "Operatory",
            "IType": Invalid.APPOINTMENT,
            "MsgValue": "",
        }


def _tombstones(office: Office) -> Iterator[Row]:
    """Give what a version before 23.2 left behind; nothing writes this table any more."""
    for number in range(1, OLD_TOMBSTONES + 1):
        yield {
            "DeletedObjectNum": number,
            "ObjectNum": 900000 + number,
            "ObjectType": 0,
            "DateTStamp": office.stamp(office.opened_at),
        }


def _shown_at(office: Office, person: Person) -> datetime:
    at = datetime.combine(max(person.joined_on, office.opened_on), time(9, 40))
    return min(at, office.closed_at)
