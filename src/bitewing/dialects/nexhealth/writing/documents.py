"""Documents: a file that a client wants in a patient's folder (POST /patients/{id}/documents)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.document_types import DOCUMENT_TYPE, IMAGE_CATEGORY
from bitewing.dialects.nexhealth.resources.document import (
    Document,
    document as shown_document,
    document_inserted,
)
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.dialects.nexhealth.writing.booking import IsDraft
from bitewing.dialects.nexhealth.writing.patients import album_at
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.event import Event
from bitewing.model.pending import PASSED_ON, PendingWrite, Wanted, WriteKind, WriteState
from bitewing.model.wishing import paper_wish
from bitewing.model.writing import Paper
from bitewing.ports.album import Album

LONGEST_NAME = 255
"""Characters of Open Dental's document.Description."""
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}", re.ASCII)
_PDF, _PDF_WITHIN = b"%PDF-", 1024
"""What a PDF begins with, and within how many bytes (ISO 32000, annex H of PDF 1.7)."""
_STATUSES = {WriteState.WRITTEN: "complete", WriteState.FAILED: "failed"}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, in our ids; ``kind`` 0 leaves the folder to the practice."""

    location: int
    patient: int
    filename: str = field(repr=False)
    content: bytes = field(repr=False)
    kind: int = 0


def want_document(
    albums: Sequence[Album], customs: Customs, request: Request, *, at: datetime, is_draft: IsDraft
) -> Wanted:
    """Say what is to be filed.

    Raises:
        NotFoundError: the Location or the patient is not the institution's.
        InvalidRequestError: the file has no usable name or nothing in it, the document type is
            none, or nothing is written into the practice.
    """
    album = album_at(albums, request.location)
    scene = Scene(album, customs)
    if album.native_of("Patient", request.patient) is None and not is_draft(request.patient):
        raise NotFoundError(f"Patient with id {request.patient} not found")
    if not scene.office.is_written:
        raise InvalidRequestError("Nothing is written into this practice")
    extension = _extension_of(request)
    category = _category(album, scene, request.kind)
    made_at = at.replace(microsecond=0)
    paper = Paper(0, request.filename, made_at, request.content, extension, category)
    return Wanted(
        source=album.source,
        kind=WriteKind.PAPER,
        wish=paper_wish(paper) | {"patient": request.patient, PASSED_ON: True},
        shown={
            "location": request.location,
            "document_type": request.kind or None,
            "foreign_id_type": scene.foreign_id_type,
        },
    )


def shown_as(write: PendingWrite) -> dict[str, Any]:
    """Give a document's JSON object."""
    return shown_document(_held(write))


def event_of(write: PendingWrite) -> Event | None:
    """Give the Event of a document that was filed, or could not be."""
    return document_inserted(_held(write)) if write.state in _STATUSES else None


def _held(write: PendingWrite) -> Document:
    is_written = write.state is WriteState.WRITTEN
    foreign_id = str(write.native) if is_written else None
    return Document(
        number=write.subject,
        status=_STATUSES.get(write.state, "pending"),
        patient=write.wish["patient"],
        location=write.shown["location"],
        filename=write.wish["title"],
        kind=write.shown["document_type"],
        created_at=write.created_at,
        updated_at=write.updated_at,
        foreign=(foreign_id, write.shown["foreign_id_type"]),
        reason=write.reason if write.state is WriteState.FAILED else "",
    )


def _extension_of(request: Request) -> str:
    stem, dot, letters = request.filename.rpartition(".")
    if not stem or len(request.filename) > LONGEST_NAME or not _EXTENSION.fullmatch(dot + letters):
        raise InvalidRequestError(
            f"Invalid parameter file: its name must end as in x-ray.pdf and have {LONGEST_NAME} "
            "characters at most."
        )
    if not request.content:
        raise InvalidRequestError("Invalid parameter file: it is empty.")
    extension = (dot + letters).lower()
    if extension == ".pdf" and _PDF not in request.content[:_PDF_WITHIN]:
        raise InvalidRequestError("Invalid parameter file: it is called a PDF and is none.")
    return extension


def _category(album: Album, scene: Scene, kind: int) -> int:
    if not kind:
        return 0
    row = scene.find("Definition", int(album.native_of(DOCUMENT_TYPE, kind) or 0))
    if row is None or cells.whole(row.get("Category")) != IMAGE_CATEGORY:
        raise InvalidRequestError(f"Document type with id {kind} not found")
    return cells.whole(row.get("DefNum"))
