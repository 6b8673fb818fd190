"""The envelope around what a Message tells of."""

import json
from datetime import UTC, datetime

import pytest
from tests.dialects.nexhealth.making import SENT_AT, a_dialect, a_subscription

from bitewing.dialects.nexhealth.envelope import compose
from bitewing.model.errors import NotFoundError
from bitewing.model.event import Event, Subject

APPOINTMENT = Subject("Appointment", 1)


def an_event(
    name: str = "appointment_created", content: bytes = b"{}", *, suffix: str = ""
) -> Event:
    return Event(name, APPOINTMENT, content, suffix=suffix)


def test_created_ones_share_a_message() -> None:
    """They stand in one array, in their order."""
    events = [an_event(content=b'{"id":1}'), an_event(content=b'{"id":2}')]

    body = compose(a_subscription(), events, institution=7, at=SENT_AT)

    assert json.loads(body)["data"] == {"appointments": [{"id": 1}, {"id": 2}]}


@pytest.mark.parametrize(
    "names",
    [("appointment_updated", "appointment_updated"), ("appointment_created", "patient_created")],
)
def test_others_do_not(names: tuple[str, str]) -> None:
    """An updated one has one object, and one name stands for all."""
    with pytest.raises(ValueError, match="cannot share"):
        compose(a_subscription(), [an_event(n) for n in names], institution=7, at=SENT_AT)


def test_how_it_went_stands_in_the_name() -> None:
    """``resource_type`` and the wish have no suffix; the Message has."""
    event = an_event("appointment_insertion", suffix="timed_out")

    told = json.loads(compose(a_subscription(), [event], institution=7, at=SENT_AT))

    assert told["event_name"] == "appointment_insertion.timed_out"
    assert told["data"] == {"appointment": {}}


def test_the_head_is_in_the_examples_order() -> None:
    """Whoever reads it by eye finds what is known from the page."""
    body = compose(
        a_subscription(number=9, institution="bright-smiles"),
        [an_event()],
        institution=7,
        at=datetime(2026, 1, 5, 13, 0, tzinfo=UTC),
    )

    assert body == (
        b'{"institution_id":7,"subdomain":"bright-smiles","webhook_subscription_id":9,'
        b'"resource_type":"Appointment","event_name":"appointment_created",'
        b'"event_time":"2026-01-05T13:00:00.000Z","data":{"appointments":[{}]}}'
    )


def test_text_is_utf_8() -> None:
    """A name keeps its letters: what is signed are these bytes."""
    subscription = a_subscription(institution="zahnärzte")

    body = compose(subscription, [an_event()], institution=7, at=SENT_AT)

    assert '"subdomain":"zahnärzte"'.encode() in body


def test_the_dialect_knows_which_events_share() -> None:
    """Created and requested ones may; nothing else."""
    dialect = a_dialect()

    assert dialect.shares(an_event("appointment_requested"))
    assert not dialect.shares(an_event("sync_status_read_change"))


def test_an_institution_that_is_not_configured_cannot_be_named() -> None:
    """Its id stands in every Message."""
    with pytest.raises(NotFoundError, match="'somebody-else' is not configured"):
        a_dialect().compose_events(
            a_subscription(institution="somebody-else"), [an_event()], at=SENT_AT
        )
