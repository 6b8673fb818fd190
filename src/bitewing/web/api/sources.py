"""Sources: how a practice database is read, its past Events, and what a person may do about it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Depends, Query, Request, Response, Security
from fastapi.security import APIKeyHeader
from pydantic import AwareDatetime, BaseModel, ConfigDict

from bitewing.engine.operations.care import Caretaker
from bitewing.engine.operations.history import MOST, History, Told
from bitewing.model.errors import NotFoundError
from bitewing.web.api.refusals import refusals
from bitewing.web.auth import SCHEME, Doorkeeper

_LARGEST = 2**63 - 1
_PROBLEMS = refusals(
    {
        400: "A number makes no sense.",
        401: "The keys are missing or not valid.",
        404: "The keys' practice has no such source.",
        410: "Events so old are no longer kept.",
        422: "A parameter is missing or wrong.",
        503: "The store cannot be used just now.",
    }
)


class SweepRequest(BaseModel):
    """A sweep of everything."""

    model_config = ConfigDict(extra="forbid")

    accept_deletions: bool = False


class Rewinding(BaseModel):
    """How far back the next poll shall look."""

    model_config = ConfigDict(extra="forbid")

    to: AwareDatetime


@dataclass(frozen=True, slots=True)
class Sources:
    """Serves ``/api/sources``; a caller sees the practice of its customer key."""

    caretaker: Caretaker
    history: History
    doorkeeper: Doorkeeper

    def router(self) -> APIRouter:
        """Give the routes."""
        keys = APIKeyHeader(name="Authorization", scheme_name=SCHEME, auto_error=False)
        router = APIRouter(
            prefix="/api/sources",
            tags=["sources"],
            dependencies=[Security(keys), Depends(self._admit)],
            responses=_PROBLEMS,
        )
        router.add_api_route("", self.list, methods=["GET"])
        router.add_api_route("/{name}/events", self.events, methods=["GET"])
        router.add_api_route("/{name}/sweep", self.sweep, methods=["POST"], status_code=202)
        router.add_api_route("/{name}/accept", self.accept, methods=["POST"], status_code=202)
        router.add_api_route("/{name}/rewind", self.rewind, methods=["POST"], status_code=202)
        return router

    async def list(self, request: Request) -> Response:
        """List the caller's source with its health."""
        health = self.caretaker.look(self._mine(request))
        return _answer({"sources": [{**asdict(health), "is_ready": health.is_ready}]})

    async def events(
        self,
        request: Request,
        name: str,
        since: Annotated[int, Query(ge=1, le=_LARGEST)] = 1,
        until: Annotated[int | None, Query(ge=1, le=_LARGEST)] = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
    ) -> Response:
        """Give past Events by their dense numbers, both ends included."""
        source = self._mine(request, name)
        told, latest = await self.history.between(source, since, until, limit=limit)
        return _answer(
            {"source": source, "latest": latest, "events": [_event(one) for one in told]}
        )

    async def sweep(
        self, request: Request, name: str, wish: Annotated[SweepRequest | None, Body()] = None
    ) -> Response:
        """Compare every row with what is known, soon."""
        source = self._mine(request, name)
        accepts = wish is not None and wish.accept_deletions
        self.caretaker.request_sweep(source, accepts_deletions=accepts)
        return _answer({"source": source, "sweep": "requested"}, 202)

    async def accept(self, request: Request, name: str) -> Response:
        """Believe that the database that is there now is the right one."""
        source = self._mine(request, name)
        await self.caretaker.accept(source)
        return _answer({"source": source, "accepted": True}, 202)

    async def rewind(self, request: Request, name: str, wish: Rewinding) -> Response:
        """Let the next poll look back to a moment."""
        source = self._mine(request, name)
        watches = await self.caretaker.rewind(source, wish.to)
        return _answer({"source": source, "rewound": watches}, 202)

    def _admit(self, request: Request) -> None:
        """Nobody whom we do not know learns whether a parameter is right."""
        self.doorkeeper.admit(request.headers.get("authorization"))

    def _mine(self, request: Request, name: str | None = None) -> str:
        caller = self.doorkeeper.admit(request.headers.get("authorization"))
        if name not in (None, caller.practice.source):
            raise NotFoundError("The practice of these keys has no such source.")
        return caller.practice.source


def _event(told: Told) -> dict[str, Any]:
    return {
        "number": told.number,
        "kind": told.kind,
        "watch": told.watch,
        "record": told.record,
        "event_name": told.event_name,
        "noticed_at": _text(told.noticed_at),
        "changed_at": _text(told.changed_at),
        "body": msgspec.Raw(told.body),
    }


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _answer(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
