"""Care: what a person may do about a Source: look, sweep, believe, rewind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from bitewing.model.errors import NotFoundError
from bitewing.model.health import SourceHealth
from bitewing.model.origin import Origin
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")


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

    async def rewind(self, source: str, to: datetime) -> list[str]:
        """Let the next poll look back to a moment (database clock, UTC); give the Watches.

        What is known already is recognised, so only what was really missed is announced.
        """

        def work(tx: Transaction) -> list[str]:
            rewound = []
            for watch in self.look(source).first_readings:
                cursor = tx.cursors.get(source, watch)
                if cursor is not None and cursor.read_up_to > to:
                    tx.cursors.put(source, watch, replace(cursor, read_up_to=to))
                    rewound.append(watch)
            return rewound

        return await self.store.write(work)

    @staticmethod
    def _of(mapping: Mapping[str, T], source: str) -> T:
        if source not in mapping:
            raise NotFoundError(f"There is no source {source}.")
        return mapping[source]
