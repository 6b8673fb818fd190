"""GET /appointments and one of them (NexHealth, "Appointments")."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.reading.appointments import Question, find
from bitewing.dialects.nexhealth.reading.including import OF_APPOINTMENTS, without_nested
from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.paging import PAGING
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import INCLUDE, Shelf, listed
from bitewing.web.nexhealth.visits import SUBDOMAIN

_IDS = 25
"""How many ids one filter may name (NexHealth's OpenAPI)."""
_LIST = (
    SUBDOMAIN,
    Parameter("start", Kind.MOMENT, is_required=True),
    Parameter("end", Kind.MOMENT, is_required=True),
    Parameter("location_id", Kind.WHOLE),
    Parameter("foreign_id"),
    Parameter("timezone", Kind.ZONE),
    Parameter("cancelled", Kind.FLAG),
    Parameter("unavailable", Kind.FLAG),
    Parameter("nex_only", Kind.FLAG),
    Parameter("updated_since", Kind.MOMENT),
    Parameter("created_by", Kind.WHOLE, most=_IDS),
    Parameter("appointment_type_id", Kind.WHOLE, most=_IDS),
    Parameter("patient_ids", Kind.WHOLE, most=_IDS),
    Parameter("provider_ids", Kind.WHOLE, most=_IDS),
    Parameter("operatory_ids", Kind.WHOLE, most=_IDS),
    Parameter("sort", choices=("updated_at", "-updated_at")),
    INCLUDE,
    *PAGING,
)
_ONE = (SUBDOMAIN, INCLUDE)
_RESOURCE = "Appointment"


@dataclass(frozen=True, slots=True)
class Appointments:
    """Serves GET of many and of one."""

    shelf: Shelf

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["appointments"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        shown = {"type": "object"}
        many = describing.operation(
            {"type": "array", "items": shown},
            "count",
            "page_info",
            query=_LIST,
            refusals=[403, 404],
        )
        one = describing.operation(shown, query=_ONE, refusals=[403, 404])
        add("/appointments", self.list, methods=["GET"], **many)
        add("/appointments/{number}", self.one, methods=["GET"], **one)
        return router

    async def list(self, request: Request) -> Response:
        """List the appointments that begin between two moments."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_LIST)
        if asked.text("location_id") is None and asked.text("foreign_id") is None:
            raise InvalidRequestError("Missing parameter location_id")
        question = _question(asked)
        await self.shelf.require_location(asked)
        customs = self.shelf.library.customs
        is_none = asked.flag("unavailable")  # there are none of these
        shown, page = await self.shelf.page(
            _RESOURCE,
            visit,
            asked,
            lambda albums: [] if is_none else find(albums, customs, question),
            includes=OF_APPOINTMENTS,
            finish=without_nested,
        )
        return listed(shown, page, visit, asked)

    async def one(self, number: str, request: Request) -> Response:
        """Give one by its id."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_ONE)
        shown = await self.shelf.one(
            _RESOURCE,
            asked,
            read_id(_RESOURCE, number),
            includes=OF_APPOINTMENTS,
            finish=without_nested,
        )
        return answer(shown, visit.version, description=remark(asked))


def _question(asked: Asked) -> Question:
    zone: tzinfo = asked.zone("timezone") or UTC
    return Question(
        start=asked.moment("start", zone) or datetime.min.replace(tzinfo=UTC),
        end=asked.moment("end", zone) or datetime.max.replace(tzinfo=UTC),
        location=asked.whole("location_id"),
        foreign_id=asked.text("foreign_id"),
        is_cancelled=asked.flag("cancelled"),
        is_booked_here=bool(asked.flag("nex_only")),
        updated_since=asked.moment("updated_since", zone),
        creators=asked.wholes("created_by"),
        types=asked.wholes("appointment_type_id"),
        patients=asked.wholes("patient_ids"),
        providers=asked.wholes("provider_ids"),
        operatories=asked.wholes("operatory_ids"),
        sort=asked.text("sort") or "",
    )
