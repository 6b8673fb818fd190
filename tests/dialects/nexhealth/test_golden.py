"""The vendor's examples, byte for byte where a database or our own store can give them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.dialects.nexhealth.making import SENT_AT, a_change, a_subscription
from tests.fakes.picture import FakePicture, record_of
from tests.golden import nexhealth as folder
from tests.golden.nexhealth.departures import DEPARTURES, whole_seconds
from tests.golden.nexhealth.native_rows import IDENTITIES, SCENARIOS, TABLES, ZONE, Row

from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.dialects.nexhealth.resources.draft_appointment import (
    DraftAppointment,
    Insertion,
    inserted,
    requested,
)
from bitewing.dialects.nexhealth.resources.draft_patient import DraftPatient, draft_patient
from bitewing.dialects.nexhealth.resources.form import form_completed
from bitewing.dialects.nexhealth.resources.form_response import (
    FormResponse,
    ResponseDocument,
    response_inserted,
)
from bitewing.dialects.nexhealth.resources.sync_status import SourceLights, System
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.model.event import Event, Subject
from bitewing.model.health import Light
from bitewing.model.record import Record

FOLDER = Path(next(iter(folder.__path__)))
AT = datetime(2020, 6, 5, 20, 16, 57, 7000, tzinfo=UTC)
"""The moment in the examples."""

DENTRIX = System(11, "dentrix", "Dentrix", ("cloud", "onprem"))


def the_dialect() -> NexHealth:
    customs = Customs(offices={"main-office": Office(ZONE)})
    return NexHealth(customs, institutions={"test-subdomain": 1}, system=DENTRIX)


def a_row(watch: str, row: Row) -> Record:
    return record_of(watch, int(row[TABLES[watch][1]]), row)


def event_of(name: str) -> Event:
    """Let happen in a practice what the example is about."""
    scenario, dialect = SCENARIOS[name], the_dialect()
    old = None if scenario.before is None else a_row(scenario.watch, scenario.before)
    new = a_row(scenario.watch, scenario.after)
    around = [a_row(watch, row) for watch, row in scenario.around]
    before = FakePicture(
        [*around, *([old] if old else [])],
        institution="test-subdomain",
        identities=IDENTITIES,
    )
    after = before.after(new)
    found = [
        dialect.announce(subject, dialect.portray(subject, before), dialect.portray(subject, after))
        for subject in dialect.subjects(a_change(old, new), before)
    ]
    (event,) = [event for event in found if event is not None and event.name == name]
    return event


def body_of(event: Event) -> bytes:
    subscription = a_subscription(institution="test-subdomain", event_name=event.name)
    return the_dialect().compose_events(subscription, [event], at=SENT_AT)


def example(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, str, Any]]:
    """Give path, JSON type and value of everything, in order."""
    yield path, type(value).__name__, None if isinstance(value, dict | list) else value
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, f"{path}.{key}" if path else key)
    if isinstance(value, list):
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}.{place}" if path else str(place))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_message_from_a_database_is_the_example(name: str) -> None:
    """Keys, order, types, nesting and values are the vendor's, but for the listed departures."""
    body = json.loads(body_of(event_of(name)))
    expected = json.loads(example(name))
    departures = {f"data.{path}": value for path, value in DEPARTURES.get(name, {}).items()}

    ours, theirs = list(leaves(body)), list(leaves(expected))

    assert [path for path, _, _ in ours] == [path for path, _, _ in theirs]
    for (path, kind, value), (_, their_kind, their_value) in zip(ours, theirs, strict=True):
        if path in departures:
            assert (path, value) == (path, departures[path])
            assert their_value != value
        else:
            assert (path, kind, value) == (path, their_kind, whole_seconds(their_value))


def our_events() -> dict[str, Event]:
    """Make the Events of the examples that come from our own store, not from a database."""
    draft = DraftAppointment(
        number=1822,
        key=94,
        institution=1,
        location=1,
        zone=ZONE,
        patient=2897,
        provider=104,
        provider_name="Dr. John Smith",
        starts_at=AT,
        ends_at=AT,
        created_at=AT,
        updated_at=AT,
        foreign=("94", "msg-dentrix-DataSource-100"),
        note="Patient has been having a cough for 3 days",
        is_confirmed=True,
        written_at=AT,
        created_by=197,
        is_past_patient=True,
        operatory=181,
        referrer="http://mypractice.com/book",
    )
    patient = DraftPatient(
        number=415,
        first_name="John",
        last_name="Smith",
        created_at=AT,
        updated_at=AT,
        email="[email\u00a0protected]",
        middle_name="Anthony",
        bio={
            "city": "New York",
            "state": "NY",
            "gender": "Female",
            "zip_code": "20814",
            "new_patient": False,
            "non_patient": True,
            "phone_number": "5163042196",
            "date_of_birth": "1964-05-03",
        },
        refuses_texts=True,
        balance=("62.00", "USD"),
        billing_type="Standard Billing - finance charges",
        chart_id="017407",
        language="es",
        locations=(101, 102, 103),
    )
    descriptor = json.loads(example("appointment_requested"))["data"]["appointments"][0]
    lights = SourceLights(1, 100, "My Source", Light.GREEN, AT, Light.RED, AT)
    return {
        "appointment_insertion.complete": inserted(draft, Insertion.COMPLETE),
        "appointment_requested": requested(
            draft, draft_patient(patient), descriptor["descriptors"]
        ),
        "form_request_completed": form_completed(
            Subject("FormRequest", 1),
            form="d2594a76862247209d4c35a92e0902f8",
            location=1,
            appointment=1,
        ),
        "form_response_insertion.complete": response_inserted(
            FormResponse(
                number=435,
                status="complete",
                documents=[
                    ResponseDocument(435, "/api/documents/ee0913ee13af4e0aa4df2af1738d43d6.pdf")
                ],
                form_request="d1b3b3b3-3b3b-3b3b-3b3b-3b3b3b3b3b3b",
                patient=415,
            )
        ),
        "sync_status_read_change.green": the_dialect().read_changed(lights),
        "sync_status_write_change.red": the_dialect().write_changed(lights),
    }


@pytest.mark.parametrize("name", sorted(our_events()))
def test_a_message_from_our_own_store_is_the_example(name: str) -> None:
    """What we know ourselves comes out to the letter."""
    body = json.loads(body_of(our_events()[name]), object_pairs_hook=list)

    assert body == json.loads(example(name), object_pairs_hook=list)


def test_every_example_is_made() -> None:
    """No example of the vendor's page is left over."""
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SCENARIOS) | set(our_events())


def test_a_body_is_compact() -> None:
    """There are no blanks between the tokens: the bytes are what is signed."""
    body = body_of(our_events()["form_request_completed"])

    assert body == json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
