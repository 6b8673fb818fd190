"""GET /sync_status (NexHealth, "Sync status")."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter, Request, Response

from bitewing.dialects.nexhealth.reading.library import Shown
from bitewing.dialects.nexhealth.reading.locations import locations, shortened
from bitewing.dialects.nexhealth.resources.sync_status import SourceLights, System, entry
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.engine.operations.tenants import Tenant
from bitewing.model.lights import Lights
from bitewing.web.nexhealth import describing
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark
from bitewing.web.nexhealth.shelf import Shelf
from bitewing.web.nexhealth.visits import Visit

_COLORS = ("green", "red")
_QUERY = (
    Parameter("subdomain"),
    Parameter("read_status", choices=_COLORS),
    Parameter("write_status", choices=_COLORS),
    Parameter("location_ids", Kind.WHOLE, most=100),
)


@dataclass(frozen=True, slots=True)
class SyncStatuses:
    """Serves GET; ``lights`` gives how a Source stands now."""

    shelf: Shelf
    lights: Callable[[str], Lights]
    system: System

    def router(self) -> APIRouter:
        """Give the route."""
        router = APIRouter(tags=["sync status"], dependencies=[describing.token_in_header()])
        listed = {"type": "array", "items": {"type": "object"}}
        described = describing.operation(listed, query=_QUERY, refusals=[403])
        router.add_api_route("/sync_status", self.all, methods=["GET"], **described)
        return router

    async def all(self, request: Request) -> Response:
        """Give one entry for each practice database that the key reaches."""
        visit = self.shelf.door.enter(request)
        asked = visit.asked(_QUERY)
        shown = [
            one
            for tenant in await self._tenants(visit, asked)
            for one in await self._entries(tenant)
            if _fits(one, asked)
        ]
        return answer(shown, visit.version, keeps_vendor=True, description=remark(asked))

    async def _tenants(self, visit: Visit, asked: Asked) -> list[Tenant]:
        subdomain = asked.text("subdomain")
        wanted = visit.caller.institutions if subdomain is None else [subdomain]
        return await self.shelf.tenants.of(wanted)

    async def _entries(self, tenant: Tenant) -> list[Shown]:
        lights = {source: self.lights(source) for source in tenant.sources}
        give = partial(_entry, tenant, lights, self.system)
        return await self.shelf.everything(tenant.subdomain, give)


def _entry(
    tenant: Tenant, lights: Mapping[str, Lights], system: System, scene: Scene
) -> list[Shown]:
    stands = lights[scene.source]
    shown = SourceLights(
        institution=tenant.id,
        data_source=scene.id_called("DataSource", scene.source),
        source=scene.source,
        read=stands.read,
        read_at=stands.read_at,
        write=stands.write,
        write_at=stands.write_at,
    )
    return [entry(shown, system, shortened(locations(scene, tenant.name)))]


def _fits(one: Shown, asked: Asked) -> bool:
    """Tell whether an entry has the colours, and one of the locations, that were asked for."""
    wanted = set(asked.wholes("location_ids"))
    if wanted and wanted.isdisjoint(location["id"] for location in one["locations"]):
        return False
    return all(asked.text(name) in (None, one[name]) for name in ("read_status", "write_status"))
