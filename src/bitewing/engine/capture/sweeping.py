"""Sweeping: comparing all keys of a Watch with its baseline, range by range.

No poll can see a row that is gone, or one whose stamp was kept or set back. A sweep sees both.
"""

import operator
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import reduce

from bitewing.engine import journal
from bitewing.engine.capture.parts import record_parts
from bitewing.engine.capture.reading import PAGE, Reading, stamp_edge
from bitewing.engine.capture.recording import Recorded, record_gone, record_pages, record_silently
from bitewing.model.record import Outline, Record
from bitewing.model.watch import Cursor, Depth, Reach, Watch
from bitewing.ports.store import Transaction

LEAST_HELD = 50
"""So many rows may always be gone at once; above it, a hundredth of the table."""

LEAST_EMPTIED = 3
"""A table that had so many rows is not believed to be empty."""

YOUTH = timedelta(minutes=10)
"""So long after a table was made anew, rows that it lacks may be on their way into it."""

_FEWEST, _MOST = 500, 20_000
_LONGEST_SECONDS, _SHORTEST_SECONDS = 0.010, 0.003
"""A range is cut so that its digest takes this long: longer ones make writers wait on MyISAM."""


@dataclass(slots=True)
class Sweep:
    """One pass over one Watch.

    Attributes:
        after: the last key compared; None at the start.
        rows: how many rows the next range has.
        gone: known keys that were not found.
        found: Changes that no poll had noticed.
        seconds: how long the database was kept busy.
    """

    watch: Watch
    depth: Depth
    accepts_all: bool = False
    after: int | None = None
    rows: int = 2000
    gone: set[int] = field(default_factory=set)
    found: int = 0
    seconds: float = 0.0
    is_over: bool = False


