"""GET of institutions, locations, providers, operatories, appointment and document types."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.reading.appointment_types import appointment_types
from bitewing.dialects.nexhealth.reading.document_types import document_types
from bitewing.dialects.nexhealth.reading.library import Shown
from bitewing.dialects.nexhealth.reading.locations import locations
from bitewing.dialects.nexhealth.reading.operatories import operatories
from bitewing.dialects.nexhealth.reading.providers import providers
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.engine.operations.tenants import Tenant
from bitewing.model.errors import NotFoundError
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.moments import written
from bitewing.web.nexhealth.numbers import read_id
from bitewing.web.nexhealth.paging import PAGING, cut
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf, listed
from bitewing.web.nexhealth.visits import SUBDOMAIN, Visit

_MAYBE_SUBDOMAIN = Parameter("subdomain")
_LOCATION = Parameter("location_id", Kind.WHOLE)
_INACTIVE = Parameter("inactive", Kind.FLAG)
_UPDATED_SINCE = Parameter("updated_since", Kind.MOMENT)
_PROVIDERS = (SUBDOMAIN, _LOCATION, _INACTIVE, _UPDATED_SINCE, *PAGING)
_OPERATORIES = (SUBDOMAIN, _LOCATION, _UPDATED_SINCE, *PAGING)
_TYPES = (SUBDOMAIN, _LOCATION, *PAGING)
_SHOWN = {"type": "object"}
_LISTED = {"type": "array", "items": _SHOWN}

Give = Callable[[Asked, Scene], Iterable[Shown]]


@dataclass(frozen=True, slots=True)
class Premises:
    """Serves GET of many and, where a practice may ask for one, of one."""

    shelf: Shelf

    def router(self) -> APIRouter:
        """Give the routes."""
        router = APIRouter(tags=["premises"], dependencies=[describing.token_in_header()])
        add: Callable[..., None] = router.add_api_route
        plain = describing.operation(_LISTED, "count", query=[_MAYBE_SUBDOMAIN], refusals=[403])
        add("/institutions", self.institutions, methods=["GET"], **plain)
        one = describing.operation(_SHOWN, refusals=[403, 404])
        add("/institutions/{number}", self.institution, methods=["GET"], **one)
        located = describing.operation(
            _LISTED, "count", query=[_MAYBE_SUBDOMAIN, _INACTIVE], refusals=[403]
        )
        add("/locations", self.locations, methods=["GET"], **located)
        one = describing.operation(_SHOWN, query=[_MAYBE_SUBDOMAIN], refusals=[403, 404])
        add("/locations/{number}", self.location, methods=["GET"], **one)
        for path, endpoint, query in (
            ("/providers", self.providers, _PROVIDERS),
            ("/operatories", self.operatories, _OPERATORIES),
            ("/appointment_types", self.appointment_types, _TYPES),
            ("/document_types", self.document_types, _TYPES),
        ):
            described = describing.operation(
                _LISTED, "count", "page_info", query=query, refusals=[403, 404]
            )
            add(path, endpoint, methods=["GET"], **described)
        return router

    async def institutions(self, request: Request) -> Response:
        """List the institutions that the key reaches."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked([_MAYBE_SUBDOMAIN])
        shown = [await self._institution(one) for one in await self._tenants(visit, asked)]
        return self._answer(shown, visit, asked)

    async def institution(self, number: str, request: Request) -> Response:
        """Give one by its id."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked([])
        identity = read_id("Institution", number)
        for one in await self.shelf.tenants.of(visit.caller.institutions):
            if one.id == identity:
                shown = await self._institution(one)
                return answer(shown, visit.version, keeps_vendor=True, description=remark(asked))
        raise NotFoundError(f"Institution with id {identity} not found")

    async def locations(self, request: Request) -> Response:
        """List the locations, institution by institution."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked([_MAYBE_SUBDOMAIN, _INACTIVE])
        wanted = asked.flag(_INACTIVE.name)
        shown = []
        for tenant in await self._tenants(visit, asked):
            places = [
                one for one in await self._locations(tenant) if wanted in (None, one["inactive"])
            ]
            shown.append(_plain(tenant) | {"locations": places})
        return self._answer(shown, visit, asked)

    async def location(self, number: str, request: Request) -> Response:
        """Give one location by its id."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked([_MAYBE_SUBDOMAIN])
        identity = read_id("Location", number)
        for tenant in await self._tenants(visit, asked):
            for one in await self._locations(tenant):
                if one["id"] == identity:
                    return answer(one, visit.version, keeps_vendor=True, description=remark(asked))
        raise NotFoundError(f"Location with id {identity} not found")

    async def providers(self, request: Request) -> Response:
        """List the dentists and hygienists."""
        return await self._list(
            request,
            _PROVIDERS,
            lambda asked, scene: providers(scene, is_inactive=asked.flag("inactive")),
        )

    async def operatories(self, request: Request) -> Response:
        """List the rooms in which patients are seen."""
        return await self._list(
            request,
            _OPERATORIES,
            lambda asked, scene: operatories(scene, location=asked.whole("location_id")),
        )

    async def appointment_types(self, request: Request) -> Response:
        """List the kinds of visits."""
        return await self._list(request, _TYPES, lambda _, scene: appointment_types(scene))

    async def document_types(self, request: Request) -> Response:
        """List the folders of patients' documents."""
        return await self._list(request, _TYPES, lambda _, scene: document_types(scene))

    async def _list(self, request: Request, query: Sequence[Parameter], give: Give) -> Response:
        visit = self.shelf.door.enter(request)
        asked = visit.asked(query)
        await self.shelf.require_location(asked)
        subdomain = asked.text(SUBDOMAIN.name) or ""
        everything = await self.shelf.everything(
            subdomain,
            lambda scene: list(give(asked, scene)),
            location=asked.whole(_LOCATION.name),
        )
        updated_since = asked.moment("updated_since", UTC)
        if updated_since is not None:
            least = written(updated_since)
            everything = [one for one in everything if (one["updated_at"] or "") >= least]
        by_id = {one["id"]: one for one in everything}
        page = cut([(0, number) for number in sorted(by_id)], asked, visit.version)
        return listed([by_id[number] for _, number in page.places], page, visit, asked)

    async def _tenants(self, visit: Visit, asked: Asked) -> list[Tenant]:
        subdomain = asked.text("subdomain")
        wanted = visit.caller.institutions if subdomain is None else [subdomain]
        return await self.shelf.tenants.of(wanted)

    async def _institution(self, tenant: Tenant) -> Shown:
        shown = {
            **_plain(tenant),
            "created_at": None,
            "updated_at": None,
            "phone_number": None,
            "emrs": ["opendental"],
            "country_code": "US",
            "is_appt_categories_location_specific": False,
            "appointment_types_location_scoped": False,
        }
        return {**shown, "locations": await self._locations(tenant)}

    async def _locations(self, tenant: Tenant) -> list[Shown]:
        return await self.shelf.everything(
            tenant.subdomain, lambda scene: locations(scene, tenant.name)
        )

    def _answer(self, shown: list[Shown], visit: Visit, asked: Asked) -> Response:
        return answer(
            shown,
            visit.version,
            keeps_vendor=True,
            description=remark(asked),
            further={"count": len(shown)},
        )


def _plain(tenant: Tenant) -> Shown:
    return {"id": tenant.id, "name": tenant.name, "subdomain": tenant.subdomain}
