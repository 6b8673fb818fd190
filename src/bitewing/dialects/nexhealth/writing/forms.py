"""Forms: a patient is asked to fill one in, hands it in, and it is filed in the practice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bitewing.dialects.nexhealth.resources.form import FORM_REQUEST, form_completed
from bitewing.dialects.nexhealth.resources.form_response import (
    FormResponse,
    ResponseDocument,
    response_inserted,
)
from bitewing.dialects.nexhealth.writing.patients import album_at
from bitewing.model.errors import InvalidRequestError
from bitewing.model.event import Event, Subject
from bitewing.model.pending import LOST, PendingWrite, Wanted, WriteKind, WriteState
from bitewing.model.wishing import paper_wish
from bitewing.model.writing import Paper
from bitewing.ports.album import Album

OWNER = "form"
"""Whose keys the ids of forms are among the pending writes'."""
MOST_QUESTIONS = 100
LONGEST, MOST_BREAKS = 2000, 100
"""Characters and line breaks of one answer."""
LONGEST_FORM, MOST_BREAKS_OF_FORM = 20_000, 1000
"""Those of all answers together: so much is made a paper of within about a second."""
STATUSES = {
    WriteState.DRAFT: "NOT_CLICKED",
    WriteState.WAITING: "COMPLETE",
    WriteState.WRITING: "COMPLETE",
    WriteState.WRITTEN: "UPLOADED",
    WriteState.FAILED: "COMPLETE",
    WriteState.TIMED_OUT: "COMPLETE",
}
"""``request_status`` (NexHealth, "Forms")."""


@dataclass(frozen=True, slots=True)
class Request:
    """Who shall fill in what; our ids.

    Attributes:
        form: the 32 hexadecimal digits by which it is known; whoever has them may fill it in.
        questions: (name, label), in order.
        address: where documents can be fetched.
    """

    form: str = field(repr=False)
    location: int
    patient: int
    title: str
    questions: Sequence[tuple[str, str]]
    address: str
    appointment: int | None = None


def want_form(albums: Sequence[Album], request: Request, *, is_draft: bool) -> Wanted:
    """Say what is to be kept until it is handed in.

    Raises:
        NotFoundError: the Location is not the institution's.
        InvalidRequestError: there is no such patient, or nothing is asked.
    """
    album = album_at(albums, request.location)
    if album.native_of("Patient", request.patient) is None and not is_draft:
        raise InvalidRequestError(f"Patient with id {request.patient} not found")
    if not 0 < len(request.questions) <= MOST_QUESTIONS:
        raise InvalidRequestError(f"questions must be a list of 1 to {MOST_QUESTIONS}")
    return Wanted(
        source=album.source,
        kind=WriteKind.PAPER,
        wish={"patient": request.patient},
        shown={
            "form": request.form,
            "location": request.location,
            "appointment": request.appointment,
            "title": request.title,
            "questions": [list(one) for one in request.questions],
            "address": request.address,
        },
        state=WriteState.DRAFT,
    )


def answers_of(write: PendingWrite, given: Mapping[str, object]) -> list[tuple[str, str]]:
    """Give (label, answer) for every question, in order; what was not asked is left out.

    Raises:
        InvalidRequestError: it was handed in before, or an answer is none or too long.
    """
    if write.state is not WriteState.DRAFT:
        raise InvalidRequestError("The form has been handed in already")
    answers = [(label, _answer(name, given.get(name, ""))) for name, label in _questions(write)]
    _check(
        "patient_submitted_data: all answers together",
        *("".join(text for _, text in answers), LONGEST_FORM, MOST_BREAKS_OF_FORM),
    )
    return answers


def _questions(write: PendingWrite) -> Sequence[tuple[str, str]]:
    questions: Sequence[tuple[str, str]] = write.shown["questions"]
    return questions


def _answer(name: str, value: object) -> str:
    if not isinstance(value, str | int | float | bool):
        raise InvalidRequestError(f"Invalid parameter {name}: it must be a text")
    text = str(value).replace("\r\n", "\n")  # as browsers send them
    _check(f"{name}: it", text, LONGEST, MOST_BREAKS)
    return text


def _check(what: str, text: str, longest: int, most_breaks: int) -> None:
    if len(text) > longest or text.count("\n") > most_breaks:
        raise InvalidRequestError(
            f"Invalid parameter {what} can have {longest} characters and {most_breaks} line breaks"
        )


def handed_in(write: PendingWrite, pdf: bytes, at: datetime) -> PendingWrite:
    """Give the write as it is once its paper is to be filed."""
    paper = Paper(0, write.shown["title"], at.replace(microsecond=0), pdf)
    wish = paper_wish(paper) | {"patient": write.wish["patient"]}
    return replace(write, wish=wish, state=WriteState.WAITING, due_at=at, updated_at=at)


def shown_as(write: PendingWrite) -> dict[str, Any]:
    """Give a form request as it can be asked for; why it was not filed stands there if it was not.

    NexHealth gives no reason.
    """
    kept = write.shown
    shown = {
        "id": kept["form"],
        "title": kept["title"],
        "patient_id": write.wish["patient"],
        "appointment_id": kept["appointment"],
        "location_id": kept["location"],
        "request_status": STATUSES[write.state],
        "url": f"{kept['address']}/forms/{kept['form']}",
    }
    return shown | {"failure_reason": write.reason} if write.state in LOST else shown


def event_of(write: PendingWrite) -> Event | None:
    """Give the Event of a form: handed in, filed, or not filed."""
    kept = write.shown
    if write.state in {WriteState.DRAFT, WriteState.WRITING}:
        return None
    if write.state is WriteState.WAITING:
        subject = Subject(FORM_REQUEST, -write.subject)
        return form_completed(
            subject,
            form=kept["form"],
            location=kept["location"],
            appointment=kept["appointment"],
        )
    path = f"/forms/{kept['form']}/document.pdf?subdomain={write.institution}"
    url = kept["address"] + path
    return response_inserted(
        FormResponse(
            number=write.subject,
            status="complete" if write.state is WriteState.WRITTEN else "failed",
            documents=[ResponseDocument(write.subject, url)],
            form_request=kept["form"],
            patient=write.wish["patient"],
            location=kept["location"],
            reason=write.reason if write.state in LOST else "",
        )
    )
