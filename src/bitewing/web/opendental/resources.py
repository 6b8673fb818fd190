"""The eight resources that a receiver reads back, one and many (their own pages each)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.dialects.opendental.filters import read_whole
from bitewing.dialects.opendental.parsing import LONGEST_TEXT
from bitewing.dialects.opendental.queries import inquire, inquire_one, resource_at
from bitewing.dialects.opendental.resources import RESOURCES, Resource
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.engine.operations.lookup import Lookup
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.web.auth import Caller, Doorkeeper
from bitewing.web.opendental import describing
from bitewing.web.opendental.answers import answer
from bitewing.web.opendental.paths import path_of


@dataclass(frozen=True, slots=True)
class Resources:
    """Serves GET of one and of many."""

    lookup: Lookup
    doorkeeper: Doorkeeper
    dialect: OpenDental

    def router(self) -> APIRouter:
        """Give the routes; ``patients/Simple`` is a list of its own."""
        router = APIRouter(
            tags=["resources"],
            dependencies=[describing.keys_in_header()],
            responses=describing.PROBLEMS,
        )
        element = {"type": "object"}
        for resource in RESOURCES:
            names = [one.name for one in resource.filters if one.since <= self.dialect.version]
            router.add_api_route(
                f"/{resource.path}",
                self.many,
                methods=["GET"],
                openapi_extra=describing.asking(names)
                | describing.giving({"type": "array", "items": element}),
            )
        for resource in RESOURCES:
            router.add_api_route(
                f"/{_root(resource)}/{{number}}",
                self.one,
                methods=["GET"],
                openapi_extra=describing.giving(element),
            )
        return router

    async def many(self, request: Request) -> Response:
        """List what the filters ask for."""
        caller = self._caller(request)
        source = caller.practice.source
        resource = resource_at(path_of(request))
        zone = self.lookup.zone_of(source)
        inquiry = inquire(
            resource,
            _asked(request),
            zone=zone,
            today=self.lookup.today(source),
            version=self.dialect.version,
        )
        found = await self.lookup.find(source, inquiry)
        return answer(
            [
                self.dialect.render_resource(
                    resource.watch, record, zone=zone, read_at=found.read_at
                )
                for record in found.records
            ]
        )

    async def one(self, number: str, request: Request) -> Response:
        """Give one by its primary key."""
        caller = self._caller(request)
        source = caller.practice.source
        resource = _single(path_of(request).rsplit("/", 1)[0])
        found = await self.lookup.find(
            source, inquire_one(resource, read_whole(resource.key, number))
        )
        if not found.records:
            raise NotFoundError(f"{resource.noun} not found")
        zone = self.lookup.zone_of(source)
        read_at = found.read_at if resource.path != "patients/Simple" else None
        return answer(
            self.dialect.render_resource(
                resource.watch, found.records[0], zone=zone, read_at=read_at
            )
        )

    def _caller(self, request: Request) -> Caller:
        return self.doorkeeper.admit(request.headers.get("authorization"))


def _root(resource: Resource) -> str:
    """Give the path under which one of it is found: ``patients``, not ``patients/Simple``."""
    return resource.path.split("/")[0]


def _single(path: str) -> Resource:
    return next(resource for resource in RESOURCES if _root(resource) == path)


def _asked(request: Request) -> dict[str, str]:
    """Give the query parameters; none can be longer than the columns that it is compared with."""
    asked = dict(request.query_params)
    for name, value in asked.items():
        if len(value) > LONGEST_TEXT:
            raise InvalidRequestError(
                f"'{name[:LONGEST_TEXT]}' is too long. It can have {LONGEST_TEXT} characters."
            )
    return asked
