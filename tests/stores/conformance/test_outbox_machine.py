"""The outbox of every store against a tiny one of our own, in any order of events."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.stores.samples import a_delivery, after_noon, an_attempt

from bitewing.model.delivery import TRANSITIONS, DeliveryState
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

CLAIM_SECONDS = 10
UNSETTLED = (DeliveryState.PENDING, DeliveryState.CLAIMED)
LANES = st.none() | st.integers(1, 3)
SECONDS = st.integers(0, 15)


@dataclass
class Owed:
    """What we expect of one Delivery; moments in seconds after noon."""

    lane: int | None
    subscription: int
    due: int
    state: DeliveryState = DeliveryState.PENDING
    claimed_until: int = 0
    attempts: int = 0
    is_revoked: bool = False


class OutboxMachine(RuleBasedStateMachine):
    """Does to the store and to a list what may happen to an outbox, and compares."""

    make_store: Callable[[Path], Store]

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._store = type(self).make_store(Path(self._directory.name))
        self._runner.run(self._store.open())
        self._owed: list[Owed] = []
        self._now = 0

    def teardown(self) -> None:
        """Let the rest go out: nothing may be left behind."""
        self._now += 1000
        self._write(lambda t: t.outbox.rescue(after_noon(self._now)))
        while claimed := self._claim_in_store(limit=5):
            for index in claimed:
                self._settle_in_store(index, DeliveryState.DELIVERED, 0)
        outstanding = self._read(lambda t: sum(map(t.outbox.outstanding, (1, 2))))
        self._runner.run(self._store.close())
        self._runner.close()
        self._directory.cleanup()

        assert outstanding == 0

    @rule(lanes=st.lists(LANES, max_size=4), subscription=st.integers(1, 2), delay=SECONDS)
    def add(self, lanes: list[int | None], subscription: int, delay: int) -> None:
        first, due = len(self._owed), self._now + delay
        deliveries = [
            a_delivery(f"d{index}", lane=lane, due=due, subscription=subscription)
            for index, lane in enumerate(lanes, first)
        ]
        self._write(lambda t: t.outbox.add(deliveries))
        self._owed += [Owed(lane, subscription, due) for lane in lanes]

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self._now += seconds

    @rule(limit=st.integers(1, 4))
    def claim(self, limit: int) -> None:
        expected = self._claimable()[:limit]
        claimed = self._claim_in_store(limit)
        for index in expected:
            self._owed[index].state = DeliveryState.CLAIMED
            self._owed[index].claimed_until = self._now + CLAIM_SECONDS

        assert claimed == expected

    @rule(
        pick=st.integers(0, 99),
        state=st.sampled_from(
            sorted(TRANSITIONS[DeliveryState.CLAIMED] - {DeliveryState.CANCELLED})
        ),
        delay=SECONDS,
    )
    def settle(self, pick: int, state: DeliveryState, delay: int) -> None:
        """Mostly what is claimed; now and then what was rescued or has ended."""
        if not self._owed:
            return
        claimed = [i for i, owed in enumerate(self._owed) if owed.state is DeliveryState.CLAIMED]
        among = claimed if claimed and pick % 4 else range(len(self._owed))
        index = among[pick % len(among)]
        owed = self._owed[index]
        is_claimed = owed.state is DeliveryState.CLAIMED
        moved = self._settle_in_store(index, state, self._now + delay)
        if is_claimed:
            owed.state = state
            owed.attempts += 1
            owed.due = self._now + delay if state is DeliveryState.PENDING else owed.due

        assert moved == is_claimed

    @rule()
    def rescue(self) -> None:
        overdue = [
            owed
            for owed in self._owed
            if owed.state is DeliveryState.CLAIMED and owed.claimed_until <= self._now
        ]
        rescued = self._write(lambda t: t.outbox.rescue(after_noon(self._now)))
        for owed in overdue:
            revoked = owed.is_revoked
            owed.state = DeliveryState.CANCELLED if revoked else DeliveryState.PENDING

        assert rescued == sum(not owed.is_revoked for owed in overdue)

    @rule(subscription=st.integers(1, 2))
    def cancel(self, subscription: int) -> None:
        waiting = [
            owed
            for owed in self._owed
            if owed.subscription == subscription and owed.state is DeliveryState.PENDING
        ]
        cancelled = self._write(lambda t: t.outbox.cancel(subscription))
        for owed in waiting:
            owed.state = DeliveryState.CANCELLED
        for owed in self._owed:
            if owed.subscription == subscription and owed.state is DeliveryState.CLAIMED:
                owed.is_revoked = True

        assert cancelled == len(waiting)

    @invariant()
    def the_store_knows_the_same(self) -> None:
        """State, tries and turn of every Delivery, and what is counted about them."""
        found = self._read(
            lambda t: [
                (delivery.state, delivery.attempts, delivery.due_at)
                for delivery in reversed(t.outbox.recent(1000))
            ]
        )
        tally, next_due_at = self._read(lambda t: (t.outbox.tally(), t.outbox.next_due_at()))
        turns = [self._owed[index].due for index in self._heads()]

        assert found == [(o.state, o.attempts, after_noon(o.due)) for o in self._owed]
        assert sum(tally.values()) == len(self._owed)
        assert all(
            count == sum(owed.state is state for owed in self._owed)
            for state, count in tally.items()
        )
        assert next_due_at == (after_noon(min(turns)) if turns else None)

    def _heads(self) -> list[int]:
        """Give the pending ones before which nothing in their lane is unsettled."""
        taken: set[int] = set()
        heads = []
        for index, owed in enumerate(self._owed):
            if owed.state not in UNSETTLED or owed.lane in taken:
                continue
            if owed.state is DeliveryState.PENDING:
                heads.append(index)
            if owed.lane is not None:
                taken.add(owed.lane)
        return heads

    def _claimable(self) -> list[int]:
        due = [index for index in self._heads() if self._owed[index].due <= self._now]
        return sorted(due, key=lambda index: (self._owed[index].due, index))

    def _claim_in_store(self, limit: int) -> list[int]:
        now, until = after_noon(self._now), after_noon(self._now + CLAIM_SECONDS)
        claimed = self._write(lambda t: t.outbox.claim(now, until, limit))
        return [int(delivery.id[1:]) for delivery in claimed]

    def _settle_in_store(self, index: int, state: DeliveryState, due: int) -> bool:
        due_at = after_noon(due) if state is DeliveryState.PENDING else None
        attempt = an_attempt(f"d{index}")
        return self._write(lambda t: t.outbox.settle(attempt, state, due_at))

    def _write(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.write(work))

    def _read(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.read(work))


def test_whatever_happens_no_delivery_is_lost_or_overtaken(
    make_store: Callable[[Path], Store],
) -> None:
    """Adding, claiming, settling, rescuing and cancelling in any order keep every promise."""
    machine = type("Machine", (OutboxMachine,), {"make_store": staticmethod(make_store)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
