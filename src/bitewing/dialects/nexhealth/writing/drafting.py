"""Drafting: what was asked for here and the practice does not have yet, as it is read back."""

from collections.abc import Callable, Mapping
from typing import Any

from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.reading.library import Drafted
from bitewing.dialects.nexhealth.writing import patients, telling
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.ports.album import Album

_KINDS: Mapping[str, WriteKind] = {
    "Appointment": WriteKind.APPOINTMENT,
    "Patient": WriteKind.PATIENT,
}
"""Which resources can be asked for."""
_SHOW: Mapping[WriteKind, Callable[[PendingWrite], dict[str, Any]]] = {
    WriteKind.APPOINTMENT: telling.shown_as,
    WriteKind.PATIENT: patients.shown_as,
}


def find_draft(resource: str, album: Album, identity: int) -> Drafted | None:
    """Give the draft of this id; None if there is none."""
    write = album.draft(_KINDS[resource], identity) if resource in _KINDS else None
    if write is None:
        return None
    nested: dict[str, Any] = {}
    if write.kind is WriteKind.APPOINTMENT:
        person = album.draft(WriteKind.PATIENT, int(write.wish["patient"]))
        nested = {} if person is None else {"patient": patients.shown_as(person)}
    return Drafted(_SHOW[write.kind](write), _row_of(write, album), nested, write)


def _row_of(write: PendingWrite, album: Album) -> Row:
    wish = write.wish
    if write.kind is WriteKind.PATIENT:
        return {"PriProv": _cell(wish["provider"])}
    patient = album.native_of("Patient", int(wish["patient"])) or "0"
    return {
        "PatNum": patient.encode(),
        "Op": _cell(wish["operatory"]),
        "AppointmentTypeNum": _cell(wish["kind"]),
    }


def _cell(number: int) -> bytes:
    return str(number).encode()
