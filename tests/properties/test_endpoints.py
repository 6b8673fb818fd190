"""Whatever happens to an Endpoint: it fares as its receiver and people say."""

import asyncio
import base64
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.engine.flow import OWNER, URL, Flow
from tests.fakes.sender import Message, answered
from tests.stores.laying import laid
from tests.stores.samples import a_delivery

from bitewing.engine.delivery.breaker import TRIP
from bitewing.engine.delivery.dispatcher import LEASE
from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint, new_secret
from bitewing.engine.outbox.owing import owe
from bitewing.engine.upkeep.holder import Holder
from bitewing.model.delivery import DeliveryState
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.outbox import Sought
from bitewing.receive import Received, is_genuine
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
ACTIVE, PAUSED, DISABLED = EndpointState.ACTIVE, EndpointState.PAUSED, EndpointState.DISABLED
RETRIES = RetrySchedule(tuple(timedelta(seconds=at) for at in (30, 90, 300)))
TAKES, GONE = 200, 410
ANSWERS = st.sampled_from([TAKES, TAKES, 500, 500, 500, 429, 302, GONE])
LANES = st.lists(st.integers(1, 6), max_size=6)
PAUSES = st.lists(st.sampled_from([0.5, 5.0, 31.0, 61.0, 215.0]), min_size=1, max_size=8)
ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.CLAIMED)
HELD = frozenset({DeliveryState.HELD})


class EndpointMachine(RuleBasedStateMachine):
    """One Endpoint, its dispatcher and holder, a receiver with moods, a person, and crashes.

    Attributes of ours say what we expect: the state, since when it fails, its secrets.
    """

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        store = SqliteStore(laid(Path(self._directory.name) / "store.db"))
        self._run(store.open())
        self._flow = Flow(store)
        self._flow.dialect.retries = RETRIES
        self._restart()
        made = new_endpoint(
            institution="", owner=OWNER, url=URL, dialect="opendental", at=self._flow.clock.now()
        )
        self._desk = EndpointDesk(store, lambda _: None, self._flow.clock, self._flow.signals)
        self._known = self._run(self._desk.create(made))
        self._number = self._known.id
        self._answer, self._owed = TAKES, 0
        self._state: EndpointState = ACTIVE
        self._failing_since: datetime | None = None
        self._failures = 0
        self._old: tuple[str, datetime] | None = None

    def teardown(self) -> None:
        """Let the receiver take all and a person let all go out: nothing may be left behind."""
        self._answer = TAKES
        self._set_answer()
        self._hold()
        self._run(self._desk.activate(OWNER, self._number))
        self._state, self._failing_since, self._failures = ACTIVE, None, 0
        self.resume()
        for _ in range(6):
            self._flow.pass_time(400)
            self._run(self._flow.rescuer.step())
            self._run(self._flow.send())
        tally = self._run(self._flow.tally())
        self._run(self._flow.store.close())
        self._runner.close()
        self._directory.cleanup()

        assert set(tally) <= {DeliveryState.DELIVERED, DeliveryState.EXHAUSTED}
        assert sum(tally.values()) == self._owed

    # What the world does.

    @rule(lanes=LANES)
    def owe(self, lanes: list[int]) -> None:
        """To a disabled one it is held from the beginning."""
        now = self._flow.clock.now()
        owed = [
            a_delivery(f"d{self._owed + index}", endpoint=self._number, lane=lane)._replace(
                created_at=now,
                due_at=now,
            )
            for index, lane in enumerate(lanes)
        ]
        self._owed += len(lanes)
        made = self._run(self._flow.store.write(lambda tx: owe(tx, owed)))

        expected = DeliveryState.HELD if self._state is DISABLED else DeliveryState.PENDING
        assert {one.state for one in made} <= {expected}

    @rule(lanes=LANES, answer=ANSWERS, pauses=PAUSES)
    def live(self, lanes: list[int], answer: int, pauses: list[float]) -> None:
        """Owe it more, and let time pass: the receiver answers alike for a while."""
        self._answer = answer
        self._set_answer()
        self.owe(lanes)
        for seconds in pauses:
            self._work()
            self._flow.pass_time(seconds)

    def _work(self) -> None:
        """Send all that may go at this moment, and let what came of it be settled."""
        before, seen = self._exhausted(), len(self._flow.sender.messages)
        began = self._flow.clock.now()
        self._run(self._flow.send())
        sent = self._flow.sender.messages[seen:]
        given_up = self._exhausted() - before

        assert not sent or self._state is ACTIVE
        for message in sent:
            self._check_signatures(message)
        self._fare(len(sent), began, given_up)

    def _fare(self, sent: int, began: datetime, given_up: set[str]) -> None:
        if not sent:
            assert not given_up
            return
        if self._answer == TAKES:
            self._failing_since, self._failures = None, 0
            return
        self._failing_since = self._failing_since or began
        self._failures += sent
        has_taken_nothing = any(self._first_tried(one) >= self._failing_since for one in given_up)
        if self._answer == GONE or has_taken_nothing:
            self._state = DISABLED

    def _exhausted(self) -> set[str]:
        sought = Sought(frozenset({DeliveryState.EXHAUSTED}), endpoint=self._number)
        store = self._flow.store
        found = self._run(store.read(lambda tx: tx.outbox.seek(sought, after=0, limit=999)))
        return {identity for _, identity in found}

    def _first_tried(self, delivery: str) -> datetime:
        """Give since when its retries count: from the last time that a person resumed it."""
        found = self._run(self._flow.store.read(lambda tx: tx.outbox.get(delivery)))
        assert found is not None
        assert found.first_tried_at is not None
        return found.first_tried_at

    @rule()
    def crash(self) -> None:
        """The program ends and begins again; what it knew of the Endpoint is in the store."""
        self._restart()
        self._flow.pass_time(LEASE.total_seconds() + 1)
        self._run(self._flow.rescuer.step())

    @rule()
    def tidy_up(self) -> None:
        """The dispatcher and the holder come by: nothing is on its way to a disabled one."""
        self._work()
        self._hold()
        tally = self._run(self._flow.tally())

        if self._state is DISABLED:
            assert not any(tally.get(state) for state in ON_ITS_WAY)

    # What a person does.

    @rule()
    def activate(self) -> None:
        """What is held stays held; it is trusted again."""
        if self._state is DISABLED:
            self._hold()
        before = self._run(self._flow.tally()).get(DeliveryState.HELD, 0)
        self._run(self._desk.activate(OWNER, self._number))
        self._state, self._failing_since, self._failures = ACTIVE, None, 0

        assert self._run(self._flow.tally()).get(DeliveryState.HELD, 0) == before

    @rule()
    def pause(self) -> None:
        self._run(self._desk.pause(OWNER, self._number, "Holidays."))
        self._state = PAUSED

    @rule()
    def disable(self) -> None:
        self._run(self._desk.disable(OWNER, self._number, "No longer."))
        self._state = DISABLED

    @rule(seconds=st.sampled_from([0, 60, 600]))
    def rotate(self, seconds: int) -> None:
        """For a while both secrets are good, or from now on the new one alone."""
        secret, before = new_secret(), self._stored().secret
        overlap = timedelta(seconds=seconds)
        self._run(self._desk.rotate_secret(OWNER, self._number, secret, overlap=overlap))
        self._old = (before, self._flow.clock.now() + overlap)

    @rule(concurrency=st.integers(1, 3))
    def tune(self, concurrency: int) -> None:
        """It changes nothing of how it fares."""

        def tuned(endpoint: Endpoint) -> Endpoint:
            return replace(endpoint, concurrency=concurrency, state=ACTIVE, reason="")

        self._run(self._desk.change(OWNER, self._number, tuned))

    @rule()
    @precondition(lambda machine: machine._state is not DISABLED)
    def resume(self) -> None:
        """What is held may go out, behind all others."""
        store, now = self._flow.store, self._flow.clock.now()
        sought = Sought(HELD, endpoint=self._number)
        held = self._run(store.read(lambda tx: tx.outbox.seek(sought, after=0, limit=999)))
        ids = [identity for _, identity in held]
        resumed = self._run(store.write(lambda tx: tx.outbox.resume(ids, now)))

        assert resumed == len(ids)

    @invariant()
    def it_stands_as_expected(self) -> None:
        """State and reason, since when it fails, and parked only while it fails and after five."""
        found = self._stored()

        assert found.state is self._state
        assert (found.reason == "") == (self._state is ACTIVE)
        assert found.failing_since == self._failing_since
        assert found.parked_until is None or self._failing_since is not None
        assert found.parked_until is None or self._failures >= TRIP

    def _check_signatures(self, message: Message) -> None:
        """It is signed by the new secret, and by the old one as long as that is good."""
        now = self._flow.clock.now()
        headers = {name.lower(): value for name, value in message.headers}
        received = Received("/", headers, message.body)

        assert is_genuine(received, [self._stored().secret], now.timestamp())
        if self._old is not None:
            old, until = self._old
            assert is_genuine(received, [old], now.timestamp()) == (now < until)
            assert base64.b64decode(old.removeprefix("whsec_"))

    def _hold(self) -> None:
        holder = Holder(self._flow.store)
        while self._run(holder.step()) < 1:
            pass

    def _restart(self) -> None:
        self._flow.start()
        self._flow.sender.posted.clear()

    def _set_answer(self) -> None:
        self._flow.sender.standing[URL] = answered(self._answer)

    def _stored(self) -> Endpoint:
        return self._run(self._desk.one(OWNER, self._number))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


