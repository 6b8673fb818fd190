"""The independent verifier accepts what the dialect makes, and sees each thing that is wrong."""

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.dialects.nexhealth.making import SENT_AT
from tests.dialects.nexhealth.test_golden import (
    FOLDER,
    body_of,
    event_of,
    example,
    our_events,
)
from tests.golden.nexhealth.native_rows import SCENARIOS
from tests.journeys.nexhealth_verifier import EVENTS, verify, verify_body

from bitewing.dialects.nexhealth.signing import signature_headers

SECRET = "NArWk7gdI96Bdn"


def headers_of(body: bytes) -> dict[str, str]:
    signed = dict(signature_headers(SECRET, body, SENT_AT))
    return signed | {"content-type": "application/json"}


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_database_gives_is_accepted(name: str) -> None:
    """Signature, envelope and shape."""
    body = body_of(event_of(name))

    assert verify(SECRET, headers_of(body), body, received_at=SENT_AT) == []


@pytest.mark.parametrize("name", sorted(our_events()))
def test_what_our_own_store_gives_is_accepted(name: str) -> None:
    """But for the contradictions of the vendor's example itself."""
    body = body_of(our_events()[name])

    problems = verify(SECRET, headers_of(body), body, received_at=SENT_AT)

    assert [one for one in problems if "another than patient_id" not in one] == []


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_the_vendors_examples_are_accepted(path: Any) -> None:
    """The verifier is no stricter than the page; it knows every Event."""
    problems = verify_body(json.loads(path.read_text()))

    assert [one for one in problems if "another than patient_id" not in one] == []
    assert path.stem.partition(".")[0] in EVENTS


def a_message(name: str = "appointment_updated") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(body_of(event_of(name)))
    return told


def broken_messages() -> list[tuple[str, dict[str, Any], str]]:
    """Make Messages with one fault each, and what the verifier must say."""
    made: list[tuple[str, dict[str, Any], str]] = []
    note = a_message()["data"]["appointment"]["note"]

    def broken(fault: str, words: str, *, name: str = "appointment_updated") -> dict[str, Any]:
        told = a_message(name)
        made.append((fault, told, words))
        return told

    broken("renamed", "no event")["event_name"] = "appointment_deleted"
    broken("suffix", "no suffix")["event_name"] += ".complete"
    broken("type", "is of Appointment")["resource_type"] = "Patient"
    broken("time", "event_time")["event_time"] = "2024-03-21T17:52:47Z"
    del broken("previous", "data has")["data"]["previous_attributes"]
    broken("same", "did not change")["data"]["previous_attributes"]["note"] = note
    broken("unknown", "has not")["data"]["previous_attributes"]["color"] = 1
    broken("empty", "no object with a key")["data"]["previous_attributes"] = {}
    broken("old", "previous_attributes.confirmed")["data"]["previous_attributes"]["confirmed"] = 0
    broken("claim", "patient_confirmed")["data"]["appointment"]["patient_confirmed"] = False
    appointment = broken("order", "the keys of")["data"]["appointment"]
    appointment["id"] = appointment.pop("id")
    broken("extra", "the keys of")["data"]["appointment"]["colour"] = 1
    broken("offset", "timezone_offset")["data"]["appointment"]["timezone_offset"] = "-5:00"
    broken("both", "missed and cancelled")["data"]["appointment"].update(
        patient_missed=True, cancelled=True
    )
    broken("person", "another than")["data"]["appointment"]["patient_id"] = 1
    broken("end", "ends before")["data"]["appointment"]["end_time"] = "2020-01-01T00:00:00.000Z"
    broken("nested", "balance.amount")["data"]["appointment"]["patient"]["balance"]["amount"] = 62
    broken("array", "no array of", name="patient_created")["data"]["patients"] = []
    return made


@pytest.mark.parametrize(
    ("told", "words"),
    [(told, words) for _, told, words in broken_messages()],
    ids=[fault for fault, _, _ in broken_messages()],
)
def test_each_fault_is_seen(told: dict[str, Any], words: str) -> None:
    """A verifier that sees nothing proves nothing."""
    assert any(words in problem for problem in verify_body(told))


def test_a_false_signature_is_seen() -> None:
    """Another secret, body, timestamp or moment."""
    body = body_of(event_of("patient_created"))
    headers = headers_of(body)
    late = SENT_AT + timedelta(minutes=6)

    assert verify("another", headers, body)
    assert verify(SECRET, headers, body + b" ")
    assert verify(SECRET, headers | {"timestamp": "2024-03-21T17:52:47.825Z"}, body)
    assert verify(SECRET, headers, body, received_at=late)
    assert verify(SECRET, headers | {"content-type": "text/plain"}, body)


def test_the_examples_are_the_vendors() -> None:
    """They are read here as bytes, so that nothing of the product stands between."""
    assert json.loads(example("patient_created"))["data"]["patients"][0]["id"] == 415
