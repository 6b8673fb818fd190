"""The outbox of every store against a tiny one of our own, in any order of events."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tests.fakes.reception import FakeReception
from tests.stores.samples import a_delivery, after_noon, an_attempt

from bitewing.model.delivery import TRANSITIONS, Claim, DeliveryState, Settlement
from bitewing.ports.outbox import Reception, Turn, Want
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

CLAIM_SECONDS = 10
STANDING = (DeliveryState.PENDING, DeliveryState.CLAIMED)
LANES = st.lists(st.integers(1, 3), max_size=2, unique=True)
ENDPOINTS = st.integers(1, 2)
SECONDS = st.integers(0, 15)


@dataclass
class Owed:
    """What we expect of one Delivery; moments in seconds after noon."""

    lanes: list[int]
    subscription: int
    endpoint: int
    due: int
    state: DeliveryState = DeliveryState.PENDING
    claimed_until: int = 0
    attempts: int = 0
    is_revoked: bool = False


class OutboxMachine(RuleBasedStateMachine):
    """Does to the store and to a list what may happen to an outbox, and compares."""

    make_receiving: Callable[[Path, Reception | None], Store]

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._reception = FakeReception(after_noon(0))
        path = Path(self._directory.name)
        self._store = type(self).make_receiving(path, self._reception)
        self._runner.run(self._store.open())
        self._owed: list[Owed] = []
        self._claims: dict[int, Claim] = {}
        self._now = 0

    def teardown(self) -> None:
        """Let the rest go out: nothing may be left behind."""
        self._now += 1000
        self._write(lambda t: t.outbox.rescue(after_noon(self._now)))
        wants = [Want(number, is_retry, 5) for number in (1, 2) for is_retry in (False, True)]
        while claimed := [index for want in wants for index in self._claim_in_store(want)]:
            for index in claimed:
                self._settle_in_store(index, DeliveryState.DELIVERED, 0, is_known=True)
        outstanding = self._read(lambda t: sum(map(t.outbox.outstanding, (1, 2))))
        self._runner.run(self._store.close())
        self._runner.close()
        self._directory.cleanup()

        assert outstanding == 0

    @rule(
        several=st.lists(LANES, max_size=4),
        subscription=st.integers(1, 2),
        endpoint=ENDPOINTS,
        delay=SECONDS,
        is_open=st.booleans(),
    )
    def add(
        self,
        several: list[list[int]],
        subscription: int,
        endpoint: int,
        delay: int,
        is_open: bool,  # noqa: FBT001
    ) -> None:
        """Some are taken over by the reception, which knows no delay."""
        first, due = len(self._owed), self._now + delay
        deliveries = [
            a_delivery(
                f"d{index}", lanes=lanes, due=due, subscription=subscription, endpoint=endpoint
            )
            for index, lanes in enumerate(several, first)
        ]
        self._reception.until = after_noon(self._now + CLAIM_SECONDS)
        self._reception.endpoints = frozenset({1, 2} if is_open else ())
        self._write(lambda t: t.outbox.add(deliveries))
        self._owed += [Owed(lanes, subscription, endpoint, due) for lanes in several]
        expected = [index for index in self._heads() if index >= first and is_open]
        for index in expected:
            self._owed[index].state = DeliveryState.CLAIMED
            self._owed[index].claimed_until = self._now + CLAIM_SECONDS
        arrived = {int(claim.delivery.id[1:]): claim for claim in self._reception.arrived}
        self._reception.arrived.clear()
        self._claims |= arrived

        assert list(arrived) == expected

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self._now += seconds

    @rule(endpoint=ENDPOINTS, is_retry=st.booleans(), limit=st.integers(1, 4))
    def claim(self, endpoint: int, is_retry: bool, limit: int) -> None:  # noqa: FBT001
        want = Want(endpoint, is_retry, limit)
        expected = self._claimable(want)
        claimed = self._claim_in_store(want)
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
        is_known=st.booleans(),
    )
    def settle(self, pick: int, state: DeliveryState, delay: int, is_known: bool) -> None:  # noqa: FBT001
        """Mostly what is claimed; now and then what was rescued or has ended.

        The claim is told or not; it may be one that ran out long ago.
        """
        if not self._owed:
            return
        claimed = [i for i, owed in enumerate(self._owed) if owed.state is DeliveryState.CLAIMED]
        among = claimed if claimed and pick % 4 else range(len(self._owed))
        index = among[pick % len(among)]
        owed = self._owed[index]
        is_late = owed.state is DeliveryState.PENDING and state is DeliveryState.DELIVERED
        is_moved = is_late or owed.state is DeliveryState.CLAIMED
        moved = self._settle_in_store(index, state, self._now + delay, is_known=is_known)
        if is_moved:
            is_over = owed.is_revoked and state in {DeliveryState.PENDING, DeliveryState.HELD}
            owed.state = DeliveryState.CANCELLED if is_over else state
            owed.attempts += 1
            owed.due = self._now + delay if owed.state is DeliveryState.PENDING else owed.due

        assert moved == is_moved

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

    @rule(subscription=st.integers(1, 2), limit=st.integers(1, 4))
    def cancel(self, subscription: int, limit: int) -> None:
        """Which of them go first is the store's affair."""
        waiting = [
            index
            for index, owed in enumerate(self._owed)
            if owed.subscription == subscription
            and owed.state in {DeliveryState.PENDING, DeliveryState.HELD}
        ]
        cancelled = self._write(lambda t: t.outbox.cancel(subscription, limit))
        states = self._read(lambda t: [t.outbox.get(f"d{index}") for index in waiting])
        gone = 0
        for index, delivery in zip(waiting, states, strict=True):
            if delivery is not None and delivery.state is DeliveryState.CANCELLED:
                self._owed[index].state = DeliveryState.CANCELLED
                gone += 1
        for owed in self._owed:
            if owed.subscription == subscription and owed.state is DeliveryState.CLAIMED:
                owed.is_revoked = True

        assert cancelled == gone == min(limit, len(waiting))

    @rule(endpoint=ENDPOINTS, limit=st.integers(1, 4))
    def hold(self, endpoint: int, limit: int) -> None:
        """Which of those that may go are held first is the store's affair."""
        may_go = [i for i in self._heads() if self._owed[i].endpoint == endpoint]
        held = self._write(lambda t: t.outbox.hold(endpoint, limit))
        states = self._read(lambda t: [t.outbox.get(f"d{index}") for index in may_go])
        for index, delivery in zip(may_go, states, strict=True):
            if delivery is not None and delivery.state is DeliveryState.HELD:
                self._owed[index].state = DeliveryState.HELD
                held -= 1

        assert held == 0

    @rule(several=st.lists(LANES, max_size=2), pick=st.integers(0, 99), seconds=SECONDS)
    def fail(self, several: list[list[int]], pick: int, seconds: int) -> None:
        """Do much in one piece of work that is undone: nothing has happened."""
        self._reception.endpoints = frozenset({1, 2})
        added = [a_delivery(f"lost{n}", lanes=lanes) for n, lanes in enumerate(several)]
        ids = [f"d{index}" for index in range(len(self._owed))]

        def work(tx: Transaction) -> None:
            tx.outbox.add(added)
            tx.outbox.settle(self._everything_taken(pick))
            tx.outbox.rescue(after_noon(self._now + seconds))
            tx.outbox.cancel(1 + pick % 2, 2)
            tx.outbox.give_back(ids[: pick % (len(ids) + 1)])
            tx.outbox.add([one._replace(id=f"{one.id} too") for one in added])
            raise ValueError("undone")

        with pytest.raises(ValueError, match="undone"):
            self._write(work)

        assert self._reception.arrived == []

    def _everything_taken(self, pick: int) -> list[Settlement]:
        """Give what settles some of all that was ever claimed."""
        return [
            Settlement(an_attempt(f"d{index}"), DeliveryState.DELIVERED, claim=claim)
            for index, claim in self._claims.items()
            if (index + pick) % 3
        ]

    @invariant()
    def the_store_knows_the_same(self) -> None:
        """State, tries and turn of every Delivery, and what is counted about them."""
        found = self._read(
            lambda t: [
                (delivery.state, delivery.attempts, delivery.due_at)
                for delivery in reversed(t.outbox.recent(1000))
            ]
        )
        tally, turns = self._read(lambda t: (t.outbox.tally(), t.outbox.turns()))
        expected: dict[tuple[int, bool], int] = {}
        for owed in [self._owed[index] for index in self._heads()]:
            turn = (owed.endpoint, owed.attempts > 0)
            expected[turn] = min(owed.due, expected.get(turn, owed.due))

        assert found == [(o.state, o.attempts, after_noon(o.due)) for o in self._owed]
        assert sum(tally.values()) == len(self._owed)
        assert all(
            count == sum(owed.state is state for owed in self._owed)
            for state, count in tally.items()
        )
        assert turns == [
            Turn(*turn, due_at=after_noon(due)) for turn, due in sorted(expected.items())
        ]

    def _heads(self) -> list[int]:
        """Give the pending ones before which nothing in their lane is unsettled."""
        taken: set[int] = set()
        heads = []
        for index, owed in enumerate(self._owed):
            if owed.state not in STANDING:
                continue
            if owed.state is DeliveryState.PENDING and not taken & set(owed.lanes):
                heads.append(index)
            taken |= set(owed.lanes)
        return heads

    def _claimable(self, want: Want) -> list[int]:
        due = [
            index
            for index in self._heads()
            if self._owed[index].due <= self._now
            and self._owed[index].endpoint == want.endpoint
            and (self._owed[index].attempts > 0) == want.is_retry
        ]
        return sorted(due, key=lambda index: (self._owed[index].due, index))[: want.limit]

    def _claim_in_store(self, want: Want) -> list[int]:
        now, until = after_noon(self._now), after_noon(self._now + CLAIM_SECONDS)
        claimed = self._write(lambda t: t.outbox.claim(now, until, want))
        found = {int(claim.delivery.id[1:]): claim for claim in claimed}
        self._claims |= found
        return list(found)

    def _settle_in_store(
        self, index: int, state: DeliveryState, due: int, *, is_known: bool
    ) -> bool:
        due_at = after_noon(due) if state is DeliveryState.PENDING else None
        claim = self._claims.get(index) if is_known else None
        settlement = Settlement(an_attempt(f"d{index}"), state, due_at, claim=claim)
        return bool(self._write(lambda t: t.outbox.settle([settlement])))

    def _write(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.write(work))

    def _read(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.read(work))


def test_whatever_happens_no_delivery_is_lost_or_overtaken(
    make_receiving: Callable[[Path, Reception | None], Store],
) -> None:
    """Adding, claiming, settling, rescuing and cancelling in any order keep every promise."""
    machine = type("Machine", (OutboxMachine,), {"make_receiving": staticmethod(make_receiving)})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
