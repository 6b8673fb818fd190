"""Including: what a question may have put into an appointment or a patient (``include[]``)."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import compile_fields
from bitewing.dialects.nexhealth.reading import appointment_types, operatories, providers
from bitewing.dialects.nexhealth.reading.appointments import begins_at
from bitewing.dialects.nexhealth.resources import appointment, coverage, patient, procedure
from bitewing.dialects.nexhealth.resources.descriptor import descriptors
from bitewing.dialects.nexhealth.rules import broken
from bitewing.dialects.nexhealth.rules.place import is_announced
from bitewing.dialects.nexhealth.scene import Scene

Shown = dict[str, Any]
Include = Callable[[Row, Scene, datetime], Any]
"""Gives what is put in for a row, at this moment (UTC)."""

_COMPLETE = 2
"""AptStatus."""
_address = compile_fields(patient.ADDRESS)


def _linked(watch: str, column: str, render: Callable[[Row, Scene], Any]) -> Include:
    def include(row: Row, scene: Scene, _at: datetime) -> Any:
        found = scene.find(watch, cells.whole(row.get(column)))
        return None if found is None else render(found, scene)

    return include


def _guarantor(row: Row, scene: Scene, at: datetime) -> Any:
    person = scene.row("Patient", cells.whole(row.get("PatNum")))
    return _linked("Patient", "Guarantor", patient.render)(person, scene, at)


def _procedures(column: str) -> Include:
    def include(row: Row, scene: Scene, _at: datetime) -> list[Shown]:
        found = scene.linked("Procedure", column, cells.whole(row.get(column)))
        portraits = (procedure.portray(one, scene) for one in found)
        return [one for one in portraits if one is not None]

    return include


def _coverages(row: Row, scene: Scene, _at: datetime) -> list[Shown]:
    found = scene.linked("PatPlan", "PatNum", cells.whole(row.get("PatNum")))
    return [coverage.render(one, scene) for one in found]


def _children(row: Row, scene: Scene, _at: datetime) -> list[Shown]:
    number = cells.whole(row.get("PatNum"))
    family = scene.linked("Patient", "Guarantor", number)
    return [
        patient.render(one, scene) for one in family if cells.whole(one.get("PatNum")) != number
    ]


def _upcoming(row: Row, scene: Scene, at: datetime) -> list[Shown]:
    """Give the appointments to come, the next one first."""
    coming = [
        one
        for one in _appointments(row, scene)
        if begins_at(one, scene) >= at and not broken.is_cancelled(one, scene)
    ]
    return [_plain(one, scene) for one in sorted(coming, key=lambda one: begins_at(one, scene))]


def _last_visited(row: Row, scene: Scene, at: datetime) -> Shown | None:
    """Give the last appointment that was kept."""
    kept = [
        one
        for one in _appointments(row, scene)
        if cells.whole(one.get("AptStatus")) == _COMPLETE and begins_at(one, scene) <= at
    ]
    last = max(kept, key=lambda one: begins_at(one, scene), default=None)
    return None if last is None else _plain(last, scene)


def _appointments(row: Row, scene: Scene) -> Iterable[Row]:
    found = scene.linked("Appointment", "PatNum", cells.whole(row.get("PatNum")))
    return (one for one in found if is_announced(one))


def _plain(row: Row, scene: Scene) -> Shown:
    return without_nested(appointment.portray(row, scene) or {})


OF_APPOINTMENTS: Mapping[str, Include] = {
    "patient": lambda row, scene, _at: appointment.nested_patient(row, scene),
    "descriptors": lambda row, scene, _at: descriptors(row, scene),
    "guarantor": _guarantor,
    "procedures": _procedures("AptNum"),
    "operatory": _linked("Operatory", "Op", operatories.render),
    "appointment_type": _linked("AppointmentType", "AppointmentTypeNum", appointment_types.render),
    "booking_details": lambda _row, _scene, _at: None,
}
OF_PATIENTS: Mapping[str, Include] = {
    "upcoming_appts": _upcoming,
    "last_visited_appointment": _last_visited,
    "guarantor": _guarantor,
    "children": _children,
    "procedures": _procedures("PatNum"),
    "insurance_coverages": _coverages,
    "provider": _linked("Provider", "PriProv", providers.render),
    "address": lambda row, scene, _at: _address(row, scene),  # it is there anyway
}


def without_nested(shown: Shown) -> Shown:
    """Give an appointment as it is read back: what may be included is not there by itself."""
    return {key: value for key, value in shown.items() if key not in {"patient", "descriptors"}}