TestEndpoints = EndpointMachine.TestCase
TestEndpoints.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_what_is_claimed_as_the_endpoint_is_disabled_is_held_at_once() -> None:
    """The machine found it: one round settles the last retry and claims what waits.

    That went into a Line that was closed already, and stayed claimed until its claim ran out.
    """
    machine = EndpointMachine()
    machine.live([3], 500, [31.0, 61.0, 5.0, 5.0, 0.5, 31.0, 31.0, 31.0])
    machine.disable()
    machine.live([5, 6], 429, [215.0, 5.0, 5.0, 215.0, 31.0, 31.0, 61.0, 31.0])
    machine.tidy_up()
    machine.activate()
    machine.resume()
    machine.live([3, 1, 3, 2], 429, [5.0, 215.0, 31.0, 5.0, 5.0, 0.5, 0.5, 215.0])
    machine.tidy_up()
    machine.it_stands_as_expected()
    machine.teardown()


def test_one_that_is_disabled_and_activated_in_the_same_moment_starts_afresh() -> None:
    """The machine found it: the dispatcher had looked between, and saw nobody's touch.

    The failures from before counted on, and two more parked it.
    """
    machine = EndpointMachine()
    machine.live([1, 2, 3], 500, [0.5])
    machine.disable()
    machine.tidy_up()
    machine.activate()
    machine.resume()
    machine.tidy_up()
    machine.it_stands_as_expected()
    machine.teardown()
