"""Wishing: bookings, arrivals, patients, papers as they are kept in a pending write, and back."""

import base64
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.model.writing import Booking, NewPatient, Paper


def booking_wish(booking: Booking) -> dict[str, Any]:
    """Give what is kept of a booking; its patient is named by our id, in ``PendingWrite``."""
    return {
        "provider": booking.provider,
        "operatory": booking.operatory,
        "starts_at": booking.starts_at.isoformat(),
        "minutes": booking.minutes,
        "note": booking.note,
        "clinic": booking.clinic,
        "kind": booking.kind,
        "is_hygiene": booking.is_hygiene,
        "is_new_patient": booking.is_new_patient,
        "zone": booking.zone.key if booking.zone else None,
    }


def booking_of(wish: Mapping[str, Any], patient: int) -> Booking:
    """Give the booking for a patient of the practice."""
    kept = {name: value for name, value in wish.items() if name in _BOOKING}
    starts_at = datetime.fromisoformat(kept.pop("starts_at"))
    zone = kept.pop("zone", None)
    return Booking(
        patient=patient, starts_at=starts_at, zone=ZoneInfo(zone) if zone else None, **kept
    )


def arrival_wish(at: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Give what is kept of an arrival: when, and whose clocks hang there."""
    return {"at": at.isoformat(), "zone": zone.key}


def arrival_of(wish: Mapping[str, Any]) -> tuple[datetime, ZoneInfo | None]:
    """Give the moment and the zone; None for the practice's own."""
    zone = wish.get("zone")
    return datetime.fromisoformat(wish["at"]), ZoneInfo(zone) if zone else None


def patient_wish(patient: NewPatient) -> dict[str, Any]:
    """Give what is kept of a new patient."""
    kept = {one.name: getattr(patient, one.name) for one in fields(NewPatient)}
    return kept | {"born_on": patient.born_on.isoformat() if patient.born_on else None}


def patient_of(wish: Mapping[str, Any]) -> NewPatient:
    """Give the new patient."""
    born_on = wish.get("born_on")
    return NewPatient(**{**wish, "born_on": date.fromisoformat(born_on) if born_on else None})


def paper_wish(paper: Paper) -> dict[str, Any]:
    """Give what is kept of a paper; its patient is named by our id."""
    return {
        "title": paper.title,
        "made_at": paper.made_at.isoformat(),
        "content": base64.b64encode(paper.content).decode(),
        "extension": paper.extension,
        "category": paper.category,
    }


def paper_of(wish: Mapping[str, Any], patient: int) -> Paper:
    """Give the paper for a patient of the practice."""
    return Paper(
        patient=patient,
        title=wish["title"],
        made_at=datetime.fromisoformat(wish["made_at"]),
        content=base64.b64decode(wish["content"]),
        extension=wish["extension"],
        category=wish["category"],
    )


_BOOKING = frozenset(one.name for one in fields(Booking)) - {"patient"}
