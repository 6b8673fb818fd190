"""GET /available_slots and, in v2, /appointment_slots (NexHealth, "Available Slots")."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.reading.slots import DEFAULT_MINUTES, Question, find_slots
from bitewing.dialects.nexhealth.rules.span import A_LETTER
from bitewing.model.errors import InvalidRequestError
from bitewing.ports.album import Album
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import SUBDOMAIN

_MOST = 100
_MOST_DAYS = 31
_A_DAY = 24 * 60
_QUERY = (
    SUBDOMAIN,
    Parameter("start_date", Kind.DAY, is_required=True),
    Parameter("days", Kind.WHOLE, is_required=True),
    Parameter("lids", Kind.WHOLE, is_required=True, most=_MOST),
    Parameter("pids", Kind.WHOLE, most=_MOST),
    Parameter("operatory_ids", Kind.WHOLE, most=_MOST),
    Parameter("appointment_type_id", Kind.WHOLE),
    Parameter("slot_length", Kind.WHOLE),
    Parameter("slot_interval", Kind.WHOLE),
    Parameter("overlapping_operatory_slots", Kind.FLAG),
)


@dataclass(frozen=True, slots=True)
class Slots:
    """Serves the times that can be booked."""

    shelf: Shelf

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["slots"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        shown = {"type": "array", "items": {"type": "object"}}
        described = describing.operation(shown, query=_QUERY, refusals=[403, 404])
        for path in ("/available_slots", "/appointment_slots"):
            add(path, self.list, methods=["GET"], **described)
        return router

    async def list(self, request: Request) -> Response:
        """List the slots of some days, by location and provider."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_QUERY)
        subdomain = asked.text("subdomain") or ""
        await self.shelf.tenants.require_locations(subdomain, asked.wholes("lids"))
        customs, now = self.shelf.library.customs, self.shelf.clock.now()
        shown = await self.shelf.readback.look(
            subdomain,
            lambda albums: find_slots(albums, customs, _question(asked, albums), now=now),
        )
        return answer(shown, visit.version, description=remark(asked))


def _question(asked: Asked, albums: Sequence[Album]) -> Question:
    days = _between(asked, "days", 1, _MOST_DAYS, 1)
    length = _between(asked, "slot_length", 5, _A_DAY, DEFAULT_MINUTES)
    kind = asked.whole("appointment_type_id")
    if kind is not None:
        length = _length_of(kind, albums)  # it takes precedence, as with NexHealth
    first = asked.day("start_date")
    if first is None:
        raise InvalidRequestError("Missing parameter start_date")
    return Question(
        first=first,
        days=days,
        locations=asked.wholes("lids"),
        providers=asked.wholes("pids"),
        operatories=asked.wholes("operatory_ids"),
        minutes=length,
        every=_between(asked, "slot_interval", 5, _A_DAY, length),
        overlaps=asked.flag("overlapping_operatory_slots") or False,
    )


def _length_of(kind: int, albums: Sequence[Album]) -> int:
    for album in albums:
        native = album.native_of("AppointmentType", kind)
        record = album.record("AppointmentType", int(native)) if native else None
        if record is not None:
            letters = len(cells.text(record.native.get("Pattern")))
            return int(A_LETTER.total_seconds() // 60) * letters or DEFAULT_MINUTES
    raise InvalidRequestError(f"AppointmentType with id {kind} not found")


def _between(asked: Asked, name: str, least: int, most: int, default: int) -> int:
    value = asked.whole(name)
    if value is None:
        return default
    if not least <= value <= most:
        raise InvalidRequestError(
            f"Invalid parameter {name}: it must be a whole number from {least} to {most}."
        )
    return value
