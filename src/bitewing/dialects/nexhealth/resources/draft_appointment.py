"""Draft appointment: one that was asked for here, written into the practice or not.

It tells of itself by ``appointment_insertion`` (with how the writing went) or, where nothing is
written, by ``appointment_requested``. Once it is read back it is an Appointment with the same id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth.office_time import write_moment, write_offset
from bitewing.dialects.nexhealth.resource import encode
from bitewing.dialects.nexhealth.resources.appointment import APPOINTMENT
from bitewing.model.event import Event, Subject


class Insertion(StrEnum):
    """How writing into the practice's database went; a suffix of the event's name.

    Timed out is what could not be written before its start time had passed.
    """

    COMPLETE = "complete"
    FAILED = "failed"
    TIMED_OUT = "timed_out"


@dataclass(frozen=True, slots=True)
class DraftAppointment:
    """What we hold of an appointment.

    Attributes:
        number: our id, which stays.
        key: the practice's own key in its subject's lane: AptNum once it is known, else our id
            below 0.
        foreign: (foreign_id, foreign_id_type); (None, type) until it is written.
        written_at: when it was written into the practice; None until then.
        is_new_patient: as whoever asked for it said.
    """

    number: int
    key: int
    institution: int
    location: int
    zone: ZoneInfo
    patient: int | None
    provider: int | None
    provider_name: str | None
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    updated_at: datetime
    foreign: tuple[str | None, str]
    note: str = ""
    is_confirmed: bool = False
    is_missed: bool = False
    is_unavailable: bool = False
    appointment_type: int = 0
    checked_in_at: datetime | None = None
    cancelled_at: datetime | None = None
    written_at: datetime | None = None
    created_by: int | None = None
    is_guardian: bool = False
    is_new_patient: bool = False
    is_past_patient: bool = False
    operatory: int | None = None
    referrer: str | None = None


def draft_appointment(draft: DraftAppointment) -> dict[str, Any]:
    """Give the JSON object of a draft, as ``appointment_insertion`` shows it."""
    foreign_id, foreign_id_type = draft.foreign
    return {
        "id": draft.number,
        "patient_id": draft.patient,
        "provider_id": draft.provider,
        "provider_name": draft.provider_name,
        "start_time": write_moment(draft.starts_at),
        "confirmed": draft.is_confirmed,
        "patient_missed": draft.is_missed,
        "created_at": write_moment(draft.created_at),
        "updated_at": write_moment(draft.updated_at),
        "note": draft.note,
        "end_time": write_moment(draft.ends_at),
        "unavailable": draft.is_unavailable,
        "cancelled": draft.cancelled_at is not None,
        "timezone": draft.zone.key,
        "institution_id": draft.institution,
        "appointment_type_id": draft.appointment_type,
        "checkin_at": _moment(draft.checked_in_at),
        "location_id": draft.location,
        "foreign_id": foreign_id,
        "foreign_id_type": foreign_id_type,
        "misc": {"is_booked_on_nexhealth": True},
        "last_sync_time": _moment(draft.written_at),
        "patient_confirmed": 0,
        "created_by_user_id": draft.created_by,
        "is_guardian": draft.is_guardian,
        "patient_confirmed_at": None,
        "cancelled_at": _moment(draft.cancelled_at),
        "is_new_clients_patient": draft.is_new_patient,
        "confirmed_at": None,
        "sooner_if_possible": None,
        "operatory_id": draft.operatory,
        "deleted": False,
        "checked_out": False,
        "checked_out_at": None,
        "referrer": draft.referrer,
        "is_past_patient": draft.is_past_patient,
        "timezone_offset": write_offset(draft.starts_at, draft.zone),
    }


def inserted(draft: DraftAppointment, how: Insertion) -> Event:
    """Give ``appointment_insertion``: the appointment alone, and no reason, as documented."""
    return Event(
        "appointment_insertion",
        Subject(APPOINTMENT, draft.key),
        encode(draft_appointment(draft)),
        suffix=how.value,
        locations=frozenset({draft.location}),
    )


def requested(
    draft: DraftAppointment,
    patient: Mapping[str, Any] | None,
    descriptors: Sequence[Mapping[str, Any]],
) -> Event:
    """Give ``appointment_requested``: with the patient's object and what it is for."""
    content = {**draft_appointment(draft), "patient": patient, "descriptors": descriptors}
    return Event(
        "appointment_requested",
        Subject(APPOINTMENT, draft.key),
        encode(content),
        locations=frozenset({draft.location}),
    )


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else write_moment(instant)
