"""The Subscriptions resource of Open Dental's API (API Subscriptions page)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.dialects.opendental.bodies import read_object
from bitewing.dialects.opendental.filters import read_whole
from bitewing.dialects.opendental.parsing import parse_edit, parse_new
from bitewing.dialects.opendental.presenting import present
from bitewing.dialects.opendental.queries import MOST_ELEMENTS
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.engine.operations.subscriptions import Desk
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Subscription
from bitewing.web.auth import Caller, Doorkeeper
from bitewing.web.bodies import read_json_bytes
from bitewing.web.opendental import describing
from bitewing.web.opendental.answers import answer, done

_KEY = "SubscriptionNum"


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Serves GET, POST, PUT and DELETE."""

    desk: Desk
    doorkeeper: Doorkeeper
    dialect: OpenDental

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(
            tags=["subscriptions"],
            dependencies=[describing.keys_in_header()],
            responses=describing.PROBLEMS,
        )
        add, shown = router.add_api_route, describing.shown_subscription()
        add(
            "/subscriptions",
            self.list,
            methods=["GET"],
            openapi_extra=describing.asking(())
            | describing.giving({"type": "array", "items": shown}),
        )
        add(
            "/subscriptions",
            self.create,
            methods=["POST"],
            status_code=201,
            openapi_extra=describing.new_subscription() | describing.giving(shown, status=201),
        )
        one = "/subscriptions/{number}"
        add(
            one,
            self.change,
            methods=["PUT"],
            response_class=Response,
            openapi_extra=describing.changed_subscription(),
        )
        add(one, self.remove, methods=["DELETE"], response_class=Response)
        return router

    async def list(self, request: Request) -> Response:
        """List the Subscriptions of the caller's customer key."""
        caller = self._caller(request)
        limit, offset = _page(request)
        mine = await self.desk.all_of(caller.owner)
        return answer([self._show(one, caller) for one in mine[offset : offset + limit]])

    async def create(self, request: Request) -> Response:
        """Create a Subscription to a WatchTable or to a UI event."""
        caller = self._caller(request)
        body = read_object(await read_json_bytes(request))
        source = caller.practice.source
        wish = parse_new(body, zone=self.desk.zone_of(source), version=self.dialect.version)
        created = await self.desk.create(caller.owner, source, wish)
        location = f"{request.url.replace(query='')}/{created.number}"
        return answer(self._show(created, caller), 201, headers={"Location": location})

    async def change(self, number: str, request: Request) -> Response:
        """Change what may be changed of a Subscription."""
        caller = self._caller(request)
        standing = await self.desk.one(caller.owner, read_whole(_KEY, number))
        body = read_object(await read_json_bytes(request))
        zone = self.desk.zone_of(standing.source)
        await self.desk.change(
            caller.owner, standing.number, lambda before: parse_edit(body, before, zone=zone)
        )
        return done()

    async def remove(self, number: str, request: Request) -> Response:
        """Delete a Subscription."""
        caller = self._caller(request)
        try:
            await self.desk.remove(caller.owner, read_whole(_KEY, number))
        except NotFoundError:
            # The page's own words differ between PUT and DELETE.
            raise NotFoundError("SubscriptionNum not found.") from None
        return done()

    def _caller(self, request: Request) -> Caller:
        return self.doorkeeper.admit(request.headers.get("authorization"))

    def _show(self, one: Subscription, caller: Caller) -> dict[str, str | int]:
        return present(one, customer_key=caller.customer_key, zone=self.desk.zone_of(one.source))


def _page(request: Request) -> tuple[int, int]:
    asked = dict(request.query_params)
    limit = read_whole("Limit", asked.pop("Limit", "") or str(MOST_ELEMENTS))
    offset = read_whole("Offset", asked.pop("Offset", "") or "0")
    if asked:
        raise InvalidRequestError(f"'{next(iter(asked))[:255]}' is not a valid parameter.")
    if limit < 1 or offset < 0:
        raise InvalidRequestError("Limit must be 1 or more, and Offset 0 or more.")
    return min(limit, MOST_ELEMENTS), offset
