"""Form response: what a patient has handed in, and how writing it into the practice went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitewing.dialects.nexhealth.resource import encode
from bitewing.dialects.nexhealth.resources.form import FORM_RESPONSE
from bitewing.model.event import Event, Subject


@dataclass(frozen=True, slots=True)
class ResponseDocument:
    """A document made of a response: our id, and where its PDF can be fetched."""

    number: int
    pdf_url: str


@dataclass(frozen=True, slots=True)
class FormResponse:
    """What we hold of a response.

    Attributes:
        number: our id.
        status: how writing went: ``complete`` or ``failed``.
        form_request: the id of the form that was filled in.
        location: our id of the Location; None if the form belongs to none.
        reason: why it could not be written; "" otherwise.
    """

    number: int
    status: str
    documents: Sequence[ResponseDocument]
    form_request: str
    patient: int | None
    location: int | None = None
    reason: str = ""


def form_response(response: FormResponse) -> dict[str, Any]:
    """Give the JSON object of a response; ``failure_reason`` is ours, and only where it failed."""
    shown = {
        "id": response.number,
        "status": response.status,
        "response_documents": [
            {"id": document.number, "pdf_url": document.pdf_url} for document in response.documents
        ],
        "form_request_id": response.form_request,
        "patient_id": response.patient,
    }
    return shown | {"failure_reason": response.reason} if response.reason else shown


def response_inserted(response: FormResponse) -> Event:
    """Give ``form_response_insertion``, with the status as its suffix."""
    locations = () if response.location is None else (response.location,)
    return Event(
        "form_response_insertion",
        Subject(FORM_RESPONSE, response.number),
        encode(form_response(response)),
        suffix=response.status,
        locations=frozenset(locations),
    )
