"""Deliveries: our own API of Endpoints' backlogs, of Deliveries, and of letting them go again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response, Security
from fastapi.security import APIKeyHeader
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bitewing.engine.operations.backlog import BacklogDesk
from bitewing.engine.operations.endpoints import EndpointDesk
from bitewing.engine.operations.replays import ENDED
from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import InvalidRequestError
from bitewing.ports.outbox import Sought
from bitewing.web.api.refusals import refusals
from bitewing.web.api.tuning import Tuning
from bitewing.web.api.wording import (
    attempt_text,
    backlog_text,
    delivery_text,
    endpoint_text,
    replay_text,
    shares_text,
)
from bitewing.web.auth import SCHEME

MOST = 100
_HELD = frozenset({DeliveryState.HELD})
_PROBLEMS = refusals(
    {
        400: "It cannot be done as things stand.",
        401: "The keys are missing or not valid.",
        404: "The bearer of these keys has no such thing.",
        422: "A parameter is missing or wrong.",
        503: "The store cannot be used just now.",
    }
)

Whole = Annotated[int, Path(ge=1, le=2**63 - 1)]
Id = Annotated[str, Path(pattern=r"^[0-9A-Za-z_.-]{1,80}$")]


class Pausing(BaseModel):
    """Why nothing shall be sent for now."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(default="It was paused by its owner.", min_length=1, max_length=200)


class Resuming(BaseModel):
    """Whether to tell only what would go out."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = True


class Seeking(BaseModel):
    """Which Deliveries are meant; what is not said says nothing."""

    model_config = ConfigDict(extra="forbid")

    states: list[DeliveryState] = []
    endpoint: int | None = Field(default=None, ge=1, le=2**63 - 1)
    subscription: int | None = Field(default=None, ge=1, le=2**63 - 1)
    event_name: str | None = Field(default=None, max_length=200)
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    untried: bool = False

    def sought(self, owner: str, otherwise: frozenset[DeliveryState]) -> Sought:
        """Say it in the outbox's words; ``otherwise`` are the states where none is named."""
        if not all(_is_plausible(moment) for moment in (self.since, self.until)):
            raise InvalidRequestError("The moments must be between the years 1971 and 2200.")
        return Sought(
            states=frozenset(self.states) or otherwise,
            owner=owner,
            endpoint=self.endpoint,
            subscription=self.subscription,
            event_name=self.event_name,
            since=self.since,
            until=self.until,
            is_untried=self.untried,
        )


class Replaying(Seeking):
    """Which Deliveries shall go out again, and whether only to tell how many."""

    dry_run: bool = True


class Listing(Seeking):
    """Which Deliveries shall be listed, behind which place."""

    after: int = Field(default=0, ge=0, le=2**63 - 1)
    limit: int = Field(default=MOST, ge=1, le=MOST)


