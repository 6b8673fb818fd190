"""The eight resources that a receiver reads back, one and many (their own pages each)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response

from bitewing.dialects.opendental.queries import inquire, inquire_one, resource_at
from bitewing.dialects.opendental.resources import RESOURCES, Resource
from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.engine.operations.lookup import Lookup
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.web.auth import Caller, Doorkeeper
from bitewing.web.opendental.answers import answer

_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Resources:
    """Serves GET of one and of many."""

    lookup: Lookup
    doorkeeper: Doorkeeper
    dialect: OpenDental

    def router(self) -> APIRouter:
        """Give the routes; ``patients/Simple`` is a list of its own."""
        router = APIRouter(tags=["resources"])
        for resource in RESOURCES:
            router.add_api_route(f"/{resource.path}", self.many, methods=["GET"])
        for resource in RESOURCES:
            single = resource.path.split("/")[0]
            router.add_api_route(f"/{single}/{{number}}", self.one, methods=["GET"])
        return router

    async def many(self, request: Request) -> Response:
        """List what the filters ask for."""
        caller = self._caller(request)
        source = caller.practice.source
        resource = resource_at(_path(request))
        zone = self.lookup.zone_of(source)
        inquiry = inquire(
            resource,
            dict(request.query_params),
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
        resource = _single(_path(request).rsplit("/", 1)[0])
        found = await self.lookup.find(source, inquire_one(resource, _number(resource, number)))
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


def _path(request: Request) -> str:
    return request.url.path.removeprefix(str(request.scope.get("root_path", ""))).strip("/")


def _single(path: str) -> Resource:
    return next(resource for resource in RESOURCES if resource.path.split("/")[0] == path)


def _number(resource: Resource, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or int(digits) > _LARGEST:
        raise InvalidRequestError(f"{resource.key} is invalid. It must be a whole number.")
    return int(text)
