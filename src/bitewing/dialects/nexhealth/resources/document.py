"""Document: a file that a client has put into a patient's folder, and how writing it went.

NexHealth names the Event and shows no example of it; the object is ours.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.dialects.nexhealth.resource import Announced, encode
from bitewing.model.event import Event, Subject

DOCUMENT = "Document"
EVENTS = (Announced(DOCUMENT, "document_insertion", "document"),)


@dataclass(frozen=True, slots=True)
class Document:
    """What we hold of a document.

    Attributes:
        number: our id.
        status: ``pending``, ``complete`` or ``failed``.
        kind: our id of the folder; None leaves it to the practice.
        foreign: (foreign_id, foreign_id_type); (None, type) until it is written.
        reason: why it could not be written; "" otherwise.
    """

    number: int
    status: str
    patient: int
    location: int
    filename: str = field(repr=False)
    kind: int | None
    created_at: datetime
    updated_at: datetime
    foreign: tuple[str | None, str]
    reason: str = ""


def document(held: Document) -> dict[str, Any]:
    """Give the JSON object of a document; ``failure_reason`` stands only where it failed."""
    foreign_id, foreign_id_type = held.foreign
    shown = {
        "id": held.number,
        "status": held.status,
        "patient_id": held.patient,
        "location_id": held.location,
        "filename": held.filename,
        "document_type_id": held.kind,
        "created_at": write_moment(held.created_at),
        "updated_at": write_moment(held.updated_at),
        "foreign_id": foreign_id,
        "foreign_id_type": foreign_id_type,
    }
    return shown | {"failure_reason": held.reason} if held.reason else shown


def document_inserted(held: Document) -> Event:
    """Give ``document_insertion``, with the status as its suffix."""
    return Event(
        "document_insertion",
        Subject(DOCUMENT, held.number),
        encode(document(held)),
        suffix=held.status,
        locations=frozenset({held.location}),
    )