def _is_plausible(moment: AwareDatetime | None) -> bool:
    return moment is None or 1970 < moment.year < 2200  # noqa: PLR2004 - what microseconds hold


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Serves what the bearer of a key owns.

    Attributes:
        admit: gives the owner for an Authorization header; raises NotAuthorizedError.
    """

    backlog: BacklogDesk
    endpoints: EndpointDesk
    admit: Callable[[str | None], str]

    def router(self) -> APIRouter:
        """Give the routes."""
        keys = APIKeyHeader(name="Authorization", scheme_name=SCHEME, auto_error=False)
        router = APIRouter(
            prefix="/api",
            tags=["deliveries"],
            dependencies=[Security(keys), Depends(self._owner)],
            responses=_PROBLEMS,
        )
        gets, posts = {"methods": ["GET"]}, {"methods": ["POST"]}
        begins = {"methods": ["POST"], "responses": {202: {"description": "It has begun."}}}
        add: Any = router.add_api_route
        add("/endpoints", self.list_endpoints, **gets)
        add("/endpoints/{number}", self.tune, methods=["PATCH"])
        add("/endpoints/{number}/pause", self.pause, **posts)
        add("/endpoints/{number}/activate", self.activate, **posts)
        add("/endpoints/{number}/resume", self.resume, **begins)
        add("/deliveries", self.list_deliveries, **gets)
        add("/deliveries/{name}", self.one, **gets)
        add("/deliveries/{name}/replay", self.replay_one, **posts, status_code=202)
        add("/replays", self.replay, **begins)
        add("/replays/{number}", self.show_replay, **gets)
        add("/replays/{number}/cancel", self.cancel, **posts)
        return router

    async def list_endpoints(self, request: Request) -> Response:
        """List the caller's endpoints with their state and backlog."""
        found = await self.backlog.endpoints(self._owner(request))
        return _answer({"endpoints": [backlog_text(one) for one in found]})

    async def tune(self, request: Request, number: Whole, wish: Tuning) -> Response:
        """Change an endpoint's own headers, authorities, concurrency, rate or order."""
        tuned = await self.endpoints.change(self._owner(request), number, wish.of)
        return _answer({"endpoint": endpoint_text(tuned)})

    async def pause(
        self, request: Request, number: Whole, wish: Annotated[Pausing | None, Body()] = None
    ) -> Response:
        """Send nothing for now; what is owed waits."""
        reason = (wish or Pausing()).reason
        paused = await self.endpoints.pause(self._owner(request), number, reason)
        return _answer({"endpoint": endpoint_text(paused)})

    async def activate(self, request: Request, number: Whole) -> Response:
        """Send again; what is held stays held."""
        active = await self.endpoints.activate(self._owner(request), number)
        return _answer({"endpoint": endpoint_text(active)})

    async def resume(
        self, request: Request, number: Whole, wish: Annotated[Resuming | None, Body()] = None
    ) -> Response:
        """Let what is held go out; by default, say only how many and how old they are."""
        owner = self._owner(request)
        await self.endpoints.one(owner, number)
        sought = Sought(_HELD, owner=owner, endpoint=number)
        return await self._go(sought, is_dry=(wish or Resuming()).dry_run)

    async def list_deliveries(
        self, request: Request, wish: Annotated[Listing, Query()]
    ) -> Response:
        """List the caller's deliveries, oldest first, without their bodies."""
        sought = wish.sought(self._owner(request), frozenset(DeliveryState))
        found = await self.backlog.deliveries(sought, after=wish.after, limit=wish.limit)
        following = found[-1][0] if len(found) == wish.limit else None
        shown = [delivery_text(one) for _, one in found]
        return _answer({"deliveries": shown, "next_after": following})

    async def one(self, request: Request, name: Id) -> Response:
        """Show a delivery with its attempts."""
        found, attempts = await self.backlog.delivery(self._owner(request), name)
        shown = {**delivery_text(found), "tries": [attempt_text(one) for one in attempts]}
        return _answer({"delivery": shown})

    async def replay_one(self, request: Request, name: Id) -> Response:
        """Let one go out again."""
        number, replay = await self.backlog.replay_one(self._owner(request), name)
        return _answer({"replay": replay_text(number, replay)}, 202)

    async def replay(self, request: Request, wish: Replaying) -> Response:
        """Let deliveries go out again; by default, say only how many, to whom and how old."""
        sought = wish.sought(self._owner(request), ENDED | _HELD)
        return await self._go(sought, is_dry=wish.dry_run)

    async def show_replay(self, request: Request, number: Whole) -> Response:
        """Show how far a replay is."""
        found = self.backlog.replay(self._owner(request), number)
        return _answer({"replay": replay_text(number, found)})

    async def cancel(self, request: Request, number: Whole) -> Response:
        """Let nothing more of a replay follow."""
        found = self.backlog.replay(self._owner(request), number)
        found.cancel()
        return _answer({"replay": replay_text(number, found)})

    async def _go(self, sought: Sought, *, is_dry: bool) -> Response:
        if is_dry:
            shares = await self.backlog.dry_run(sought)
            return _answer(shares_text(shares, self.endpoints.clock.now()))
        number, replay = await self.backlog.start(sought)
        return _answer({"replay": replay_text(number, replay)}, 202)

    def _owner(self, request: Request) -> str:
        """Nobody whom we do not know learns whether a parameter is right."""
        return self.admit(request.headers.get("authorization"))


def _answer(content: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")
