"""Readback: questions are answered from the baseline, as NexHealth answers from its copy."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bitewing.engine.operations.albums import StoredAlbum, UnnamedError
from bitewing.ports.album import Album
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

Look = Callable[[Sequence[Album]], T]
"""Looks through the Albums of an institution, one for each of its Sources."""


@dataclass(frozen=True, slots=True)
class Readback:
    """Lets questions look through the baseline; ``sources`` gives subdomain → its Sources."""

    store: Store
    sources: Mapping[str, Sequence[str]]

    async def look(self, institution: str, look: Look[T]) -> T:
        """Answer a question about an institution, on one consistent picture of the store.

        What is shown for the first time is given its ids by doing it once more, where ids may
        be given.
        """
        try:
            return await self.store.read(
                lambda tx: look(self._albums(tx, institution, names=False))
            )
        except UnnamedError:
            return await self.store.write(
                lambda tx: look(self._albums(tx, institution, names=True))
            )

    def _albums(self, tx: Transaction, institution: str, *, names: bool) -> list[Album]:
        sources = self.sources.get(institution, ())
        return [StoredAlbum(tx, source, institution, names=names) for source in sources]
