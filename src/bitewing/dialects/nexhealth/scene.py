"""A Scene: the Picture as it is looked at for one Portrait, with the practice's customs.

What is looked up once is kept for as long as the Portrait is being made: several rules ask for
the same history or the same provider.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bitewing.dialects.nexhealth.customs import Customs, Office
from bitewing.dialects.nexhealth.office_time import to_utc, write_moment
from bitewing.model.record import NativeRow
from bitewing.ports.picture import Picture

T = TypeVar("T")

NO_ROW: Mapping[str, bytes | None] = {}
"""What a row that is not there has: every cell reads as not set."""


class Scene:
    """Looks up rows, ids and clocks of one Source.

    Attributes:
        customs: what the contract leaves to the practice.
        office: the Source's clocks.
    """

    __slots__ = ("_links", "_picture", "_preferences", "_rows", "customs", "office")

    def __init__(self, picture: Picture, customs: Customs) -> None:
        self.customs = customs
        self.office: Office = customs.office(picture.source)
        self._picture = picture
        self._rows: dict[tuple[str, int], NativeRow | None] = {}
        self._links: dict[tuple[str, str, int], Sequence[NativeRow]] = {}
        self._preferences: dict[bytes | None, bytes | None] | None = None

    def find(self, watch: str, number: int) -> NativeRow | None:
        """Give a row; None if it is not there."""
        place = (watch, number)
        if place not in self._rows:
            record = self._picture.record(watch, number) if number else None
            self._rows[place] = record.native if record else None
        return self._rows[place]

    def row(self, watch: str, number: int) -> NativeRow:
        """Give a row; one in which nothing is set if it is not there."""
        found = self.find(watch, number)
        return NO_ROW if found is None else found

    def linked(self, watch: str, column: str, number: int) -> Sequence[NativeRow]:
        """Give the rows whose column holds this number, by their keys; none for 0."""
        place = (watch, column, number)
        found = self._links.get(place)
        if found is None:
            records = self._picture.linked(watch, column, number) if number else ()
            found = self._links[place] = [record.native for record in records]
        return found

    def every(self, watch: str) -> Sequence[NativeRow]:
        """Give all rows of a Watch that is known to have few, by their keys."""
        return [record.native for record in self._picture.every(watch)]

    def preference(self, name: bytes) -> bytes | None:
        """Give the value of a preference; None if the practice has none of that name."""
        if self._preferences is None:
            rows = [record.native for record in self._picture.every("Preference")]
            self._preferences = {row.get("PrefName"): row.get("ValueString") for row in rows}
        return self._preferences.get(name)

    def id_of(self, kind: str, number: int) -> int | None:
        """Give our id for a row of the practice; None for 0, which refers to nothing."""
        return self._picture.identity(kind, str(number)) if number else None

    def id_called(self, kind: str, native: str) -> int:
        """Give our id for a thing that the practice calls so."""
        return self._picture.identity(kind, native)

    def asked_for(self, kind: str, number: int) -> Mapping[str, Any]:
        """Give what a client said of a row when it asked for it here; empty if none did."""
        return self._picture.asked_for(kind, str(number))

    def once(self, what: str, number: int, work_out: Callable[[], T]) -> T:
        """Give what was worked out about a thing from the same Picture, or work it out."""
        known = self._picture.worked_out
        place = (what, number)
        if place not in known:
            known[place] = work_out()
        found: T = known[place]
        return found

    @property
    def source(self) -> str:
        """The Source's name."""
        return self._picture.source

    @property
    def institution(self) -> int:
        """Our id of the Institution."""
        return self._picture.identity("Institution", self._picture.institution)

    @property
    def foreign_id_type(self) -> str:
        """Say which database the foreign ids belong to: ``msg-opendental-DataSource-100``."""
        number = self._picture.identity("DataSource", self._picture.source)
        return f"msg-{self.customs.system}-DataSource-{number}"

    def server_moment(self, wall: datetime | None) -> str | None:
        """Write what the database server's clock showed (SecDateTEntry, HistDateTStamp)."""
        return moment(wall, self.office.zone)


def moment(wall: datetime | None, zone: ZoneInfo) -> str | None:
    """Write the moment at which a wall clock showed this; None stays None."""
    return None if wall is None else _moment(wall, zone)


@lru_cache(maxsize=8192)
def _moment(wall: datetime, zone: ZoneInfo) -> str:
    return write_moment(to_utc(wall, zone))
