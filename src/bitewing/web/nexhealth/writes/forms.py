"""Form requests and responses: asked for by a client, handed in by a client or at the page.

NexHealth documents neither path nor body of creating a request; these are ours.
"""

import base64
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.writing import forms
from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.web.bodies import read_json_bytes
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.fields import Fields
from bitewing.web.nexhealth.parameters import Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import SUBDOMAIN
from bitewing.web.nexhealth.writes.form_tray import FormTray

_POST = (SUBDOMAIN, Parameter("location_id", Kind.WHOLE, is_required=True))
_ONE = (SUBDOMAIN,)
_TITLE = "Medical History"
_QUESTIONS = (
    ("allergies", "Allergies"),
    ("medications", "Medications you take"),
    ("conditions", "Medical conditions"),
    ("emergency_contact", "Whom to call in an emergency"),
)
"""Asked where a request names no questions of its own."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
LONGEST_LABEL, LONGEST_LABELS = 500, 10_000
"""Characters of one label, and of all together."""
_FORM_OF_QUESTIONS = (
    "it must be a list of {name, label}; names differ, and have 64 letters, digits and _ at most; "
    f"a label has {LONGEST_LABEL} characters at most, all together {LONGEST_LABELS}"
)
_SHOWN = {"type": "object"}
_REQUEST = {
    "type": "object",
    "required": ["form_request"],
    "properties": {
        "form_request": {
            "type": "object",
            "properties": {
                "patient_id": {"type": "integer"},
                "appointment_id": {"type": "integer"},
                "title": {"type": "string"},
                "questions": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}
_RESPONSE = {
    "type": "object",
    "required": ["form_request_id", "patient_submitted_data"],
    "properties": {
        "form_request_id": {"type": "string"},
        "patient_submitted_data": {"type": "object"},
    },
}


@dataclass(frozen=True, slots=True)
class Forms:
    """Serves form requests, and takes responses from clients.

    Attributes:
        address: where the form pages are visited; without a slash at the end.
    """

    shelf: Shelf
    desk: WritingDesk
    tray: FormTray
    address: str

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["forms"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        made = describing.operation(
            _SHOWN, status=201, query=_POST, body=_REQUEST, refusals=[403, 404]
        )
        one = describing.operation(_SHOWN, query=_ONE, refusals=[403, 404])
        filled = describing.operation(
            _SHOWN, status=201, query=_ONE, body=_RESPONSE, refusals=[403, 404]
        )
        add("/forms/request", self.create, methods=["POST"], **made)
        add("/forms/request/{form}", self.one, methods=["GET"], **one)
        add("/form_responses", self.respond, methods=["POST"], **filled)
        document = "/forms/{form}/document.pdf"
        add(document, self.document, methods=["GET"], include_in_schema=False)
        return router

    async def create(self, request: Request) -> Response:
        """Ask a patient to fill in a form; the answer says at which address."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_POST)
        fields = Fields(await read_json_bytes(request)).inner("form_request")
        subdomain = asked.text("subdomain") or ""
        appointment = fields.whole("appointment_id")
        patient = await self._patient(subdomain, fields.whole("patient_id"), appointment)
        wish = forms.Request(
            form=secrets.token_hex(16),
            location=asked.whole("location_id") or 0,
            patient=patient,
            title=_title(fields),
            questions=_questions(fields),
            address=self.address,
            appointment=appointment,
        )
        (write, *_) = await self.desk.ask(
            subdomain,
            lambda albums, is_draft: [
                forms.want_form(albums, wish, is_draft=is_draft(wish.patient))
            ],
            owner=forms.OWNER,
            key=wish.form,
        )
        shown = {"form_request": forms.shown_as(write)}
        return answer(shown, visit.version, status=201, description=remark(asked))

    async def _patient(self, subdomain: str, patient: int | None, appointment: int | None) -> int:
        """Give who is asked: the patient that is named, or the appointment's."""
        if appointment is None:
            if patient is None:
                raise InvalidRequestError("Missing parameter patient_id or appointment_id")
            return patient
        library = self.shelf.library
        found = await self.shelf.readback.look(
            subdomain, lambda albums: library.one("Appointment", albums, appointment)
        )
        if found is None or patient not in {None, found.shown["patient_id"]}:
            raise InvalidRequestError(f"Appointment with id {appointment} not found")
        return int(found.shown["patient_id"] or 0)

    async def one(self, form: str, request: Request) -> Response:
        """Say how far a form is."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_ONE)
        write = await self.tray.find(form, asked.text("subdomain") or "")
        return answer({"form_request": forms.shown_as(write)}, visit.version)

    async def document(self, form: str, request: Request) -> Response:
        """Give the PDF, once the form is handed in; to the institution's clients alone."""
        asked = self.shelf.door.enter(request).asked(_ONE)
        write = await self.tray.find(form, asked.text("subdomain") or "")
        if "content" not in write.wish:
            raise NotFoundError("Document not found")
        pdf = base64.b64decode(write.wish["content"])
        return Response(pdf, media_type="application/pdf", headers={"cache-control": "no-store"})

    async def respond(self, request: Request) -> Response:
        """Take what a patient has answered, from a client."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_ONE)
        fields = Fields(await read_json_bytes(request))
        form = fields.required_text("form_request_id")
        given = fields.inner("patient_submitted_data").given
        await self.tray.find(form, asked.text("subdomain") or "")
        filed = await self.tray.hand_in(form, given)
        shown = {"form_request": forms.shown_as(filed)}
        return answer(shown, visit.version, status=201, description=remark(asked))


def _title(fields: Fields) -> str:
    title = fields.text("title") or _TITLE
    if len(title) > LONGEST_LABEL:
        raise InvalidRequestError(
            f"Invalid parameter title: it must be a text of up to {LONGEST_LABEL} characters"
        )
    return title


def _questions(fields: Fields) -> list[tuple[str, str]]:
    """Give the questions that a request names, (name, label) each, or else ours."""
    given = fields.given.get("questions")
    if given is None:
        return list(_QUESTIONS)
    questions = [_question(one) for one in given] if isinstance(given, list) else []
    names = {name for name, _ in questions}
    length = sum(len(label) for _, label in questions)
    if len(names) < len(questions) or not questions or length > LONGEST_LABELS:
        raise InvalidRequestError(f"Invalid parameter questions: {_FORM_OF_QUESTIONS}")
    return questions


def _question(given: object) -> tuple[str, str]:
    name, label = (given.get("name"), given.get("label")) if isinstance(given, dict) else ("", "")
    if not (isinstance(name, str) and _NAME.fullmatch(name)) or not _is_label(label):
        raise InvalidRequestError(f"Invalid parameter questions: {_FORM_OF_QUESTIONS}")
    return name, str(label)


def _is_label(label: object) -> bool:
    return isinstance(label, str) and 0 < len(label) <= LONGEST_LABEL
