"""Shelf: what every route needs that reads back, and how its lists are answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Response

from bitewing.dialects.nexhealth.reading.including import Include
from bitewing.dialects.nexhealth.reading.library import Found, Library, Shown
from bitewing.dialects.nexhealth.reading.listing import Place
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.engine.operations.readback import Readback
from bitewing.engine.operations.tenants import Tenants
from bitewing.model.errors import NotFoundError
from bitewing.ports.album import Album
from bitewing.ports.clock import Clock
from bitewing.web.nexhealth.envelopes import answer
from bitewing.web.nexhealth.paging import Page, cut
from bitewing.web.nexhealth.parameters import Asked, Parameter, remark
from bitewing.web.nexhealth.visits import Door, Visit

INCLUDE = Parameter("include", most=20)

Give = Callable[[Scene], Sequence[Shown]]
Find = Callable[[Sequence[Album]], list[Place]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Reads the baseline for a visit."""

    door: Door
    readback: Readback
    library: Library
    tenants: Tenants
    clock: Clock

    async def page(
        self,
        resource: str,
        visit: Visit,
        asked: Asked,
        find: Find,
        *,
        includes: Mapping[str, Include] | None = None,
        finish: Callable[[Shown], Shown] = dict,
    ) -> tuple[list[Shown], Page]:
        """Give the page of a list that was asked for.

        Args:
            resource: the Subject's.
            visit: whose.
            asked: the query.
            find: gives the places of the whole list, sorted.
            includes: what ``include[]`` may name.
            finish: makes a Portrait what a list shows.
        """
        wanted = _wanted(asked, includes or {})
        at = self.clock.now()

        def look(albums: Sequence[Album]) -> tuple[list[Shown], Page]:
            page = cut(find(albums), asked, visit.version)
            found = self.library.show(resource, albums, page.places)
            return [finish(one.shown) | _put(wanted, one, at) for one in found], page

        return await self.readback.look(asked.text("subdomain") or "", look)

    async def one(
        self,
        resource: str,
        asked: Asked,
        number: int,
        *,
        includes: Mapping[str, Include] | None = None,
        finish: Callable[[Shown], Shown] = dict,
    ) -> Shown:
        """Give one thing by our id.

        Raises:
            NotFoundError: the institution has none of that id.
        """
        wanted = _wanted(asked, includes or {})
        at = self.clock.now()

        def look(albums: Sequence[Album]) -> Shown | None:
            found = self.library.one(resource, albums, number)
            return None if found is None else finish(found.shown) | _put(wanted, found, at)

        shown = await self.readback.look(asked.text("subdomain") or "", look)
        if shown is None:
            raise NotFoundError(f"{resource} with id {number} not found")
        return shown

    async def everything(
        self,
        subdomain: str,
        give: Callable[[Scene], Sequence[Shown]],
        *,
        location: int | None = None,
    ) -> list[Shown]:
        """Give everything of a kind of which a practice has few, Source by Source.

        With a ``location`` only what its own Source has: another's cannot be booked there.
        """

        def look(albums: Sequence[Album]) -> list[Shown]:
            return [
                one
                for album in albums
                if location is None or album.native_of("Location", location) is not None
                for one in give(self.library.scene(album))
            ]

        return await self.readback.look(subdomain, look)

    async def require_location(self, asked: Asked) -> None:
        """See to it that the Location that was asked for, if one was, is the institution's.

        Raises:
            NotFoundError: it is not the institution's.
        """
        location = asked.whole("location_id")
        if location is not None:
            await self.tenants.require_locations(asked.text("subdomain") or "", [location])


def listed(
    shown: Any, page: Page, visit: Visit, asked: Asked, *, keeps_vendor: bool = False
) -> Response:
    """Answer with a page of a list."""
    return answer(
        shown,
        visit.version,
        keeps_vendor=keeps_vendor,
        description=remark(asked),
        further=page.further,
    )


def _put(wanted: Mapping[str, Include], found: Found, at: datetime) -> Shown:
    return {
        name: found.nested[name] if name in found.nested else include(found.row, found.scene, at)
        for name, include in wanted.items()
    }


def _wanted(asked: Asked, includes: Mapping[str, Include]) -> dict[str, Include]:
    """Give the includes that there are, remarking that others are ignored."""
    names = asked.texts(INCLUDE.name)
    if any(name not in includes for name in names) and INCLUDE.name not in asked.ignored:
        asked.ignored.append(INCLUDE.name)
    return {name: includes[name] for name in names if name in includes}
