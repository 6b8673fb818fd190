"""Wording: bookings, patients and papers in the fields of Open Dental's API."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.model.writing import Booking, NewPatient, Paper

MINUTES_A_LETTER = 5
LONGEST_PATTERN = 108  # nine hours


def wall(at: datetime, zone: ZoneInfo) -> str:
    """Write a moment as the office's clock shows it."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def appointment(booking: Booking, zone: ZoneInfo) -> dict[str, Any]:
    """Give the body of POST appointments (API Appointments page); what is 0 is left out."""
    body: dict[str, Any] = {
        "PatNum": booking.patient,
        "Op": booking.operatory,
        "AptDateTime": wall(booking.starts_at, booking.zone or zone),
        "ProvNum": booking.provider,
    }
    if booking.is_hygiene:
        # The dentist is the practice's to choose; the hygienist is the one that was asked for.
        del body["ProvNum"]
        body |= {"ProvHyg": booking.provider, "IsHygiene": "true"}
    if booking.minutes:
        body["Pattern"] = pattern(booking.minutes)
    if booking.note:
        body["Note"] = booking.note
    if booking.clinic:
        body["ClinicNum"] = booking.clinic
    if booking.kind:
        body["AppointmentTypeNum"] = booking.kind
    if booking.is_new_patient:
        body["IsNewPatient"] = "true"
    return body


def pattern(minutes: int) -> str:
    """Give the time bar: five minutes a letter, begun ones whole, all of them the provider's."""
    letters = max(1, -(-minutes // MINUTES_A_LETTER))
    return "X" * min(letters, LONGEST_PATTERN)


def is_booking(shown: Mapping[str, Any], booking: Booking, zone: ZoneInfo) -> bool:
    """Tell whether an appointment is the one that was asked for.

    No two of them can be: a room is booked once, so patient, room and time say which it is. A
    mark in the note is not needed, and the office would have to read it.
    """
    return (
        shown.get("AptStatus") == "Scheduled"
        and shown.get("PatNum") == booking.patient
        and shown.get("Op") == booking.operatory
        and shown.get("AptDateTime") == wall(booking.starts_at, booking.zone or zone)
    )


def patient(new: NewPatient) -> dict[str, Any]:
    """Give the body of POST patients (API Patients page); what is not known is left out."""
    fields: dict[str, Any] = {
        "LName": new.last_name,
        "FName": new.first_name,
        "MiddleI": new.middle_name,
        "Gender": new.gender,
        "Birthdate": new.born_on.isoformat() if new.born_on else "",
        "Email": new.email,
        "WirelessPhone": new.cell_phone,
        "HmPhone": new.home_phone,
        "WkPhone": new.work_phone,
        "Address": new.address,
        "Address2": new.address_2,
        "City": new.city,
        "State": new.state,
        "Zip": new.zip,
        "PriProv": new.provider,
        "ClinicNum": new.clinic,
    }
    return {name: value for name, value in fields.items() if value}


def patient_search(new: NewPatient) -> dict[str, str]:
    """Give the parameters of GET patients/Simple: names by parts, so that more may be found."""
    asked = {"LName": new.last_name, "FName": new.first_name}
    if new.born_on:
        asked["Birthdate"] = new.born_on.isoformat()
    return asked


def is_patient(shown: Mapping[str, Any], new: NewPatient) -> bool:
    """Tell whether a patient is the one that was asked for: whole names, same birthdate."""
    born_on = new.born_on.isoformat() if new.born_on else "0001-01-01"
    return (
        str(shown.get("LName", "")).lower() == new.last_name.lower()
        and str(shown.get("FName", "")).lower() == new.first_name.lower()
        and shown.get("Birthdate") == born_on
    )


def document(paper: Paper, zone: ZoneInfo) -> dict[str, Any]:
    """Give the body of POST documents/Upload (API Documents page)."""
    body: dict[str, Any] = {
        "PatNum": paper.patient,
        "rawBase64": base64.b64encode(paper.content).decode(),
        "extension": paper.extension,
        "Description": paper.title,
        "DateCreated": wall(paper.made_at, zone),
    }
    if paper.category:
        body["DocCategory"] = paper.category
    return body


def is_paper(shown: Mapping[str, Any], paper: Paper, zone: ZoneInfo) -> bool:
    """Tell whether a document is the one that was filed: same title, made the same second."""
    return shown.get("Description") == paper.title and shown.get("DateCreated") == wall(
        paper.made_at, zone
    )