@dataclass(slots=True)
class Sweeping:
    """Advances sweeps; knows nothing of when.

    Attributes:
        catch_up: polls everything; called before rows that nobody knew are recorded, so that
            what they refer to is known before them.
        held: Watch → how many rows are gone at once, which is not believed yet.
    """

    reading: Reading
    catch_up: Callable[[], Awaitable[None]] | None = None
    held: dict[str, int] = field(default_factory=dict)

    async def advance(self, sweep: Sweep, reach: Reach, cursor: Cursor) -> None:
        """Compare the next range; at the end decide about what is gone.

        Any failure comes out here, and the caller forgets the sweep: a failed read is never
        "gone".
        """
        source, clock = self.reading.source, self.reading.clock
        began = clock.monotonic()
        digest = await source.digest_after(
            sweep.watch, sweep.depth, after=sweep.after, limit=sweep.rows
        )
        seconds = clock.monotonic() - began
        up_to = digest.last if digest.rows == sweep.rows else None
        known = await self._known(sweep, up_to)
        if len(known) != digest.rows or _xor(known.values()) != digest.bits:
            await self._compare(sweep, known, up_to, reach=reach, cursor=cursor)
        sweep.seconds += seconds
        sweep.rows = _next_size(sweep.rows, seconds)
        sweep.after = up_to
        if up_to is None:
            await self._finish(sweep, reach, cursor)

    async def _known(self, sweep: Sweep, up_to: int | None) -> dict[int, int]:
        def outlines(tx: Transaction) -> dict[int, Outline]:
            name = self.reading.source.name
            return tx.records.outlines(name, sweep.watch.name, after=sweep.after, up_to=up_to)

        found = await self.reading.store.read(outlines)
        is_shallow = sweep.depth is Depth.STAMPS
        return {
            number: outline.mark if is_shallow else outline.digest
            for number, outline in found.items()
        }

    async def _compare(
        self,
        sweep: Sweep,
        known: dict[int, int],
        up_to: int | None,
        *,
        reach: Reach,
        cursor: Cursor,
    ) -> None:
        theirs = await self.reading.source.outlines(
            sweep.watch, sweep.depth, after=sweep.after, up_to=up_to
        )
        sweep.gone |= known.keys() - theirs.keys()
        if theirs.keys() - known.keys() and sweep.watch.stamp_column and self.catch_up:
            await self.catch_up()
        differing = [number for number, bits in theirs.items() if known.get(number) != bits]
        await self._read(sweep, differing, reach, cursor)

    async def _read(
        self, sweep: Sweep, numbers: list[int], reach: Reach, cursor: Cursor
    ) -> set[int]:
        """Fetch and record these; give the keys that are there."""
        there: set[int] = set()
        for start in range(0, len(numbers), PAGE):
            records = await self.reading.source.fetch(sweep.watch, numbers[start : start + PAGE])
            there |= {record.key.number for record in records}
            if sweep.watch.part_of is not None:
                sweep.found += await self._record_parts(sweep.watch, records, [], reach, cursor)
                continue
            page = self.reading.page(sweep.watch, records, reach, stamp_edge(cursor, reach))
            sweep.found += await self.reading.record([page])
        return there

    async def _finish(self, sweep: Sweep, reach: Reach, cursor: Cursor) -> None:
        """Ask once more for what is gone, and believe it unless it is too much at once."""
        gone = sorted(sweep.gone - await self._read(sweep, sorted(sweep.gone), reach, cursor))
        if await self._believes(sweep, len(gone), reach):
            while gone:
                most = await self.reading.most_at_once()
                some, gone = gone[:most], gone[most:]
                sweep.found += await self._record_gone(sweep.watch, some, reach, cursor)
        sweep.is_over = True
        journal.sweep_finished(
            source=self.reading.source.name,
            watch=sweep.watch.name,
            depth=sweep.depth,
            found=sweep.found,
            seconds=sweep.seconds,
        )

    async def _believes(self, sweep: Sweep, gone: int, reach: Reach) -> bool:
        """Tell whether so many rows may have been deleted.

        Crashes, repairs and restores take rows away as well. Once too many were gone, a person
        is asked even about the few that are not back at last.
        """
        watch, name = sweep.watch, self.reading.source.name
        was_held = self.held.pop(watch.name, 0)
        if not gone or sweep.accepts_all or watch.is_log:
            return True
        known = await self.reading.store.read(lambda tx: tx.records.count(name, watch.name))
        is_emptied = gone == known >= LEAST_EMPTIED
        if is_emptied or was_held or gone > max(LEAST_HELD, known // 100):
            self.held[watch.name] = gone
            if not was_held:
                journal.deletions_held(source=name, watch=watch.name, rows=gone)
            return False
        return not await self._is_just_remade(watch, reach)

    async def _is_just_remade(self, watch: Watch, reach: Reach) -> bool:
        source = self.reading.source
        before = await self.reading.store.read(lambda tx: tx.origins.get(source.name))
        now = await source.origin()
        if before is None or before.created.get(watch.name) == now.created.get(watch.name):
            return False
        youngest = (reach.now - YOUTH).strftime("%Y-%m-%d %H:%M:%S")
        return now.created.get(watch.name, "") > youngest

    async def _record_gone(
        self, watch: Watch, numbers: list[int], reach: Reach, cursor: Cursor
    ) -> int:
        if watch.part_of is not None:
            return await self._record_parts(watch, [], numbers, reach, cursor)
        name = self.reading.source.name

        announcing = self.reading.announcing

        def work(tx: Transaction) -> Recorded:
            if watch.is_log:
                tx.records.remove(name, watch.name, numbers)
                return Recorded([0])
            return record_gone(tx, name, watch.name, numbers, reach.now, announcing=announcing)

        return (await self.reading.write(work)).total

    async def _record_parts(
        self, watch: Watch, records: list[Record], gone: list[int], reach: Reach, cursor: Cursor
    ) -> int:
        """Rows that belong to other Records changed: read those, and record both together."""
        owner_name, column = watch.part_of or ("", "")
        name, source = self.reading.source.name, self.reading.source
        touched = [record.key.number for record in records] + gone
        images = await self.reading.store.read(
            lambda tx: tx.records.images(name, watch.name, touched)
        )
        owners = {int(record.native[column] or b"0") for record in (*records, *images.values())}
        owner = next(one for one in source.watches if one.name == owner_name)
        whole = await source.fetch(owner, sorted(owners)) if owners else []
        page = self.reading.page(owner, whole, reach, stamp_edge(cursor, reach))
        parts = self.reading.page(watch, records, reach, stamp_edge(cursor, reach))

        announcing = self.reading.announcing

        def work(tx: Transaction) -> Recorded:
            record_silently(tx, name, parts)
            tx.records.remove(name, watch.name, gone)
            # They were read before their wholes, and may be others by now.
            record_parts(tx, name, whole)
            return record_pages(tx, name, [page], announcing)

        return (await self.reading.write(work)).total


def _xor(numbers: Iterable[int]) -> int:
    return reduce(operator.xor, numbers, 0)


def _next_size(rows: int, seconds: float) -> int:
    if seconds > _LONGEST_SECONDS:
        return max(_FEWEST, rows // 2)
    return min(_MOST, rows * 2) if seconds < _SHORTEST_SECONDS else rows
