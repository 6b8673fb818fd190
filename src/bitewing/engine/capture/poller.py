"""The poller: reads one Source again and again, by polls and by sweeps; the only one that does."""

from dataclasses import replace

from bitewing.engine import journal
from bitewing.engine.capture.agenda import Agenda
from bitewing.engine.capture.arrival import Arrival
from bitewing.engine.capture.clocks import Clocks
from bitewing.engine.capture.reading import Look, Reading
from bitewing.engine.capture.renaming import Renaming
from bitewing.engine.capture.standing import first_readings_of, held_detail, standings_of
from bitewing.engine.capture.sweeping import Sweep, Sweeping
from bitewing.engine.capture.timetable import Timetable
from bitewing.engine.outbox.announcing import Announcing
from bitewing.engine.signals import Signals
from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.model.health import Light, SourceHealth
from bitewing.model.watch import Cursor, Depth, Reach, Watch
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Store, Transaction

LOOK_SECONDS = 60.0
"""So often the tables are discovered anew: an added column shows in no poll."""

_LOOK_BEFORE_SWEEP_SECONDS = 5.0
"""Before all columns are compared, they are discovered anew, if that is so long ago."""

_PAUSE_BETWEEN_RANGES_SECONDS = 0.005
"""Lets the practice's own writers pass between two ranges of a sweep."""


