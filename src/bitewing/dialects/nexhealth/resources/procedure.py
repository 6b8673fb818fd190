"""Procedure: one treatment of a patient, planned or done."""

from collections.abc import Iterable
from typing import Any

from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    linked_id,
    own_id,
    ruled,
    stamp,
)
from bitewing.dialects.nexhealth.resource import Announced, Resource, differ, telling
from bitewing.dialects.nexhealth.rules import money, place, treatment
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.change import Change
from bitewing.model.event import Subject
from bitewing.ports.picture import Picture

PROCEDURE = "Procedure"
EVENTS = (
    Announced(PROCEDURE, "procedure_created", "procedures", is_many=True),
    Announced(PROCEDURE, "procedure_updated", "procedure"),
)

FIELDS: tuple[Field, ...] = (
    own_id("id", PROCEDURE, "ProcNum"),
    ruled("location_id", place.location_id),
    linked_id("patient_id", "Patient", "PatNum"),
    linked_id("provider_id", "Provider", "ProvNum"),
    ruled("appointment_id", treatment.appointment_id),
    ruled("code", treatment.code),
    ruled("name", treatment.name),
    ruled("status", treatment.status),
    stamp("updated_at", "DateTStamp"),
    ruled("body_site", treatment.body_site),
    ruled("fee", money.fee),
    ruled("start_date", treatment.start_date),
    ruled("end_date", treatment.end_date),
)
_render = compile_fields(FIELDS)


def portray(procedure: Row, scene: Scene) -> dict[str, Any] | None:
    """Give its JSON object; None for a charted condition."""
    return _render(procedure, scene) if treatment.is_treatment(procedure) else None


def of_appointment(change: Change, picture: Picture) -> Iterable[Subject]:
    """Give the procedures that an appointment's status may schedule or not."""
    if not differ(change, "AptStatus"):
        return ()
    records = picture.linked("Procedure", "AptNum", change.key.number)
    return {Subject(PROCEDURE, record.key.number) for record in records}


RESOURCE = Resource(
    subject=PROCEDURE,
    watch="Procedure",
    portray=portray,
    tell=telling(
        created="procedure_created",
        updated="procedure_updated",
        bookkeeping=frozenset({"updated_at"}),
        gone={"status": "inactive", "deleted": True},
        locations=lambda portrait: (portrait["location_id"],),
    ),
    touched_by={"Appointment": of_appointment},
)
