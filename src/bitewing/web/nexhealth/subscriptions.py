"""The webhook_subscriptions below an endpoint of NexHealth's API ("Webhook subscriptions")."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.catalogue import announced_as, parse_event
from bitewing.engine.operations.tenants import Tenants
from bitewing.engine.operations.wishes import EventWish, WishChange, WishDesk
from bitewing.model.subscription import Subscription
from bitewing.web.bodies import read_json_bytes
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.fields import Fields
from bitewing.web.nexhealth.moments import written
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.parameters import Parameter, remark
from bitewing.web.nexhealth.visits import SUBDOMAIN, Door, Visit

_FILTERS = (Parameter("subdomain"), Parameter("resource_type"), Parameter("event"))


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """Serves GET of all, POST, PATCH and DELETE."""

    desk: WishDesk
    tenants: Tenants
    door: Door

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(
            tags=["webhook subscriptions"], dependencies=[describing.token_in_header()]
        )
        add: Callable[..., None] = router.add_api_route
        many = "/webhook_endpoints/{endpoint}/webhook_subscriptions"
        one, described = f"{many}/{{number}}", describing.operation
        listed = {"type": "array", "items": _SHOWN}
        add(many, self.all, methods=["GET"], **described(listed, query=_FILTERS, refusals=_REFUSED))
        creating = described(_SHOWN, status=201, query=[SUBDOMAIN], body=_NEW, refusals=_REFUSED)
        add(many, self.create, methods=["POST"], **creating)
        changing = described(_SHOWN, query=[SUBDOMAIN], body=_EDIT, refusals=_REFUSED)
        add(one, self.change, methods=["PATCH"], **changing)
        add(one, self.remove, methods=["DELETE"], **described(None, refusals=_REFUSED))
        return router

    async def all(self, endpoint: str, request: Request) -> Response:
        """List the subscriptions of an endpoint, or those of one institution."""
        visit = self.door.enter(request)
        asked = visit.asked(_FILTERS)
        receiver = read_id("Webhook endpoint", endpoint)
        wishes = await self.desk.all_of(visit.caller.owner, receiver, asked.text("subdomain"))
        resource, event = asked.text("resource_type"), asked.text("event")
        shown = [
            await self._show(one)
            for one in wishes
            if _matches(event, one.event_name) and _matches(resource, _resource_of(one))
        ]
        return answer(shown, visit.version, description=remark(asked))

    async def create(self, endpoint: str, request: Request) -> Response:
        """Subscribe to an event of an institution; a twin is not doubled, it becomes as wished."""
        visit = self.door.enter(request)
        subdomain = self._institution(visit)
        receiver = read_id("Webhook endpoint", endpoint)
        fields = Fields(await read_json_bytes(request))
        resource, event = fields.required_text("resource_type"), fields.required_text("event")
        announced = parse_event(resource, event)
        is_active = fields.flag("active")
        locations = await self._locations(subdomain, fields)
        wish = EventWish(
            institution=subdomain,
            event_name=announced.event,
            version=visit.version.value,
            is_active=is_active is not False,
            locations=locations or (),
        )
        created = await self.desk.create(visit.caller.owner, receiver, wish)
        return answer(await self._show(created), visit.version, status=201)

    async def change(self, endpoint: str, number: str, request: Request) -> Response:
        """Change whether a subscription is active, or where it goes."""
        visit = self.door.enter(request)
        subdomain = self._institution(visit)
        receiver = read_id("Webhook endpoint", endpoint)
        wish = read_id("Webhook subscription", number)
        fields = Fields(await read_json_bytes(request))
        change = WishChange(
            is_active=fields.flag("active"),
            endpoint=fields.whole("new_endpoint_id"),
            locations=await self._locations(subdomain, fields),
        )
        changed = await self.desk.change(visit.caller.owner, receiver, wish, subdomain, change)
        return answer(await self._show(changed), visit.version)

    async def remove(self, endpoint: str, number: str, request: Request) -> Response:
        """Delete a subscription; what it was owed is cancelled at once."""
        visit = self.door.enter(request)
        receiver = read_id("Webhook endpoint", endpoint)
        await self.desk.remove(
            visit.caller.owner, receiver, read_id("Webhook subscription", number)
        )
        return Response(status_code=204)

    def _institution(self, visit: Visit) -> str:
        return visit.asked([SUBDOMAIN]).text(SUBDOMAIN.name) or ""

    async def _locations(self, subdomain: str, fields: Fields) -> tuple[int, ...] | None:
        locations = fields.wholes("location_ids")
        if locations:
            await self.tenants.require_locations(subdomain, locations)
        return locations

    async def _show(self, one: Subscription) -> dict[str, Any]:
        """Give the documented keys in their order, then what is ours."""
        shown: dict[str, Any] = {
            "id": one.number,
            "webhook_endpoint_id": one.endpoint,
            "institution_id": (await self.tenants.one(one.institution)).id,
            "resource_type": _resource_of(one),
            "event": one.event_name,
            "active": one.is_active,
            "created_at": written(one.created_at),
            "updated_at": written(one.updated_at),
        }
        if one.locations:
            shown["location_ids"] = list(one.locations)
        return shown


def _resource_of(one: Subscription) -> str:
    return announced_as(one.event_name).resource_type


def _matches(wanted: str | None, found: str) -> bool:
    return wanted is None or wanted.casefold() == found.casefold()


_REFUSED = (403, 404)
_TEXT = {"type": "string"}
_NUMBER = {"type": "integer"}
_FIELDS: describing.Description = {
    "id": _NUMBER,
    "webhook_endpoint_id": _NUMBER,
    "institution_id": {"type": ["integer", "null"]},
    "resource_type": _TEXT,
    "event": _TEXT,
    "active": {"type": "boolean"},
    "created_at": _TEXT,
    "updated_at": _TEXT,
}
_SHOWN: describing.Description = {
    "type": "object",
    "properties": _FIELDS,
    "required": list(_FIELDS),
}
_LOCATIONS = {"type": "array", "items": _NUMBER, "maxItems": 1000}
_NEW: describing.Description = {
    "type": "object",
    "properties": {
        "resource_type": _TEXT,
        "event": _TEXT,
        "active": {"type": "boolean"},
        "location_ids": _LOCATIONS,
    },
    "required": ["resource_type", "event"],
}
_EDIT: describing.Description = {
    "type": "object",
    "properties": {
        "active": {"type": "boolean"},
        "new_endpoint_id": _NUMBER,
        "location_ids": _LOCATIONS,
    },
}
