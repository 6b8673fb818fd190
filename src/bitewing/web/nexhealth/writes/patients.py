"""POST /patients (NexHealth, "Patients")."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.writing import patients
from bitewing.dialects.nexhealth.writing.patients import Request as Wish, album_at, find_match
from bitewing.engine.operations.writing import WritingDesk
from bitewing.model.errors import InvalidRequestError
from bitewing.ports.album import Album
from bitewing.web.bodies import read_json_bytes
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.fields import Fields
from bitewing.web.nexhealth.parameters import Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import SUBDOMAIN
from bitewing.web.nexhealth.writes.taking import key_of, take

_POST = (SUBDOMAIN, Parameter("location_id", Kind.WHOLE, is_required=True))
_BIO = (
    "phone_number", "home_phone_number", "cell_phone_number", "work_phone_number", "gender",
    "street_address", "address_line_1", "address_line_2", "city", "state", "zip_code",
)  # fmt: skip
_TEXT = {"type": "string"}
_BODY = {
    "type": "object",
    "required": ["provider", "patient"],
    "properties": {
        "provider": {
            "type": "object",
            "required": ["provider_id"],
            "properties": {"provider_id": {"type": "integer"}},
        },
        "patient": {
            "type": "object",
            "required": ["first_name", "last_name", "email", "bio"],
            "properties": {
                "first_name": _TEXT,
                "last_name": _TEXT,
                "email": _TEXT,
                "bio": {"type": "object", "required": ["date_of_birth", "phone_number"]},
            },
        },
        "return_existing_if_match": {"type": "boolean"},
    },
}
_SHOWN = {"type": "object", "required": ["user"], "properties": {"user": {"type": "object"}}}


@dataclass(frozen=True, slots=True)
class PatientWrites:
    """Takes new patients; the practice learns of them with their first appointment."""

    shelf: Shelf
    desk: WritingDesk

    def router(self) -> APIRouter:
        """Give the route."""
        router = APIRouter(tags=["patients"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        made = describing.operation(
            _SHOWN, status=201, query=_POST, body=_BODY, refusals=[403, 404]
        )
        made["openapi_extra"]["responses"]["200"] = made["openapi_extra"]["responses"]["201"]
        add("/patients", self.create, methods=["POST"], **made)
        return router

    async def create(self, request: Request) -> Response:
        """Take a patient, unless the practice has the same one."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_POST)
        fields = Fields(await read_json_bytes(request))
        wish = _wish(fields, asked.whole("location_id") or 0)
        subdomain = asked.text("subdomain") or ""
        # Who asks the same thing again is answered as before, and not that it was done already.
        repeated = await self.desk.keyed(visit.caller.owner, key_of(request))
        known = None if repeated else await self._known(subdomain, wish)
        if known is not None:
            if not fields.flag("return_existing_if_match"):
                raise InvalidRequestError("Patient already exists")
            return answer({"user": known}, visit.version, description=remark(asked))
        return await take(
            *(self.desk, request, visit, asked),
            want=lambda albums, _is_draft: patients.want_patient(albums, wish),
            show=lambda write: {"user": patients.shown_as(write)},
        )

    async def _known(self, subdomain: str, wish: Wish) -> dict[str, Any] | None:
        def look(albums: Sequence[Album]) -> dict[str, Any] | None:
            scene = self.shelf.library.scene(album_at(albums, wish.location))
            return find_match(albums, scene, wish)

        return await self.shelf.readback.look(subdomain, look)


def _wish(fields: Fields, location: int) -> Wish:
    person = fields.inner("patient")
    bio = person.inner("bio")
    provider = fields.inner("provider").whole("provider_id")
    born_on = bio.day("date_of_birth")
    bio.required_text("phone_number")
    if provider is None:
        raise InvalidRequestError("Missing parameter provider_id")
    if born_on is None:
        raise InvalidRequestError("Missing parameter date_of_birth")
    return Wish(
        location=location,
        provider=provider,
        first_name=person.required_text("first_name"),
        last_name=person.required_text("last_name"),
        email=person.required_text("email"),
        born_on=born_on,
        bio={name: value for name in _BIO if (value := bio.text(name))},
    )
