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
from bitewing.web.opendental.answers import answer, done

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Serves GET, POST, PUT and DELETE."""

    desk: Desk
    doorkeeper: Doorkeeper
    dialect: OpenDental

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["subscriptions"])
        router.add_api_route("/subscriptions", self.list, methods=["GET"])
        router.add_api_route("/subscriptions", self.create, methods=["POST"], status_code=201)
        router.add_api_route("/subscriptions/{number}", self.change, methods=["PUT"])
        router.add_api_route("/subscriptions/{number}", self.remove, methods=["DELETE"])
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
        location = str(request.url.replace(query="")).rstrip("/") + f"/{created.number}"
        return answer(self._show(created, caller), 201, location=location)

    async def change(self, number: str, request: Request) -> Response:
        """Change what may be changed of a Subscription."""
        caller = self._caller(request)
        standing = await self.desk.one(caller.owner, _number(number))
        body = read_object(await read_json_bytes(request))
        wish = parse_edit(body, standing, zone=self.desk.zone_of(standing.source))
        await self.desk.change(caller.owner, standing.number, wish)
        return done()

    async def remove(self, number: str, request: Request) -> Response:
        """Delete a Subscription."""
        caller = self._caller(request)
        try:
            await self.desk.remove(caller.owner, _number(number))
        except NotFoundError:
            # The page's own words differ between PUT and DELETE.
            raise NotFoundError("SubscriptionNum not found.") from None
        return done()

    def _caller(self, request: Request) -> Caller:
        return self.doorkeeper.admit(request.headers.get("authorization"))

    def _show(self, one: Subscription, caller: Caller) -> dict[str, str | int]:
        return present(one, customer_key=caller.customer_key, zone=self.desk.zone_of(one.source))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > _LARGEST:
        raise InvalidRequestError("SubscriptionNum is invalid. It must be a whole number.")
    return int(text)


def _page(request: Request) -> tuple[int, int]:
    asked = dict(request.query_params)
    limit = read_whole("Limit", asked.pop("Limit", "") or str(MOST_ELEMENTS))
    offset = read_whole("Offset", asked.pop("Offset", "") or "0")
    if asked:
        raise InvalidRequestError(f"'{next(iter(asked))[:255]}' is not a valid parameter.")
    if limit < 1 or offset < 0:
        raise InvalidRequestError("Limit must be 1 or more, and Offset 0 or more.")
    return min(limit, MOST_ELEMENTS), offset
