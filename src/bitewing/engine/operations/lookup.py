"""Lookup: a receiver reads back what it was told, from the practice database itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bitewing.model.inquiry import Inquiry
from bitewing.model.record import Record
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, and the database's clock (UTC) just before it was read."""

    records: list[Record]
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Lookup:
    """Asks Sources on behalf of people."""

    sources: Mapping[str, Source]
    clock: Clock

    async def find(self, source: str, inquiry: Inquiry) -> Found:
        """Give the Records that answer the inquiry.

        Raises:
            SourceUnavailableError: the database cannot be asked just now.
            InvalidRequestError: this database has no such table or column.
        """
        # Before the rows: who asks again "since read_at" must miss nothing.
        read_at = await self.sources[source].read_clock()
        return Found(await self.sources[source].find(inquiry), read_at)

    def zone_of(self, source: str) -> ZoneInfo:
        """Give the office's time zone."""
        return self.sources[source].zone

    def today(self, source: str) -> date:
        """Give the office's day."""
        return self.clock.now().astimezone(self.zone_of(source)).date()
