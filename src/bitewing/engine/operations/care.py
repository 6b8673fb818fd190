"""Care: what a person may do about a Source: look, sweep, believe, rewind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.health import SourceHealth
from bitewing.model.origin import Origin
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

_EARLIEST = datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)
"""No TIMESTAMP is older (MySQL manual, "The DATE, DATETIME, and TIMESTAMP Types")."""


@dataclass(frozen=True, slots=True)
class Caretaker:
    """Serves the people who look after practices.

    ``health`` gives how each Source stands; ``sweep`` asks for a sweep of everything, believing
    all deletions if its argument says so.
    """

    store: Store
    health: Mapping[str, Callable[[], SourceHealth]]
    sweep: Mapping[str, Callable[[bool], None]]

    def look(self, source: str) -> SourceHealth:
        """Give how a Source stands."""
        return self._of(self.health, source)()

    def request_sweep(self, source: str, *, accepts_deletions: bool) -> None:
        """Compare every row of a Source with what is known, soon."""
        self._of(self.sweep, source)(accepts_deletions)

    async def accept(self, source: str) -> None:
        """Believe that the database that is there now is the right one."""

        def work(tx: Transaction) -> None:
            origin = tx.origins.get(source)
            if origin is not None:
                tx.origins.put(source, Origin("", origin.layouts, origin.created))

        await self.store.write(work)
        self.request_sweep(source, accepts_deletions=False)  # nobody waits for the next try

    async def rewind(self, source: str, to: datetime) -> list[str]:
        """Let the next poll look back to a moment (database clock, UTC); give the Watches.

        What is known already is recognised, so only what was really missed is announced. A Watch
        whose first reading is under way reads everything anyway.

        Raises:
            InvalidRequestError: no row can be stamped then.
        """
        if to < _EARLIEST:
            raise InvalidRequestError("to must be 1970-01-01T00:00:01Z or later.")
        moment = to.astimezone(UTC).replace(microsecond=0)

        def work(tx: Transaction) -> list[str]:
            rewound = []
            for watch in self.look(source).first_readings:
                cursor = tx.cursors.get(source, watch)
                if cursor is None or not cursor.first_reading_done:
                    continue
                if cursor.read_up_to > moment:
                    tx.cursors.put(source, watch, replace(cursor, read_up_to=moment))
                    rewound.append(watch)
            return rewound

        return await self.store.write(work)

    @staticmethod
    def _of(mapping: Mapping[str, T], source: str) -> T:
        if source not in mapping:
            raise NotFoundError(f"There is no source {source}.")
        return mapping[source]
