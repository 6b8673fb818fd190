"""Telling: a pending write as receivers are told of it, and as POST and PATCH show it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.dialects.nexhealth.resource import encode
from bitewing.dialects.nexhealth.resources.draft_appointment import (
    DraftAppointment,
    Insertion,
    draft_appointment,
    inserted,
    requested,
)
from bitewing.dialects.nexhealth.writing import documents, forms
from bitewing.model.event import Event
from bitewing.model.pending import LOST, PendingWrite, WriteKind, WriteState

INSERTIONS = {
    WriteState.WRITTEN: Insertion.COMPLETE,
    WriteState.FAILED: Insertion.FAILED,
    WriteState.TIMED_OUT: Insertion.TIMED_OUT,
}


def event_of(write: PendingWrite, *, patient: Mapping[str, Any] | None = None) -> Event | None:
    """Give the Event for a write that has ended, or is only kept; None where nothing is told.

    Args:
        write: as it now is.
        patient: the patient's JSON object, for ``appointment_requested``.
    """
    if write.kind is WriteKind.PAPER:
        is_form = "form" in write.shown
        return forms.event_of(write) if is_form else documents.event_of(write)
    if write.kind is WriteKind.APPOINTMENT and write.state is WriteState.DRAFT:
        return requested(_draft(write), patient, ())
    return _insertion(write)


def _insertion(write: PendingWrite) -> Event | None:
    how = INSERTIONS.get(write.state)
    if how is None or write.kind is not WriteKind.APPOINTMENT:
        return None
    event = inserted(_draft(write), how)
    return event if how is Insertion.COMPLETE else replace(event, content=encode(shown_as(write)))


def shown_as(write: PendingWrite) -> dict[str, Any]:
    """Give an appointment's JSON object.

    Why it could not be written stands in ``misc``, which is ours to fill: NexHealth itself gives
    no reason.
    """
    shown = draft_appointment(_draft(write))
    if write.reason and write.state in LOST:
        shown["misc"] = shown["misc"] | {"failure_reason": write.reason}
    return shown


def altered(shown: Mapping[str, Any], write: PendingWrite) -> dict[str, Any]:
    """Give an appointment's JSON object as it will be once this change is written."""
    at = write_moment(write.created_at)
    if write.kind is WriteKind.CANCEL:
        return {**shown, "cancelled": True, "cancelled_at": at}
    if write.kind is WriteKind.CONFIRM:
        return {**shown, "confirmed": True, "confirmed_at": at}
    arrived_at = datetime.fromisoformat(write.wish["at"])
    return {**shown, "checkin_at": write_moment(arrived_at)}


def _draft(write: PendingWrite) -> DraftAppointment:
    kept = write.shown
    is_written = write.state is WriteState.WRITTEN
    foreign_id = str(write.native) if is_written else None
    return DraftAppointment(
        number=write.subject,
        key=write.native if is_written else -write.subject,
        institution=kept["institution"],
        location=kept["location"],
        zone=ZoneInfo(kept["zone"]),
        patient=kept["patient"],
        provider=kept["provider"],
        provider_name=kept["provider_name"],
        starts_at=datetime.fromisoformat(kept["starts_at"]),
        ends_at=datetime.fromisoformat(kept["ends_at"]),
        created_at=write.created_at,
        updated_at=write.updated_at,
        foreign=(foreign_id, kept["foreign_id_type"]),
        note=kept["note"],
        appointment_type=kept["appointment_type"],
        written_at=write.updated_at if is_written else None,
        is_guardian=kept["is_guardian"],
        is_new_patient=kept["is_new_patient"],
        is_past_patient=kept["is_past_patient"],
        operatory=kept["operatory"],
        referrer=kept["referrer"],
    )
