"""The poller: reads one Source again and again, and records what it notices."""

from bitewing.engine import journal
from bitewing.engine.capture import pace
from bitewing.engine.capture.recording import Page, record_first_reading, record_page
from bitewing.engine.signals import Signals
from bitewing.model.errors import BitewingError, SourceRefusedError, SourceUnavailableError
from bitewing.model.health import Light, SourceHealth
from bitewing.model.watch import Cursor, Reach, Watch
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction

PAGE = 1000
"""Records read and stored at once."""

_CLOCK_STEP_SECONDS = 3.0


class Poller:
    """The worker that captures one Source; the only one that does."""

    def __init__(self, source: Source, store: Store, *, clock: Clock, signals: Signals) -> None:
        self.name = f"poller of {source.name}"
        self.health = SourceHealth(source.name, Light.STARTING, "not read yet", None, {})
        self._source = source
        self._store = store
        self._clock = clock
        self._signals = signals
        self._failures = 0
        self._is_open = False
        self._cost: float | None = None
        self._scanned_seconds = 0.0
        self._last_reach: tuple[Reach, float] | None = None

    async def step(self) -> float:
        """Read every Watch once; give the seconds to pause."""
        try:
            cost, is_complete = await self._poll()
        except (SourceUnavailableError, SourceRefusedError) as error:
            return self._fail(error)
        self._recover()
        return pace.seconds_until_next(cost) if is_complete else 0.0

    async def _poll(self) -> tuple[float, bool]:
        if not self._is_open:
            await self._source.open()
            self._is_open = True
        began, self._scanned_seconds = self._clock.monotonic(), 0.0
        reach = await self._source.reach()
        self._compare_clocks(reach)
        cursors = await self._cursors()
        last_pages: list[Page] = []
        for watch in self._source.watches:
            cursor = cursors.get(watch.name)
            if cursor is None or not cursor.first_reading_done:
                cursors[watch.name] = await self._first_reading(watch, cursor, reach)
            elif watch.stamp_column is not None:
                last_pages.append(await self._poll_watch(watch, cursor, reach))
        await self._record_last(last_pages, self._clock.monotonic() - began)
        # Only the scans weigh on the practice; rows are fetched by their keys.
        self._cost = pace.smoothed(self._cost, self._scanned_seconds)
        self.health = SourceHealth(
            self._source.name,
            Light.GREEN,
            "",
            self._clock.now(),
            {name: cursor.first_reading_done for name, cursor in cursors.items()},
        )
        return self._cost, all(self.health.first_readings.values())

    async def _first_reading(self, watch: Watch, cursor: Cursor | None, reach: Reach) -> Cursor:
        """Read one chunk silently. The Cursor's moment is older than every chunk."""
        cursor = cursor or Cursor(read_up_to=reach.complete_up_to)
        records = await self._source.read_after(watch, cursor.first_reading_after, PAGE)
        is_last = len(records) < PAGE
        following = (
            cursor.after_first_reading()
            if is_last
            else cursor.after_chunk(max(record.key.number for record in records))
        )
        page = Page(watch, records, reach.now, reach.now, following)
        await self._store.write(lambda tx: record_first_reading(tx, self._source.name, page))
        if is_last:
            count = await self._store.read(
                lambda tx: tx.records.count(self._source.name, watch.name)
            )
            journal.first_reading_finished(
                source=self._source.name, watch=watch.name, records=count
            )
        return following

    async def _poll_watch(self, watch: Watch, cursor: Cursor, reach: Reach) -> Page:
        """Record all pages but the last, which the caller stores with everybody's Cursor."""
        # The smaller of the two edges survives a clock that was set back.
        low = min(cursor.read_up_to, reach.now) - reach.overlap
        began = self._clock.monotonic()
        keys = await self._source.keys_stamped_since(watch, low)
        self._scanned_seconds += self._clock.monotonic() - began
        full = len(keys) - len(keys) % PAGE
        for start in range(0, full, PAGE):
            records = await self._source.fetch(watch, keys[start : start + PAGE])
            page = Page(watch, records, reach.now, low, None)
            await self._record([page])
        records = await self._source.fetch(watch, keys[full:]) if keys[full:] else []
        following = cursor.after_poll(reach.complete_up_to)
        return Page(watch, records, reach.now, low, following)

    async def _record_last(self, pages: list[Page], seconds: float) -> None:
        """Store the last pages and all Cursors together, parents before children."""
        if pages:
            await self._record(list(reversed(pages)), seconds)

    async def _record(self, pages: list[Page], seconds: float = 0.0) -> None:
        def work(tx: Transaction) -> list[int]:
            return [record_page(tx, self._source.name, page) for page in pages]

        counts = await self._store.write(work)
        if any(counts):
            self._signals.pacing.set()
        for page, count in zip(pages, counts, strict=True):
            if count:
                journal.page_captured(
                    source=self._source.name,
                    watch=page.watch.name,
                    read=len(page.records),
                    changes=count,
                    seconds=seconds,
                )

    async def _cursors(self) -> dict[str, Cursor]:
        def work(tx: Transaction) -> dict[str, Cursor]:
            found = {
                watch.name: tx.cursors.get(self._source.name, watch.name)
                for watch in self._source.watches
            }
            return {name: cursor for name, cursor in found.items() if cursor is not None}

        return await self._store.read(work)

    def _compare_clocks(self, reach: Reach) -> None:
        monotonic = self._clock.monotonic()
        if self._last_reach is not None:
            before, then = self._last_reach
            step = (reach.now - before.now).total_seconds() - (monotonic - then)
            if abs(step) > _CLOCK_STEP_SECONDS:
                journal.clock_stepped(source=self._source.name, seconds=step)
        self._last_reach = (reach, monotonic)

    def _fail(self, error: BitewingError) -> float:
        self._failures += 1
        if self._failures == 1:
            journal.source_failed(source=self._source.name, detail=str(error))
        # What the database has may be another by the time it is back.
        self._is_open = False
        self.health = SourceHealth(
            self._source.name,
            Light.RED,
            str(error),
            self.health.read_at,
            self.health.first_readings,
        )
        return pace.seconds_after_failure(self._failures)

    def _recover(self) -> None:
        if self._failures:
            self._failures = 0
            journal.source_recovered(source=self._source.name)
