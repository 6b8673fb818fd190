"""Appointment: a visit that is on the schedule, was, or was called off."""

from collections.abc import Iterable
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    false,
    flag,
    foreign_id,
    foreign_id_type,
    institution_id,
    linked_id,
    null,
    own_id,
    ruled,
    server_moment,
    stamp,
    text,
    zero,
)
from bitewing.dialects.nexhealth.resource import (
    Announced,
    Resource,
    differ,
    numbers_in,
    telling,
)
from bitewing.dialects.nexhealth.resources import patient
from bitewing.dialects.nexhealth.resources.descriptor import descriptors
from bitewing.dialects.nexhealth.rules import (
    attendance,
    booked,
    broken,
    confirmed,
    place,
    span,
    standing,
    treating_provider,
)
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.change import Change
from bitewing.model.event import Portrait, Subject
from bitewing.ports.picture import Picture

APPOINTMENT = "Appointment"
EVENTS = (
    Announced(APPOINTMENT, "appointment_insertion", "appointment"),
    Announced(APPOINTMENT, "appointment_created", "appointments", is_many=True),
    Announced(APPOINTMENT, "appointment_updated", "appointment"),
    Announced(APPOINTMENT, "appointment_requested", "appointments", is_many=True),
)
ASAP = 1
"""ApptPriority."""


def appointment_type_id(appointment: Row, scene: Scene) -> int:
    """Give our id for its type; 0 if it has none, as the examples write it."""
    return scene.id_of("AppointmentType", cells.whole(appointment.get("AppointmentTypeNum"))) or 0


def sooner_if_possible(appointment: Row, _scene: Scene) -> bool | None:
    """Tell whether the patient wants to come sooner; None if nobody has said so."""
    return True if cells.whole(appointment.get("Priority")) == ASAP else None


def nested_patient(appointment: Row, scene: Scene) -> dict[str, Any] | None:
    """Give the whole patient; None if there is none.

    All appointments of a patient show the same; to write it takes the whole history.
    """
    number = cells.whole(appointment.get("PatNum"))
    found = scene.find("Patient", number)
    if found is None:
        return None
    return dict(scene.once("nested patient", number, lambda: patient.render(found, scene)))


FIELDS: tuple[Field, ...] = (
    own_id("id", APPOINTMENT, "AptNum"),
    linked_id("patient_id", "Patient", "PatNum"),
    ruled("provider_id", treating_provider.provider_id),
    ruled("provider_name", treating_provider.provider_name),
    ruled("start_time", span.start_time),
    ruled("confirmed", confirmed.is_confirmed),
    ruled("patient_missed", broken.is_missed),
    server_moment("created_at", "SecDateTEntry"),
    stamp("updated_at", "DateTStamp"),
    text("note", "Note"),
    ruled("end_time", span.end_time),
    false("unavailable"),
    ruled("cancelled", broken.is_cancelled),
    ruled("timezone", place.zone_name),
    institution_id,
    ruled("appointment_type_id", appointment_type_id),
    ruled("checkin_at", attendance.checked_in_at),
    ruled("location_id", place.location_id),
    foreign_id("AptNum"),
    foreign_id_type,
    ruled("misc", booked.misc),
    stamp("last_sync_time", "DateTStamp"),
    zero("patient_confirmed"),
    linked_id("created_by_user_id", "User", "SecUserNumEntry"),
    ruled("is_guardian", booked.is_guardian),
    null("patient_confirmed_at"),
    ruled("cancelled_at", broken.cancelled_at),
    flag("is_new_clients_patient", "IsNewPatient"),
    ruled("confirmed_at", confirmed.confirmed_at),
    ruled("sooner_if_possible", sooner_if_possible),
    linked_id("operatory_id", "Operatory", "Op"),
    ruled("deleted", broken.is_deleted),
    ruled("checked_out", attendance.is_checked_out),
    ruled("checked_out_at", attendance.checked_out_at),
    ruled("referrer", booked.referrer),
    ruled("is_past_patient", standing.is_past_patient),
    ruled("timezone_offset", span.timezone_offset),
    ruled("patient", nested_patient),
    ruled("descriptors", descriptors),
)
_render = compile_fields(FIELDS)


def portray(appointment: Row, scene: Scene) -> dict[str, Any] | None:
    """Give its JSON object; None for planned appointments and notes."""
    return _render(appointment, scene) if place.is_announced(appointment) else None


def of_history(change: Change, _picture: Picture) -> Iterable[Subject]:
    """Give the appointments that a history row is about."""
    return {Subject(APPOINTMENT, number) for number in numbers_in(change, "AptNum")}


def of_procedure(change: Change, _picture: Picture) -> Iterable[Subject]:
    """Give the appointments that list a procedure, before or after."""
    if not differ(change, "AptNum", "CodeNum", "ProcStatus"):
        return ()
    return {Subject(APPOINTMENT, number) for number in numbers_in(change, "AptNum")}


def of_patient(change: Change, picture: Picture) -> Iterable[Subject]:
    """Give a patient's appointments if the first visit is another: ``is_past_patient``.

    The nested patient makes no Event: its own Changes are announced as the Patient's.
    """
    if change.before is None or not differ(change, "DateFirstVisit"):
        return ()
    records = picture.linked("Appointment", "PatNum", change.key.number)
    return {Subject(APPOINTMENT, record.key.number) for record in records}


def locations(portrait: Portrait) -> Iterable[int]:
    """Give the Location of an appointment."""
    return (portrait["location_id"],)


RESOURCE = Resource(
    subject=APPOINTMENT,
    watch="Appointment",
    portray=portray,
    tell=telling(
        created="appointment_created",
        updated="appointment_updated",
        bookkeeping=frozenset({"updated_at", "last_sync_time", "patient"}),
        gone={"deleted": True},
        locations=locations,
    ),
    touched_by={
        "HistAppointment": of_history,
        "Procedure": of_procedure,
        "Patient": of_patient,
    },
)
