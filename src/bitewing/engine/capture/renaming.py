"""Renaming: names that other tables lend are compared with those that Records were told with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitewing.engine.capture.reading import PAGE, Reading
from bitewing.engine.capture.recording import Recorded, record_renamed
from bitewing.model.record import Record
from bitewing.model.watch import Reach, Watch
from bitewing.ports.source import Naming
from bitewing.ports.store import Transaction

LOOK_SECONDS = 5.0
"""So often the tables that lend names are read; they are small."""


@dataclass(slots=True)
class _Round:
    """One pass over the baseline.

    Attributes:
        mark: of the names that it compares with.
        watches: what is left of it, the Watch under way first.
        after: the last key that was compared.
    """

    mark: str
    watches: list[str]
    after: int | None = None


@dataclass(slots=True)
class Renaming:
    """Lets Records that show a changed name be Changes, a chunk at a time.

    A new process begins with a round, since names may have changed while there was none.
    """

    reading: Reading
    _known: str = ""
    _round: _Round | None = None
    _due: float = 0.0

    def is_due(self, *, now: float) -> bool:
        """Tell whether ``advance`` has something to do."""
        return self._round is not None or now >= self._due

    async def advance(self, watches: Sequence[Watch], reach: Reach, *, now: float) -> bool:
        """Compare the next chunk, if names have changed; tell whether there is more to compare.

        ``watches`` are those that have been read. Names are read before every chunk: one that was
        read earlier than a Record would be told as if it were the newer.
        """
        self._due = now + LOOK_SECONDS
        naming = await self.reading.source.naming()
        if self._round is None and naming.mark == self._known:
            return False
        if self._round is None or self._round.mark != naming.mark:
            # Parents last, as they are in the Source; told first.
            borrowing = [one.name for one in reversed(watches) if one.name in naming.watches]
            self._round = _Round(naming.mark, borrowing)
        await self._compare(self._round, naming, reach)
        if self._round.watches:
            return True
        self._known, self._round = naming.mark, None
        return False

    async def _compare(self, under_way: _Round, naming: Naming, reach: Reach) -> None:
        if not under_way.watches:
            return
        watch, source = under_way.watches[0], self.reading.source.name
        after = under_way.after
        chunk = await self.reading.store.read(
            lambda tx: tx.records.chunk(source, watch, after=after, limit=PAGE)
        )
        renamed = [one.key.number for one in chunk if called(one, naming) != one]
        while renamed:
            most = await self.reading.most_at_once()
            await self._record(watch, renamed[:most], naming, reach)
            renamed = renamed[most:]
        if len(chunk) < PAGE:
            under_way.watches, under_way.after = under_way.watches[1:], None
        else:
            under_way.after = chunk[-1].key.number

    async def _record(self, watch: str, numbers: list[int], naming: Naming, reach: Reach) -> None:
        source, announcing = self.reading.source.name, self.reading.announcing

        def work(tx: Transaction) -> Recorded:
            images = tx.records.images(source, watch, numbers)
            pairs = [(one, called(one, naming)) for _, one in sorted(images.items())]
            renamed = [(before, after) for before, after in pairs if before != after]
            return record_renamed(tx, source, renamed, reach.now, announcing=announcing)

        await self.reading.write(work)


def called(record: Record, naming: Naming) -> Record:
    """Give a Record as things are called now."""
    names = naming.of(record)
    if all(record.derived.get(name) == text for name, text in names.items()):
        return record
    return replace(record, derived={**record.derived, **names})
