"""POST /appointments and PATCH of one (NexHealth, "Appointments")."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.customs import Customs
from bitewing.dialects.nexhealth.reading.including import without_nested
from bitewing.dialects.nexhealth.reading.library import Found
from bitewing.dialects.nexhealth.writing import telling
from bitewing.dialects.nexhealth.writing.booking import Request as Wish, want_booking
from bitewing.dialects.nexhealth.writing.changing import want_changes
from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.pending import LOST
from bitewing.web.bodies import read_json_bytes
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.fields import Fields
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.parameters import Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import SUBDOMAIN
from bitewing.web.nexhealth.writes.taking import key_of, take

_POST = (
    SUBDOMAIN,
    Parameter("location_id", Kind.WHOLE, is_required=True),
    Parameter("notify_patient", Kind.FLAG),
    Parameter("notify_practice", Kind.FLAG),
)
_PATCH = (SUBDOMAIN,)
_RESOURCE = "Appointment"
_SHOWN = {"type": "object", "required": ["appt"], "properties": {"appt": {"type": "object"}}}
_APPT = {
    "type": "object",
    "required": ["appt"],
    "properties": {
        "appt": {
            "type": "object",
            "properties": {
                "patient_id": {"type": "integer"},
                "provider_id": {"type": "integer"},
                "operatory_id": {"type": "integer"},
                "start_time": {"type": "string"},
                "end_time": {"type": "string"},
                "appointment_type_id": {"type": "integer"},
                "note": {"type": "string"},
            },
            "required": ["patient_id", "provider_id", "start_time"],
        }
    },
}
_CHANGES = {
    "type": "object",
    "required": ["appt"],
    "properties": {
        "appt": {
            "type": "object",
            "properties": {
                "confirmed": {"type": "boolean"},
                "cancelled": {"type": "boolean"},
                "checkin_at": {"type": "string"},
            },
        }
    },
}


@dataclass(frozen=True, slots=True)
class AppointmentWrites:
    """Takes what is to be written; NexHealth answers before that is done."""

    shelf: Shelf
    desk: WritingDesk
    customs: Customs

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["appointments"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        made = describing.operation(
            _SHOWN, status=201, query=_POST, body=_APPT, refusals=[403, 404]
        )
        changed = describing.operation(_SHOWN, query=_PATCH, body=_CHANGES, refusals=[403, 404])
        add("/appointments", self.create, methods=["POST"], **made)
        add("/appointments/{number}", self.change, methods=["PATCH"], **changed)
        return router

    async def create(self, request: Request) -> Response:
        """Take an appointment; whether it could be written is told by ``appointment_insertion``."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_POST)
        appt = Fields(await read_json_bytes(request)).inner("appt")
        wish = _wish(appt, asked.whole("location_id") or 0)
        return await take(
            *(self.desk, request, visit, asked),
            want=lambda albums, is_draft: want_booking(
                albums, self.customs, wish, now=self.desk.clock.now(), is_draft=is_draft
            ),
            show=lambda write: {"appt": telling.shown_as(write)},
        )

    async def change(self, number: str, request: Request) -> Response:
        """Take a confirmation, a cancellation or an arrival."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_PATCH)
        subdomain, appointment = asked.text("subdomain") or "", read_id(_RESOURCE, number)
        appt = Fields(await read_json_bytes(request)).inner("appt")
        found = await self._known(subdomain, appointment)
        if found is None:
            raise NotFoundError(f"{_RESOURCE} with id {appointment} not found")
        if found.draft is not None and found.draft.state in LOST:
            raise InvalidRequestError(f"The appointment was not written: {found.draft.reason}")
        shown = without_nested(found.shown)
        want = partial(
            want_changes,
            found.scene.source,
            appointment,
            found.shown,
            confirmed=appt.flag("confirmed"),
            cancelled=appt.flag("cancelled"),
            checkin_at=appt.moment("checkin_at"),
        )
        for write in await self.desk.ask(
            subdomain,
            lambda _albums, _is_draft: want(),
            owner=visit.caller.owner,
            key=key_of(request),
        ):
            shown = telling.altered(shown, write)
        return answer({"appt": shown}, visit.version, description=remark(asked))

    async def _known(self, subdomain: str, number: int) -> Found | None:
        """Give the appointment as it was last read, or was asked for."""
        library = self.shelf.library
        return await self.shelf.readback.look(
            subdomain, lambda albums: library.one(_RESOURCE, albums, number)
        )


def _wish(appt: Fields, location: int) -> Wish:
    if appt.flag("unavailable"):
        raise InvalidRequestError("unavailable: blocks cannot be written into this practice")
    if "patient" in appt.given:
        # Otherwise the guardian would be booked in the place of whom they came for.
        raise InvalidRequestError("patient: create them with POST /patients, and name patient_id")
    for name in ("patient_id", "provider_id", "start_time"):
        if (appt.text if name == "start_time" else appt.whole)(name) is None:
            raise InvalidRequestError(f"Missing parameter {name}")
    starts_at = appt.moment("start_time")
    if starts_at is None:
        raise InvalidRequestError("Missing parameter start_time")
    return Wish(
        location=location,
        patient=appt.whole("patient_id") or 0,
        provider=appt.whole("provider_id") or 0,
        operatory=appt.whole("operatory_id") or 0,
        starts_at=starts_at,
        ends_at=appt.moment("end_time"),
        appointment_type=appt.whole("appointment_type_id") or 0,
        note=appt.text("note") or "",
        is_guardian=appt.flag("is_guardian") or False,
        is_new_patient=appt.flag("is_new_clients_patient") or False,
        referrer=appt.text("referrer"),
    )
