"""Whatever happens to rows, clocks, tables and processes: the Changes replay to the tables."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.flow import Flow
from tests.fakes.source import APPOINTMENT, HISTORY, PATIENT, SCHEDULE, SCHEDULE_OP, FakeSource
from tests.stores.laying import laid

from bitewing.model.change import Change, ChangeKind
from bitewing.model.record import Record
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
Image = dict[str, bytes | str | None]
"""A row's columns, and what it has from rows of other tables."""

STAMP = "DateTStamp"
TOLD = ("Appointment", "Patient", "Schedule", "AppointmentDeleted")
WATCH = st.sampled_from(TOLD)
STAMPED = ("Appointment", "Patient", "Schedule")
KEY = st.sampled_from([-(2**62), -1, 0, 1, 2, 3, 2**62])
PART = st.integers(1, 4)


class CaptureMachine(RuleBasedStateMachine):
    """A practice with logs and parts, its poller, and people who do all that people do."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._source = FakeSource(
            replace(APPOINTMENT, counts_at_once=True), HISTORY, SCHEDULE_OP, SCHEDULE, PATIENT
        )
        self._flow = Flow(self._open_store(), self._source)
        self._notes = 0
        self._upgrades = 0
        for watch in TOLD:
            for key in (-1, 1, 2, 3):
                self._source.insert(watch, key, note="baseline")
        for part in (1, 2):
            self._source.put_part(part, of=part, operatory=part)
        self._flow.pass_time(3600)
        self._run(self._flow.read_first())
        self._baseline = {watch: self._images(watch) for watch in TOLD}

    # What people in the office do.

    @rule(watch=WATCH, key=KEY)
    def write(self, watch: str, key: int) -> None:
        """Insert a row, or change its note."""
        if key in self._source.notes(watch):
            self._source.update(watch, key, note=self._note())
        else:
            self._source.insert(watch, key, note=self._note())

    @rule(watch=WATCH, key=KEY)
    def touch(self, watch: str, key: int) -> None:
        """Stamp a row without changing it."""
        if key in self._source.notes(watch):
            self._source.touch(watch, key)

    @rule(watch=WATCH, key=KEY)
    def write_past_the_stamp(self, watch: str, key: int) -> None:
        """Change a note and keep the stamp."""
        if key in self._source.notes(watch):
            self._source.keep_stamp(watch, key, note=self._note())

    @rule(watch=WATCH, key=KEY, days=st.sampled_from([-400, -1, 1]))
    def restore(self, watch: str, key: int, days: int) -> None:
        """Bring in a row, or a state of it, with a stamp of another time."""
        self.write(watch, key)
        self._source.stamp(watch, key, self._source.now + timedelta(days=days))

    @rule(watch=WATCH, key=KEY)
    def delete(self, watch: str, key: int) -> None:
        """Remove a row."""
        if key in self._source.notes(watch):
            self._source.delete(watch, key)

    @rule(watch=WATCH, key=KEY)
    def delete_and_insert(self, watch: str, key: int) -> None:
        """Nobody looks in between."""
        self.delete(watch, key)
        self.write(watch, key)

    @rule(watch=WATCH)
    def empty(self, watch: str) -> None:
        """A restore begins, or somebody has made a mistake."""
        for key in list(self._source.notes(watch)):
            self._source.delete(watch, key)

    @rule(part=PART, owner=KEY, operatory=st.integers(1, 3))
    def put_part(self, part: int, owner: int, operatory: int) -> None:
        """Let a schedule have another operatory, or move one to another schedule."""
        self._source.put_part(part, of=owner, operatory=operatory)

    @rule(part=PART)
    def delete_part(self, part: int) -> None:
        """Take an operatory away."""
        if part in self._source.notes("ScheduleOp"):
            self._source.delete("ScheduleOp", part)

    @rule(watch=WATCH, key=KEY)
    def commit_late(self, watch: str, key: int) -> None:
        """Stamp a row, and let it be seen only after a poll or two."""
        self._source.write_uncommitted(watch, key, note=self._note())
        self.poll()
        self._flow.pass_time(120)
        self.poll()
        self._source.commit()

    @precondition(lambda self: self._upgrades < 2)
    @rule(watch=st.sampled_from(STAMPED))
    def upgrade(self, watch: str) -> None:
        """Add a column to a table."""
        self._upgrades += 1
        self._source.add_column(watch, f"New{self._upgrades}", "0")

    # What time does.

    @rule(seconds=st.sampled_from([0.4, 1, 5, 61, 3700]))
    def pass_time(self, seconds: float) -> None:
        """Nobody works."""
        self._flow.pass_time(seconds)

    @rule(seconds=st.sampled_from([-86_400, -7200, -600, -30, -3, 3, 30, 600, 7200]))
    def set_the_databases_clock(self, seconds: int) -> None:
        """Somebody sets it; nobody looks for as long as they like."""
        self._source.now += timedelta(seconds=seconds)

    # What our worker does.

    @rule()
    def poll(self) -> None:
        """Once."""
        self._run(self._flow.poller.poll())

    @rule(seconds=st.sampled_from([0.01, 1.1, 3]))
    def live(self, seconds: float) -> None:
        """Polls and sweeps as they come."""
        self._run(self._flow.live(seconds))

    @rule()
    def sweep(self) -> None:
        """A person asks for it."""
        self._run(self._flow.sweep())

    @rule(call=st.integers(1, 25))
    def live_and_fail(self, call: int) -> None:
        """The practice goes away at one of the calls."""
        self._flow.poller.request_sweep()
        self._source.fail_on(call)
        self._run(self._flow.live(1.5))
        self._source.fail_on()

    @rule(call=st.integers(1, 25), watch=WATCH, key=KEY, is_deleted=st.booleans())
    def live_while_people_write(self, call: int, watch: str, key: int, *, is_deleted: bool) -> None:
        """A row changes or goes between two calls."""
        due = len(self._source.calls) + call

        def happen(_: str) -> None:
            if len(self._source.calls) == due:
                (self.delete if is_deleted else self.write)(watch, key)

        self._flow.poller.request_sweep()
        self._source.before_call = happen
        self._run(self._flow.live(1.1))
        self._source.before_call = None

    @rule()
    def crash(self) -> None:
        """Only the file stays."""
        self._run(self._flow.store.close())
        self._flow.store = self._open_store()
        self._flow.start()

    # What must hold.

    @invariant()
    def the_changes_are_a_story_without_gaps(self) -> None:
        """Dense numbers, legal kinds, and each before as the one told last left it."""
        self._replayed()

    def teardown(self) -> None:
        """Let all be looked at once more: then what was told is what there is."""
        try:
            self._source.commit()
            for _ in range(3):
                self._run(self._flow.live(2))
                self._run(self._flow.sweep(accepts_all=True))
            self._check()
        finally:
            self._run(self._flow.store.close())
            self._runner.close()
            self._directory.cleanup()

    def _check(self) -> None:
        assert self._flow.poller.health.light == "green", self._flow.poller.health.detail
        assert self._flow.poller.held == {}
        told = self._replayed()
        for watch in TOLD:
            there = {
                record.key.number: _image(record)
                for record in self._run(self._source.read_after(self._watch(watch), None, 100))
            }
            if watch != "AppointmentDeleted":  # a log forgets without a word
                assert told[watch].keys() == there.keys()
            for key, image in there.items():
                assert self._agree(told[watch][key], image), (watch, key)

    def _replayed(self) -> dict[str, dict[int, Image]]:
        """Apply all Changes to the baseline, judging each."""
        told = {watch: dict(images) for watch, images in self._baseline.items()}
        changes = self._run(self._flow.changes())
        assert [change.number for change in changes] == list(range(1, len(changes) + 1))
        for change in changes:
            self._tell(told[change.key.watch], change)
        return told

    def _tell(self, told: dict[int, Image], change: Change) -> None:
        number = change.key.number
        is_log = change.key.watch == "AppointmentDeleted"
        if change.kind is ChangeKind.CREATED:
            assert is_log or number not in told
            assert change.before is None
        else:
            assert change.before is not None
            assert self._agree(told[number], _image(change.before))
        if change.kind is ChangeKind.DELETED:
            assert not is_log and change.after is None
            del told[number]
        else:
            assert change.after is not None
            after = _image(change.after)
            if change.before is not None:
                assert after != _image(change.before)
            told[number] = after

    def _agree(self, one: Image, other: Image) -> bool:
        """Compare what both have; an upgrade may move stamps and add columns without a word."""
        ignored = {STAMP} if self._upgrades else set[str]()
        return all(one[name] == other[name] for name in one.keys() & other.keys() - ignored)

    def _images(self, watch: str) -> dict[int, Image]:
        known = self._run(self._flow.known(watch))
        return {number: _image(record) for number, record in known.items()}

    def _watch(self, name: str) -> Any:
        return next(watch for watch in self._source.watches if watch.name == name)

    def _note(self) -> str:
        self._notes += 1
        return f"note {self._notes}"

    def _open_store(self) -> SqliteStore:
        store = SqliteStore(laid(Path(self._directory.name) / "store.db"))
        self._run(store.open())
        return store

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


def _image(record: Record) -> Image:
    return {**record.native, "operatories": record.derived.get("operatories")}


TestCapture = CaptureMachine.TestCase
TestCapture.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
