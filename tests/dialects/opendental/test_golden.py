"""The Messages are, byte for byte, the golden requests; two of them are the vendor's examples."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.dialects.opendental.making import a_delivery, a_dialect, an_endpoint
from tests.golden.opendental.goldens import GOLDENS
from tests.golden.opendental.native_rows import ZONE

FOLDER = Path(__file__).parents[2] / "golden" / "opendental"
SENT_AT = datetime(2024, 12, 1, 15, 15, 1, tzinfo=UTC)
Pairs = list[tuple[str, object]]

NEVER = "0001-01-01 00:00:00"
EXAMPLE_OF_APPOINTMENT: Pairs = [
    ("AptNum", 18),
    ("PatNum", 17),
    ("AptStatus", "Scheduled"),
    ("Pattern", "//XXXX//"),
    ("Confirmed", 19),
    ("confirmed", "Not Called"),
    ("TimeLocked", "false"),
    ("Op", 3),
    ("Note", ""),
    ("ProvNum", 1),
    ("provAbbr", "DOC1"),
    ("ProvHyg", 0),
    ("AptDateTime", "2020-07-31 08:30:00"),
    ("NextAptNum", 0),
    ("UnschedStatus", 0),
    ("unschedStatus", ""),
    ("IsNewPatient", "false"),
    ("ProcDescript", "Seal, Seal"),
    ("ClinicNum", 0),
    ("IsHygiene", "false"),
    ("DateTStamp", "2021-05-03 08:30:12"),
    ("DateTimeArrived", NEVER),
    ("DateTimeSeated", NEVER),
    ("DateTimeDismissed", NEVER),
    ("InsPlan1", 3),
    ("InsPlan2", 0),
    ("DateTimeAskedToArrive", NEVER),
    ("colorOverride", "0,0,0"),
    ("AppointmentTypeNum", 0),
    ("SecDateTEntry", "2020-07-04 09:12:05"),
    ("Priority", "Normal"),
    ("PatternSecondary", "XX////XX"),
    ("ItemOrderPlanned", 0),
]
EXAMPLE_OF_PATIENT_SELECTED: Pairs = [
    ("PatNum", 28),
    ("LName", "Harrison"),
    ("FName", "Bradley"),
    ("MiddleI", "V"),
    ("Preferred", "Brad"),
    ("PatStatus", "Patient"),
    ("Gender", "Male"),
    ("Position", "Married"),
    ("Birthdate", "1986-11-06"),
    ("SSN", ""),
    ("Address", "201 S Burnett Ln"),
    ("Address2", ""),
    ("City", "Lakewood"),
    ("State", "Maine"),
    ("Zip", "12345"),
    ("HmPhone", "5552523366"),
    ("WkPhone", ""),
    ("WirelessPhone", ""),
    ("Guarantor", 27),
    ("Email", ""),
    ("EstBalance", 0),
    ("PriProv", 1),
    ("priProvAbbr", "DOC1"),
    ("SecProv", 0),
    ("secProvAbbr", ""),
    ("BillingType", "StandardAccount"),
    ("ImageFolder", "HarrisonBradley28"),
    ("ChartNumber", ""),
    ("MedicaidID", ""),
    ("BalTotal", 0),
    ("DateFirstVisit", "0001-01-01"),
    ("ClinicNum", "1"),
    ("clinicAbbr", "Southside"),
    ("PreferConfirmMethod", "None"),
    ("PreferContactMethod", "None"),
    ("PreferRecallMethod", "None"),
    ("Language", ""),
    ("siteDesc", ""),
    ("DateTStamp", "2022-04-21 11:46:19"),
    ("TxtMsgOk", "Unknown"),
    ("SecDateEntry", "2021-12-04"),
]


def request_of(name: str) -> bytes:
    """Write a Message the way the vendor's page shows one."""
    golden, dialect = GOLDENS[name], a_dialect(zones={"main-office": ZONE})
    url = f"https://myserver/apievents/{golden.path}"
    delivery = a_delivery(event_name=golden.event_name)
    headers = dialect.headers(delivery, an_endpoint(url), SENT_AT)
    lines = [f"{key}: {value}\n" for key, value in headers]
    head = f"POST {url}\n{''.join(lines)}\n".encode()
    return head + dialect.compose(golden.event_name, "main-office", [golden.record]) + b"\n"


def body_of(name: str) -> object:
    """Read a golden body; objects come as lists of pairs, so that their order is compared."""
    _, _, body = (FOLDER / f"{name}.http").read_bytes().partition(b"\n\n")
    return json.loads(body, object_pairs_hook=list)


def typed(pairs: Iterable[tuple[str, object]]) -> list[tuple[str, object, type]]:
    """Say the JSON type too: in Python, 0 equals 0.0 and False."""
    return [(key, value, type(value)) for key, value in pairs]


@pytest.mark.parametrize("name", GOLDENS)
def test_a_message_is_the_golden_request(name: str) -> None:
    """Each Event's headers and body come out byte for byte."""
    golden = (FOLDER / f"{name}.http").read_bytes()

    assert request_of(name) == golden


def test_every_golden_request_has_its_row() -> None:
    """No golden file is left over, and none is missing."""
    assert {path.stem for path in FOLDER.glob("*.http")} == set(GOLDENS)


def test_the_appointment_event_is_the_vendors_example() -> None:
    """Fields, order, values and JSON types are those on the API Events page."""
    elements = body_of("appointment")

    assert isinstance(elements, list)
    assert [typed(element) for element in elements] == [typed(EXAMPLE_OF_APPOINTMENT)]


def test_the_patient_selected_event_is_the_vendors_example() -> None:
    """It is one object, not an array, with the fields and types of the API Events page."""
    pairs = body_of("patient_selected")

    assert isinstance(pairs, list)
    assert typed(pairs) == typed(EXAMPLE_OF_PATIENT_SELECTED)
