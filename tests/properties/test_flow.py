"""Whatever happens, and in whatever order: nothing is lost, nothing is invented."""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.engine.flow import A_WISH, OWNER, URL, Flow
from tests.fakes.dialect import Image, read_body
from tests.fakes.sender import TAKEN, FakeSender, Message, OnEnd, answered
from tests.fakes.source import FakeSource
from tests.stores.laying import laid

from bitewing.engine.delivery.reception import Reception
from bitewing.model.delivery import DeliveryState, Outcome
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
LONGEST_TRANSACTION_SECONDS = 9
"""Within the overlap; what lasts longer is the horizon's to see."""

WATCHES = ("Appointment", "Patient")
WATCH = st.sampled_from(WATCHES)
KEY = st.integers(1, 6)
PAGE_SIZE = 2
EVERY = timedelta(seconds=2)
TAKES, REFUSES = (200, 204), (302, 500)
URLS = {watch: f"{URL}/{watch}" for watch in WATCHES}


class Exchanges(FakeSender):
    """Receivers that take their time: an exchange ends when a test ends it, or is cut off.

    Attributes:
        is_quick: they take everything at once.
        forgets: a receiver that is cut off has not had the Message.
        kept: the Messages that the receivers may be thought to have taken.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_quick = False
        self.forgets = False
        self.kept: list[Message] = []

    def post_one(self, message: Message, on_end: OnEnd) -> None:
        super().post_one(message, on_end)
        self.kept.append(message)
        if self.is_quick:
            asyncio.get_running_loop().call_soon(self.answer, -1, TAKEN)

    def answer(self, pick: int, outcome: Outcome) -> None:
        """Let one of the receivers answer, if one is busy."""
        if self.posted:
            message, on_end = self.posted.pop(pick % len(self.posted))
            self.end(message)
            if outcome.status not in TAKES:
                self._forget(message)
            on_end(outcome)

    def cut_off(self) -> None:
        """Let the sender die: nobody is told what the receivers answer."""
        for message, _ in self.posted:
            self.end(message)
            if self.forgets:
                self._forget(message)
        self.posted.clear()

    def _forget(self, message: Message) -> None:
        place = next(i for i, kept in enumerate(self.kept) if kept is message)
        del self.kept[place]


class FlowMachine(RuleBasedStateMachine):
    """A practice, its poller, pacer and dispatcher, and two receivers, with crashes in between.

    What no poll can see is found by the sweeps of the quiet day at the end.
    """

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._source = FakeSource()
        self._sender = Exchanges()
        self._reception = Reception()
        self._flow = Flow(
            self._open_store(), self._source, sender=self._sender, reception=self._reception
        )
        self._furthest = self._flow.clock.now()
        self._flow.dialect.page_size = PAGE_SIZE
        self._notes = 0
        self._existed: defaultdict[str, set[Image]] = defaultdict(set)
        self._baseline: dict[str, dict[int, str]] = {}
        for watch in WATCHES:
            for key in (1, 2, 3):
                self._source.insert(watch, key, note="baseline")
        self._remember()
        self._flow.pass_time(3600)
        self._run(self._flow.read_first())
        for watch in WATCHES:
            self._baseline[watch] = self._source.stamps(watch)
            wish = replace(A_WISH, watch=watch, event_name=f"WatchTable: {watch}", url=URLS[watch])
            self._run(self._flow.subscribe(wish))
        self._flow.pass_time(60)

    # What people in the office do.

    @rule(watch=WATCH, key=KEY)
    def write(self, watch: str, key: int) -> None:
        """Insert a row, or change its note."""
        if key in self._source.notes(watch):
            self._source.update(watch, key, note=self._new_note())
        else:
            self._source.insert(watch, key, note=self._new_note())
        self._remember()

    @rule(watch=WATCH, key=KEY)
    def touch(self, watch: str, key: int) -> None:
        """Stamp a row without changing it."""
        if key in self._source.notes(watch):
            self._source.touch(watch, key)
            self._remember()

    @rule(watch=WATCH, key=KEY)
    def write_the_same(self, watch: str, key: int) -> None:
        """Save without having changed anything."""
        if key in self._source.notes(watch):
            self._source.update(watch, key, note=self._source.notes(watch)[key])

    @rule(watch=WATCH, key=KEY, seconds=st.integers(1, LONGEST_TRANSACTION_SECONDS))
    def commit_late(self, watch: str, key: int, seconds: int) -> None:
        """Stamp a row now; it is polled before others may see it, at the commit."""
        self._source.write_uncommitted(watch, key, note=self._new_note())
        self._flow.pass_time(seconds)
        self._work()
        self._source.commit()
        self._remember()

    # What time does.

    @rule(seconds=st.sampled_from([0.4, 1, 2, 5, 11, 40]))
    def pass_time(self, seconds: float) -> None:
        self._flow.pass_time(seconds)

    @rule(
        seconds=st.sampled_from([-7200, -600, -30, -3, 3, 30, 600, 7200]),
        pause=st.sampled_from([0, 1, 5, 60, 600]),
        watch=WATCH,
        key=KEY,
    )
    def set_the_databases_clock(self, seconds: int, pause: int, watch: str, key: int) -> None:
        """Somebody, or NTP, sets it; people write on, and after a while it is polled again."""
        self._source.now += timedelta(seconds=seconds)
        self.write(watch, key)
        self._flow.pass_time(pause)
        self._run(self._flow.poller.poll())

    @rule(seconds=st.sampled_from([-7200, -30, 30, 7200]))
    def set_our_clock(self, seconds: int) -> None:
        """Ours may be set, too; claims seem to have run out, or to last for ever."""
        self._furthest = max(self._furthest, self._flow.clock.now())
        self._flow.clock.set_wall_clock(self._flow.clock.now() + timedelta(seconds=seconds))
        self._run(self._flow.rescuer.step())
        self._work()

    # What our workers do.

    @rule()
    def work(self) -> None:
        """Poll, compose, claim, and begin exchanges; they end when they end."""
        self._work()

    @rule(call=st.integers(1, 7))
    def poll_and_fail(self, call: int) -> None:
        """The practice goes away at one of the calls."""
        self._source.fail_on(call)
        self._run(self._flow.poller.poll())
        self._source.fail_on()

    @rule(call=st.integers(1, 7), watch=WATCH, key=KEY)
    def poll_while_people_write(self, call: int, watch: str, key: int) -> None:
        """A row changes between two calls of one poll."""
        due = len(self._source.calls) + call

        def write(_: str) -> None:
            if len(self._source.calls) == due:
                self.write(watch, key)

        self._source.before_call = write
        self._run(self._flow.poller.poll())
        self._source.before_call = None

    @rule(status=st.sampled_from(TAKES + REFUSES), pick=st.integers(0, 1))
    def end_an_exchange(self, status: int, pick: int) -> None:
        """One receiver answers; then the next page may follow."""
        self._sender.answer(pick, answered(status))
        self._send()

    @rule()
    def rescue(self) -> None:
        self._run(self._flow.rescuer.step())

    # What goes wrong.

    @rule(had_it=st.booleans())
    def crash(self, *, had_it: bool) -> None:
        """Everything under way is forgotten; only the file stays.

        Receivers may have had the Messages under way or not; we shall never know.
        """
        self._sender.forgets = not had_it
        self._cut_off()
        self._sender.forgets = False
        self._run(self._flow.store.close())
        self._flow.store = self._open_store()
        self._flow.start()

    # What must hold.

    @invariant()
    def the_ledger_adds_up(self) -> None:
        assert self._run(self._flow.ledger()).adds_up

    @invariant()
    def one_lane_holds_one_message(self) -> None:
        outstanding = self._run(
            self._flow.store.read(
                lambda tx: [
                    tx.outbox.outstanding(wish.number) for wish in tx.subscriptions.of_owner(OWNER)
                ]
            )
        )

        assert max(outstanding) <= 1

    @invariant()
    def nothing_is_invented(self) -> None:
        """Every image that was sent has existed, stamp and all."""
        for watch in WATCHES:
            assert {image for page in self._pages(watch) for image in page} <= self._existed[watch]

    def teardown(self) -> None:
        """Let a quiet day pass: everybody must have heard the newest of everything."""
        try:
            self._source.commit()
            self._remember()
            self._let_a_quiet_day_pass()
            self._check()
        finally:
            self._cut_off()
            self._run(self._flow.store.close())
            self._runner.close()
            self._directory.cleanup()

    def _let_a_quiet_day_pass(self) -> None:
        """Everything works, and our clock is right again; claims run out, pauses end."""
        flow = self._flow
        self._sender.is_quick = True
        while self._sender.posted:
            self._sender.answer(0, TAKEN)
        flow.clock.set_wall_clock(max(self._furthest, flow.clock.now()))
        for _ in range(12):
            flow.pass_time(60)
            self._run(flow.poller.poll())
            self._run(flow.sweep())
            self._run(flow.rescuer.step())
            self._run(flow.send())

    def _check(self) -> None:
        tally = self._run(self._flow.tally())
        ledger = self._run(self._flow.ledger())

        assert not {DeliveryState.PENDING, DeliveryState.CLAIMED} & set(tally)
        assert ledger.adds_up and ledger.waiting == ledger.backing_off == 0
        assert max(self._flow.sender.busiest.values(), default=1) == 1
        for watch in WATCHES:
            told = {image.key: image for page in self._pages(watch) for image in page}
            stamps, notes = self._source.stamps(watch), self._source.notes(watch)
            now = {key: Image(key, notes[key], stamps[key]) for key in notes}
            owed = {
                key: image
                for key, image in now.items()
                if self._baseline[watch].get(key) != stamps[key] or notes[key] != "baseline"
            }

            assert owed.items() <= told.items()
            assert all(now[key] == image for key, image in told.items())

    def _pages(self, watch: str) -> list[list[Image]]:
        """Give what the receiver of this Watch was sent, in order."""
        return [
            read_body(message.body) for message in self._sender.kept if message.url == URLS[watch]
        ]

    def _remember(self) -> None:
        for watch in WATCHES:
            stamps, notes = self._source.stamps(watch), self._source.notes(watch)
            self._existed[watch] |= {Image(key, notes[key], stamps[key]) for key in notes}

    def _new_note(self) -> str:
        self._notes += 1
        return f"note {self._notes}"

    def _open_store(self) -> SqliteStore:
        store = SqliteStore(
            laid(Path(self._directory.name) / "store.db"), reception=self._reception
        )
        self._run(store.open())
        return store

    def _work(self) -> None:
        self._run(self._flow.poller.poll())
        self._send()

    def _send(self) -> None:
        self._run(self._flow.pacer.step())
        self._run(self._flow.dispatch())

    def _cut_off(self) -> None:
        self._sender.cut_off()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


TestFlow = FlowMachine.TestCase
TestFlow.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
