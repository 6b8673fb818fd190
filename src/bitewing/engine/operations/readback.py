"""Readback: questions are answered from the baseline, as NexHealth answers from its copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from bitewing.engine.operations.albums import StoredAlbum, Unnamed
from bitewing.ports.album import Album
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

Look = Callable[[Sequence[Album]], T]
"""Looks through the Albums of an institution, one for each of its Sources."""

LONGEST_READING = timedelta(minutes=1)
"""What was written so long before a reading ended was there when that reading began."""
WRITTEN = ("Appointment", "Patient")
"""The Watches whose Records are written through us."""
NAMED_AT_ONCE = 500
"""So many ids are given in one transaction: the store's one writer is everybody's."""


@dataclass(frozen=True, slots=True)
class Readback:
    """Lets questions look through the baseline.

    Attributes:
        sources: subdomain → its Sources.
        read_at: Source → when this process last read it completely; None before it has.
    """

    store: Store
    sources: Mapping[str, Sequence[str]]
    read_at: Callable[[str], datetime | None] = lambda _source: None

    async def look(self, institution: str, look: Look[T]) -> T:
        """Answer a question about an institution, on one consistent picture of the store.

        What is shown for the first time is given its ids, and the question is asked once more:
        however far it looks, the store's writer is kept for the giving alone.
        """
        while True:
            unnamed = Unnamed()
            answer = await self._ask(institution, look, unnamed)
            if not unnamed.names:
                return answer
            await self._name(list(unnamed.names))

    async def _ask(self, institution: str, look: Look[T], unnamed: Unnamed) -> T:
        sources = self.sources.get(institution, ())

        def work(tx: Transaction) -> T:
            return look(
                [
                    StoredAlbum(
                        tx, one, institution, unnamed=unnamed, read_until=self._read_until(tx, one)
                    )
                    for one in sources
                ]
            )

        return await self.store.read(work)

    def _read_until(self, tx: Transaction, source: str) -> datetime | None:
        at = self.read_at(source) or _read_before(tx, source)
        return None if at is None else at - LONGEST_READING

    async def _name(self, names: Sequence[tuple[str, str, str]]) -> None:
        for start in range(0, len(names), NAMED_AT_ONCE):
            await self.store.write(partial(_obtain, names[start : start + NAMED_AT_ONCE]))


def _read_before(tx: Transaction, source: str) -> datetime | None:
    """Give when the last poll of an earlier process began, which the Cursors remember."""
    cursors = [tx.cursors.get(source, watch) for watch in WRITTEN]
    polled = [cursor.polled_at for cursor in cursors if cursor and cursor.polled_at]
    return min(polled) if len(polled) == len(WRITTEN) else None


def _obtain(names: Sequence[tuple[str, str, str]], tx: Transaction) -> None:
    for kind, source, native in names:
        tx.identities.obtain(kind, source, [native])
