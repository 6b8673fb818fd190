"""The webhook_endpoints of NexHealth's API ("Webhook endpoints")."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request, Response

from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint, new_secret
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.web.bodies import read_json_bytes
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.fields import Fields
from bitewing.web.nexhealth.moments import written
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.parameters import Kind, Parameter, remark
from bitewing.web.nexhealth.visits import Door, Visit

_ACTIVE = Parameter("active", Kind.FLAG)
_BY_OWNER = "It was made inactive by its owner."


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Serves GET of all, POST, PATCH, DELETE, and our own rotation of the secret.

    Endpoints belong to the API key, not to an institution.
    """

    desk: EndpointDesk
    door: Door
    dialect: str

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["webhook endpoints"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        many, one = "/webhook_endpoints", "/webhook_endpoints/{number}"
        described = describing.operation
        shown, listed = _SHOWN, {"type": "array", "items": _SHOWN}
        add(many, self.all, methods=["GET"], **described(listed, "count", query=[_ACTIVE]))
        add(many, self.create, methods=["POST"], **described(shown, status=201, body=_NEW))
        add(one, self.change, methods=["PATCH"], **described(shown, body=_EDIT, refusals=[404]))
        add(one, self.remove, methods=["DELETE"], **described(None, refusals=[404]))
        rotation = described(shown, body=_ROTATION, refusals=[404])
        add(f"{one}/rotate_secret", self.rotate_secret, methods=["POST"], **rotation)
        return router

    async def all(self, request: Request) -> Response:
        """List the endpoints of the caller's API key."""
        visit = self.door.enter(request)
        asked = visit.asked([_ACTIVE])
        wanted = asked.flag(_ACTIVE.name)
        mine = [one for one in await self.desk.all_of(visit.caller.owner) if self._is_ours(one)]
        shown = [_show(one) for one in mine if wanted in (None, _is_active(one))]
        return answer(
            shown,
            visit.version,
            keeps_vendor=True,
            description=remark(asked),
            further={"count": len(shown)},
        )

    async def create(self, request: Request) -> Response:
        """Create an endpoint with a secret of its own."""
        visit = self.door.enter(request)
        fields = Fields(await read_json_bytes(request))
        wished = new_endpoint(
            institution="",
            owner=visit.caller.owner,
            url=fields.required_text("target_url"),
            dialect=self.dialect,
            at=self.desk.clock.now(),
        )
        if fields.flag("active") is False:
            wished = replace(wished, state=EndpointState.DISABLED, reason=_BY_OWNER)
        return self._answer(await self.desk.create(wished), visit, status=201)

    async def change(self, number: str, request: Request) -> Response:
        """Change where an endpoint is, or whether it is sent to."""
        visit = self.door.enter(request)
        standing = await self._mine(visit, number)
        fields = Fields(await read_json_bytes(request))
        url, active = fields.text("target_url"), fields.flag("active")
        owner, changed = visit.caller.owner, standing
        if url:
            changed = await self.desk.change(owner, standing.id, lambda one: replace(one, url=url))
        if active:
            changed = await self.desk.activate(owner, standing.id)
        elif active is False and _is_active(standing):
            changed = await self.desk.disable(owner, standing.id, _BY_OWNER)
        return self._answer(changed, visit)

    async def remove(self, number: str, request: Request) -> Response:
        """Delete an endpoint with its subscriptions; what it was owed is cancelled at once."""
        visit = self.door.enter(request)
        standing = await self._mine(visit, number)
        await self.desk.remove(visit.caller.owner, standing.id)
        return Response(status_code=204)

    async def rotate_secret(self, number: str, request: Request) -> Response:
        """Give an endpoint a new secret; the old one signs too for a while (ours)."""
        visit = self.door.enter(request)
        standing = await self._mine(visit, number)
        has_body = request.headers.get("content-length", "0") != "0"
        fields = Fields(await read_json_bytes(request) if has_body else b"")
        overlap = fields.whole("overlap_seconds")
        further = {} if overlap is None else {"overlap": _seconds(overlap)}
        owner = visit.caller.owner
        rotated = await self.desk.rotate_secret(owner, standing.id, new_secret(), **further)
        return self._answer(rotated, visit)

    async def _mine(self, visit: Visit, number: str) -> Endpoint:
        endpoint = read_id("Webhook endpoint", number)
        found = await self.desk.one(visit.caller.owner, endpoint)
        if not self._is_ours(found):
            read_id("Webhook endpoint", "")
        return found

    def _is_ours(self, one: Endpoint) -> bool:
        return one.dialect == self.dialect

    def _answer(self, one: Endpoint, visit: Visit, *, status: int = 200) -> Response:
        return answer(_show(one), visit.version, status=status, keeps_vendor=True)


def _is_active(one: Endpoint) -> bool:
    return one.state is EndpointState.ACTIVE


def _seconds(overlap: int) -> timedelta:
    return timedelta(seconds=max(-1, min(overlap, 10**9)))


def _show(one: Endpoint) -> dict[str, Any]:
    """Give the documented keys in their order, then what is ours."""
    shown: dict[str, Any] = {
        "id": one.id,
        "target_url": one.url,
        "secret_key": one.secret,
        "active": _is_active(one),
        "created_at": written(one.created_at),
        "updated_at": written(one.updated_at),
        "webhook_secret": one.secret,
    }
    if one.reason:
        shown["inactive_reason"] = one.reason
    if one.old_secret_until is not None:
        shown["old_secret_until"] = written(one.old_secret_until)
    return shown


_TEXT = {"type": "string"}
_FIELDS: describing.Description = {
    "id": {"type": "integer"},
    "target_url": _TEXT,
    "secret_key": _TEXT,
    "active": {"type": "boolean"},
    "created_at": _TEXT,
    "updated_at": _TEXT,
    "webhook_secret": _TEXT,
}
_SHOWN: describing.Description = {
    "type": "object",
    "properties": _FIELDS,
    "required": list(_FIELDS),
}
_EDITABLE = {
    "target_url": {"type": "string", "format": "uri", "maxLength": 2048},
    "active": {"type": "boolean"},
}
_NEW = {"type": "object", "properties": _EDITABLE, "required": ["target_url"]}
_EDIT = {"type": "object", "properties": _EDITABLE}
_ROTATION = {
    "type": "object",
    "properties": {"overlap_seconds": {"type": "integer", "minimum": 0, "maximum": 604800}},
}