class Poller:
    """The worker that captures one Source.

    It does one thing after another, so that no reading of a row is recorded after a later one.
    """

    def __init__(
        self,
        source: Source,
        store: Store,
        *,
        clock: Clock,
        signals: Signals,
        announces_renamed: bool = False,
        announcing: Announcing | None = None,
    ) -> None:
        """``announces_renamed``: a Record changes when another table calls it otherwise."""
        self.name = f"poller of {source.name}"
        self.health = SourceHealth(source.name, Light.STARTING, "not read yet", None, {})
        self.hint = "the pulse"
        self.agenda = Agenda()
        self._source = source
        self._store = store
        self._clock = clock
        self._reading = Reading(source, store, clock, signals, announcing=announcing)
        self._sweeping = Sweeping(self._reading, self._read_all)
        self._renaming = Renaming(self._reading) if announces_renamed else None
        self._arrival = Arrival(source, store, self.agenda)
        self._sweep: Sweep | None = None
        self._failed_sweep: Sweep | None = None
        self._unread: dict[str, str] = {}
        self.is_failing = self._is_open = False
        self._timetable = Timetable()
        self._clocks = Clocks()

    async def step(self) -> float:
        """Poll if that is due, and compare one range of a sweep; give the seconds to pause."""
        if not self._until_poll():
            pause = await self.poll()
            if self._timetable.failures or not pause:
                return pause
        return await self.sweep() if self._is_open else self._until_poll()

    async def poll(self) -> float:
        """Read every Watch once, now; give the seconds until the next time."""
        self._timetable.begin(now=self._clock.monotonic())
        try:
            await self._poll(self._clock.monotonic())
        except (SourceUnavailableError, SourceRefusedError) as error:
            return self._fail(error)
        self._recover()
        return self._timetable.finish(
            now=self._clock.monotonic(),
            scanned_seconds=self._reading.scanned_seconds,
            reads_on=not (self.health.is_ready or self._unread),
        )

    async def sweep(self) -> float:
        """Compare one range, if a sweep is under way or due; give the seconds to pause."""
        try:
            return await self._sweep_on()
        except (SourceUnavailableError, SourceRefusedError) as error:
            return self._fail_sweep(error)

    def hasten(self) -> None:
        """Something may have changed: poll at the next step, if the database can bear it."""
        self._timetable.hasten()

    def request_sweep(self, *, accepts_all: bool = False) -> None:
        """A person asks for a sweep of everything now; deletions may be believed unseen."""
        now = self._clock.monotonic()
        self._timetable.poll_now(now=now)
        for watch in self._source.watches:
            self.agenda.request(watch, now=now, accepts_all=accepts_all)

    @property
    def held(self) -> dict[str, int]:
        """Watch → rows that are gone at once and not believed yet."""
        return dict(self._sweeping.held)

    async def _poll(self, now: float) -> None:
        if self._is_open:
            soon = _LOOK_BEFORE_SWEEP_SECONDS if self._unread else LOOK_SECONDS
            await self._look_again(now, after_seconds=soon)
        else:
            await self._arrival.open(now=now)
            self._is_open = True
        self._reading.retyped = self._arrival.retyped
        self._reading.scanned_seconds = 0.0
        await self._read_all()
        await self._compare_counts()
        self._tell(await self._cursors())

    async def _read_all(self) -> None:
        reach = await self._source.reach()
        self._compare_clocks(reach)
        cursors = await self._cursors()
        looks: list[Look] = []
        self._unread = {}
        for watch in self._source.watches:
            try:
                await self._read(watch, cursors, reach, looks)
            except SourceUnavailableError as error:
                await self._source.reach()  # raises if it is the server and not this table
                self._unread[watch.name] = str(error)
        # Children were read before their parents, so that all parents are known; told after them.
        await self._reading.record_looks(looks[::-1], reach)

    async def _read(
        self, watch: Watch, cursors: dict[str, Cursor], reach: Reach, looks: list[Look]
    ) -> None:
        """Go on with the first reading of a Watch, or look at what it has that is new."""
        cursor = cursors.get(watch.name)
        if cursor is None or not cursor.first_reading_done:
            if self._parts_are_read(watch, cursors):
                cursors[watch.name] = await self._reading.first(watch, cursor, reach)
        elif watch.stamp_column is not None:
            looks.append(await self._reading.look(watch, cursor, reach))

    async def _look_again(self, now: float, *, after_seconds: float) -> None:
        """Discover the tables anew; a sweep that began with other columns begins once more."""
        if await self._arrival.look_again(now=now, after_seconds=after_seconds):
            self._abandon_sweep()
            self._timetable.poll_now(now=now)
        self._reading.retyped = self._arrival.retyped

    def _abandon_sweep(self) -> None:
        if self._sweep is not None:
            self.agenda.abandoned(self._sweep, now=self._clock.monotonic())
            self._sweep = None

    def _parts_are_read(self, watch: Watch, cursors: dict[str, Cursor]) -> bool:
        """Parts are read before the whole: what changes after that, their sweep finds."""
        watches = self._source.watches
        parts = [one.name for one in watches if one.part_of and one.part_of[0] == watch.name]
        return all(name in cursors and cursors[name].first_reading_done for name in parts)

    async def _compare_counts(self) -> None:
        """Where the server knows the number of rows, a deletion shows at once."""
        for watch in self._source.watches:
            if watch.counts_at_once:
                rows = await self._source.count(watch) + self._sweeping.held.get(watch.name, 0)
                if rows != await self._known(watch):
                    self.agenda.suspect(watch, Depth.STAMPS, now=self._clock.monotonic())

    async def _sweep_on(self) -> float:
        now = self._clock.monotonic()
        if self._sweep is None:
            self._sweep = self.agenda.next(self._read_watches(), now=now)
            if self._sweep is not None and self._sweep.depth is Depth.ROWS:
                await self._look_again(now, after_seconds=_LOOK_BEFORE_SWEEP_SECONDS)
        if await self._compare_names(now):
            return min(self._until_poll(), _PAUSE_BETWEEN_RANGES_SECONDS)
        if self._sweep is None:
            return min(self._until_poll(), self.agenda.seconds_until_next(now=now))
        sweep, cursors = self._sweep, await self._cursors()
        reach = await self._source.reach()
        await self._sweeping.advance(sweep, reach, cursors[sweep.watch.name])
        if sweep.is_over:
            await self._close(sweep)
        return min(self._until_poll(), _PAUSE_BETWEEN_RANGES_SECONDS)

    async def _compare_names(self, now: float) -> bool:
        """Compare names, if changed ones are Changes here; tell whether there is more to do."""
        if self._renaming is None or not self._renaming.is_due(now=now):
            return False
        reach = await self._source.reach()
        return await self._renaming.advance(self._read_watches(), reach, now=now)

    async def _close(self, sweep: Sweep) -> None:
        self._sweep = None
        failed = self._failed_sweep
        if failed and failed.watch.name == sweep.watch.name:
            # Whole rows are more than keys and stamps: a sweep of those proves less.
            self._failed_sweep = None if sweep.depth in {failed.depth, Depth.ROWS} else failed
        rows = await self._known(sweep.watch)
        self.agenda.finished(sweep, now=self._clock.monotonic(), rows=rows)
        if sweep.depth is Depth.ROWS:
            await self._arrival.settle(sweep.watch.name)
            self._reading.retyped = self._arrival.retyped

    def _read_watches(self) -> list[Watch]:
        """Only what has been read once can be compared."""
        done = self.health.first_readings
        return [watch for watch in self._source.watches if done.get(watch.name)]

    async def _known(self, watch: Watch) -> int:
        name = self._source.name
        return await self._store.read(lambda tx: tx.records.count(name, watch.name))

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
        step = self._clocks.step(reach, monotonic=monotonic)
        if step is not None:
            journal.clock_stepped(source=self._source.name, seconds=step)
            for watch in self._source.watches:
                self.agenda.suspect(watch, Depth.STAMPS, now=monotonic)

    def _tell(self, cursors: dict[str, Cursor]) -> None:
        detail = held_detail(self._source.name, self._sweeping.held)
        if self._failed_sweep is not None:
            detail = self.health.detail  # polls alone do not mend it
        if self._unread:
            detail = "; ".join(f"{watch}: {text}" for watch, text in self._unread.items())
            self._say_failing(detail)
        watches = self._source.watches
        self.health = SourceHealth(
            self._source.name,
            Light.RED if detail else Light.GREEN,
            detail,
            self._clock.now(),
            first_readings_of(watches, cursors),
            standings_of(
                watches,
                reach=self._clocks.last,
                hint=self.hint,
                cost=self._timetable.cost,
                agenda=self.agenda,
            ),
        )

    def _fail(self, error: SourceUnavailableError | SourceRefusedError) -> float:
        self._say_failing(str(error))
        # What the database has may be another by the time it is back; a failed read is never
        # "gone", so a sweep begins anew.
        self._is_open = False
        self._abandon_sweep()
        self._clocks.last = None
        self.health = replace(self.health, light=Light.RED, detail=str(error), watches=())
        return self._timetable.fail(now=self._clock.monotonic())

    def _fail_sweep(self, error: SourceUnavailableError | SourceRefusedError) -> float:
        """A failed read is never "gone": the sweep begins anew, later. Polls go on."""
        self._say_failing(str(error))
        if self._sweep is not None:
            self.agenda.failed(self._sweep, now=self._clock.monotonic())
            self._failed_sweep, self._sweep = self._sweep, None
        self.health = replace(self.health, light=Light.RED, detail=str(error))
        return self._until_poll()

    def _until_poll(self) -> float:
        return self._timetable.seconds_until_poll(now=self._clock.monotonic())

    def _say_failing(self, detail: str) -> None:
        self.is_failing = True
        if detail != self.health.detail:
            journal.source_failed(source=self._source.name, detail=detail)

    def _recover(self) -> None:
        failed = self._failed_sweep
        if failed and all(watch.name != failed.watch.name for watch in self._source.watches):
            self._failed_sweep = None
        if self.is_failing and self._failed_sweep is None and not self._unread:
            self.is_failing = False
            journal.source_recovered(source=self._source.name)
