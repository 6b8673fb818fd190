"""Drafts: what we hold before the practice's database has it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.dialects.nexhealth.making import NEW_YORK, SENT_AT

from bitewing.dialects.nexhealth.resources.appointment import FIELDS
from bitewing.dialects.nexhealth.resources.draft_appointment import (
    DraftAppointment,
    Insertion,
    draft_appointment,
    inserted,
)
from bitewing.dialects.nexhealth.resources.draft_patient import DraftPatient, draft_patient
from bitewing.dialects.nexhealth.resources.patient import BIO, FIELDS as PATIENT_FIELDS

DRAFT = DraftAppointment(
    number=1822,
    key=-1822,
    institution=1,
    location=3,
    zone=NEW_YORK,
    patient=415,
    provider=104,
    provider_name="Brian Albert",
    starts_at=SENT_AT,
    ends_at=SENT_AT + timedelta(minutes=30),
    created_at=SENT_AT,
    updated_at=SENT_AT,
    foreign=(None, "msg-opendental-DataSource-100"),
)


@pytest.mark.parametrize("how", Insertion)
def test_the_name_alone_says_how_writing_went(how: Insertion) -> None:
    """The object is the same, and has no reason; it concerns its Location."""
    event = inserted(DRAFT, how)

    assert (event.name, event.suffix) == ("appointment_insertion", how.value)
    assert json.loads(event.content) == draft_appointment(DRAFT)
    assert event.locations == {3}


def test_what_is_not_written_has_no_foreign_id() -> None:
    """Both are null until it is in the practice, which is how a client tells."""
    waiting = draft_appointment(DRAFT)
    written = draft_appointment(
        replace(DRAFT, foreign=("94", "msg-opendental-DataSource-100"), written_at=SENT_AT)
    )

    assert (waiting["foreign_id"], waiting["last_sync_time"]) == (None, None)
    assert (written["foreign_id"], written["last_sync_time"]) == ("94", "2024-03-21T17:52:47.824Z")


def test_a_draft_has_the_keys_of_what_it_becomes() -> None:
    """In the same order: an appointment without patient and descriptors, and a patient."""
    names = [name for name, _ in FIELDS if name not in {"patient", "descriptors"}]
    patient = draft_patient(DraftPatient(415, "Ann", "Lee", SENT_AT, SENT_AT))

    assert list(draft_appointment(DRAFT)) == names
    assert list(patient) == [name for name, _ in PATIENT_FIELDS]
    assert list(patient["bio"]) == [name for name, _ in BIO]


def test_a_patient_of_whom_little_was_told_is_new() -> None:
    """No practice knows the patient; texts are empty, and nothing is claimed."""
    patient = draft_patient(DraftPatient(415, "Ann", "Lee", SENT_AT, SENT_AT))

    assert patient["foreign_id_type"] == "--DataSource-"
    assert patient["bio"]["new_patient"] is True
    assert patient["bio"]["gender"] is None
    assert patient["bio"]["city"] == ""
    assert patient["name"] == "Ann Lee"
