"""Departures: where the Message from a database differs from the vendor's example, and why.

An example was put together from several practices and from records that were not yet in any;
whatever a database can give is compared to the letter.
"""

from collections.abc import Mapping
from typing import Any

Departures = Mapping[str, Any]
"""Path in ``data`` → our value. ``*`` stands for any place in an array."""

FOREIGN_ID_TYPE = "msg-opendental-DataSource-100"
"""The examples are of another record system."""

_PATIENT: Departures = {
    # The example's patient is not in any practice yet; one from a database is.
    "institution_id": 1,
    "foreign_id": "415",
    "foreign_id_type": FOREIGN_ID_TYPE,
    "last_sync_time": "2020-06-05T20:16:57.000Z",
    # patient.SecDateEntry is a date: midnight of the office.
    "created_at": "2020-06-05T04:00:00.000Z",
    # The one number of the example has to stand in one of the three columns.
    "bio.cell_phone_number": "5163042196",
}
_SEEN: Departures = {
    **_PATIENT,
    # The example's patient_id and its nested patient are two persons, its Locations two offices.
    "id": 2897,
    "foreign_id": "2897",
    "location_ids.0": 1,
    "location_ids.1": 2,
    "location_ids.2": 3,
}
_DESCRIPTOR: Departures = {
    "code": "D0120",  # procedurecode.ProcCode has fifteen characters
    "location_id": 1,
    "foreign_id": "94:1",  # NexHealth's form for Open Dental: code and clinic
    "foreign_id_type": FOREIGN_ID_TYPE,
}
_APPOINTMENT: Departures = {
    "foreign_id_type": FOREIGN_ID_TYPE,
    "misc.is_booked_on_nexhealth": False,  # nobody booked it here
    "referrer": None,
    **{f"patient.{path}": value for path, value in _SEEN.items()},
    **{f"descriptors.0.{path}": value for path, value in _DESCRIPTOR.items()},
}


def _below(prefix: str, departures: Departures) -> Departures:
    return {f"{prefix}.{path}": value for path, value in departures.items()}


DEPARTURES: Mapping[str, Departures] = {
    "appointment_created": _below("appointments.0", _APPOINTMENT),
    "appointment_updated": _below("appointment", _APPOINTMENT),
    "form_request_completed": {
        # Made of the Source and the sheet's number; no sheet refers to an appointment.
        "formrequest.id": "e9103fd074f75088a3adea7cb1793929",
        "formrequest.appointment_id": None,
    },
    "patient_created": _below("patients.0", _PATIENT),
    # Inactive and non-patient are one column: who becomes active again is a patient.
    "patient_updated": _below("patient", {**_PATIENT, "bio.non_patient": False}),
}
"""Example → its departures; the other examples come out to the letter."""


def whole_seconds(written: Any) -> Any:
    """Give an example's moment as a database has it: in whole seconds."""
    if isinstance(written, str) and written.endswith(("57.007Z", "03.046Z")):
        return written[:-4] + "000Z"
    return written
