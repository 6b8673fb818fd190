"""A practice's rows for the tests of what receivers read back."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.dialects.nexhealth.making import NEW_YORK, a_record
from tests.fakes.album import FakeAlbum

from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.dialects.nexhealth.reading.library import Library
from bitewing.dialects.nexhealth.reading.listing import Place, pointed_at
from bitewing.model.record import Record

CUSTOMS = Customs(
    offices={
        "main-office": Office(NEW_YORK, {2: ZoneInfo("America/Denver")}),
        "branch": Office(NEW_YORK),
    }
)
LIBRARY = Library(CUSTOMS)
NOON = datetime(2026, 3, 2, 17, tzinfo=UTC)
"""In New York; the office's clock shows 12:00."""


def an_album(*records: Record, source: str = "main-office") -> FakeAlbum:
    return FakeAlbum(records, source=source)


def an_appointment(number: int, **columns: Any) -> Record:
    row: dict[str, Any] = {
        "PatNum": 1,
        "AptStatus": 1,
        "AptDateTime": "2026-03-02 12:00:00",
        "DateTStamp": "2026-03-01 10:00:00",
        "ClinicNum": 0,
        "Op": 0,
        "ProvNum": 5,
        "ProvHyg": 0,
        "IsHygiene": 0,
        "AppointmentTypeNum": 0,
        "Pattern": "//XXXX",
    }
    return a_record("Appointment", number, **(row | columns))


def a_patient(number: int, **columns: Any) -> Record:
    row: dict[str, Any] = {
        "LName": "Smith",
        "FName": "John",
        "MiddleI": "",
        "Preferred": "",
        "PatStatus": 0,
        "Guarantor": number,
        "ClinicNum": 0,
        "Email": "",
        "DateFirstVisit": "2020-01-02",
        "DateTStamp": "2026-03-01 10:00:00",
        "Birthdate": "1964-05-03",
        "WirelessPhone": "",
        "HmPhone": "",
        "WkPhone": "",
        "PriProv": 5,
    }
    return a_record("Patient", number, **(row | columns))


def keys(places: Sequence[Place]) -> list[int]:
    """Give the practice's keys of what was found."""
    return [pointed_at(place)[1] for place in places]
