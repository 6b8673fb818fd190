"""The outbox of every store against a tiny one of our own, in any order of events."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.fakes.reception import FakeReception
from tests.stores.samples import NOON, a_delivery, a_sent, after_noon, an_attempt

from bitewing.model.delivery import TRANSITIONS, Claim, DeliveryState, Sent, Settlement
from bitewing.ports.outbox import Reception, Turn, Want
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")

Answer = tuple[int, DeliveryState, int, bool]

CLAIM_SECONDS = 10
STANDING = (DeliveryState.PENDING, DeliveryState.CLAIMED)
ENDS = [state for state, following in TRANSITIONS.items() if not following]
LANES = st.lists(st.integers(1, 4), max_size=2, unique=True)
ENDPOINTS = st.integers(1, 2)
SECONDS = st.integers(0, 15)
SOME = st.sets(st.integers(0, 3), min_size=1)
ANSWERS = st.tuples(
    st.integers(0, 99),
    st.sampled_from(sorted(TRANSITIONS[DeliveryState.CLAIMED] - {DeliveryState.CANCELLED})),
    SECONDS,
    st.booleans(),
)
"""Which of them it is about, what it becomes, when it is due again, whether its claim is told."""


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
    first_tried: int | None = None
    is_revoked: bool = False
    tries: set[tuple[int, int]] = field(default_factory=set)

    @property
    def is_claimed(self) -> bool:
        return self.state is DeliveryState.CLAIMED

    def claim(self, until: int) -> None:
        self.state, self.claimed_until = DeliveryState.CLAIMED, until

    def reopen(self) -> None:
        """It is nobody's any more; what was cancelled meanwhile stays so."""
        self.state = DeliveryState.CANCELLED if self.is_revoked else DeliveryState.PENDING

    def settle(self, state: DeliveryState, *, now: int, due: int) -> None:
        is_over = self.is_revoked and state in {DeliveryState.PENDING, DeliveryState.HELD}
        self.state = DeliveryState.CANCELLED if is_over else state
        self.attempts += 1
        self.first_tried = now if self.first_tried is None else self.first_tried
        self.due = due if self.state is DeliveryState.PENDING else self.due

    def seen(self) -> tuple[object, ...]:
        """Give what a reader should find."""
        until = after_noon(self.claimed_until) if self.is_claimed else None
        tried = None if self.first_tried is None else after_noon(self.first_tried)
        return self.state, self.attempts, after_noon(self.due), until, tried


def _any(*states: DeliveryState) -> Callable[["OutboxMachine"], bool]:
    """Tell whether any Delivery stands so."""
    return lambda machine: any(owed.state in states for owed in machine._owed.values())


class OutboxMachine(RuleBasedStateMachine):
    """Does to the store and to a list what may happen to an outbox, and compares."""

    make_receiving: Callable[[Path, Reception | None], Store]

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        self._reception = FakeReception(after_noon(0))
        self._store = self._open()
        self._owed: dict[int, Owed] = {}  # in the order of their places
        self._made = 0
        self._pruned: Counter[DeliveryState] = Counter()
        self._claims: dict[int, Claim] = {}
        self._now = 0

    def teardown(self) -> None:
        """Let the rest go out: nothing may be left behind."""
        self._now += 1000
        self._write(lambda t: t.outbox.rescue(after_noon(self._now)))
        wants = [Want(number, is_retry, 5) for number in (1, 2) for is_retry in (False, True)]
        while claimed := [index for want in wants for index in self._claim_in_store(want)]:
            for index in claimed:
                self._owed[index].claim(self._now + CLAIM_SECONDS)
            self._settle([(index, DeliveryState.DELIVERED, 0, True) for index in claimed])
        outstanding = self._read(lambda t: sum(map(t.outbox.outstanding, (1, 2))))
        tries = {index: self._read(partial(_tries, index)) for index in self._owed}
        self._runner.run(self._store.close())
        self._runner.close()
        self._directory.cleanup()

        assert outstanding == 0
        assert tries == {index: sorted(owed.tries) for index, owed in self._owed.items()}

    @rule(
        several=st.lists(LANES, min_size=1, max_size=4),
        subscription=st.integers(1, 2),
        endpoint=ENDPOINTS,
        delay=SECONDS,
        is_open=st.sampled_from([False, True, True]),
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
        first, due = self._made, self._now + delay
        deliveries = [
            a_delivery(
                f"d{index}", lanes=lanes, due=due, subscription=subscription, endpoint=endpoint
            )
            for index, lanes in enumerate(several, first)
        ]
        self._reception.until = after_noon(self._now + CLAIM_SECONDS)
        self._reception.endpoints = frozenset({1, 2} if is_open else ())
        self._write(lambda t: t.outbox.add(deliveries))
        self._made += len(several)
        for index, lanes in enumerate(several, first):
            self._owed[index] = Owed(lanes, subscription, endpoint, due)
        expected = [index for index in self._heads() if index >= first and is_open]
        for index in expected:
            self._owed[index].claim(self._now + CLAIM_SECONDS)
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
            self._owed[index].claim(self._now + CLAIM_SECONDS)

        assert claimed == expected

    @precondition(lambda machine: machine._owed)
    @rule(answers=st.lists(ANSWERS, min_size=1, max_size=5), repeated=st.integers(0, 2))
    def settle(self, answers: list[Answer], repeated: int) -> None:
        """Mostly what is claimed; now and then what was rescued or has ended.

        The claim is told or not; it may be one that ran out long ago. Some are told twice.
        """
        self._settle([(self._pick(one[0]), *one[1:]) for one in answers], repeated)

    @precondition(_any(DeliveryState.CLAIMED))
    @rule(pick=st.integers(0, 2), repeated=st.integers(0, 2))
    def settle_as_taken(self, pick: int, repeated: int) -> None:
        """Many at once, as they are when all goes well; the same may be told again later."""
        taken = [i for i in self._owed if i in self._claims and (i + pick) % 3]
        self._settle([(i, DeliveryState.DELIVERED, 0, True) for i in taken], repeated)

    @precondition(_any(DeliveryState.CLAIMED))
    @rule(some=SOME)
    def give_back(self, some: set[int]) -> None:
        """Also what is not claimed at all: that stays as it is."""
        given = self._some(some)
        self._write(lambda t: t.outbox.give_back([f"d{index}" for index in given]))
        for owed in [self._owed[index] for index in given]:
            if owed.is_claimed:
                owed.reopen()

    @precondition(_any(DeliveryState.HELD))
    @rule(but=st.integers(0, 3), delay=SECONDS)
    def resume(self, but: int, delay: int) -> None:
        """They come behind all others, and are tried as if for the first time."""
        some = self._some({0, 1, 2, 3} - {but})
        held = [index for index in some if self._owed[index].state is DeliveryState.HELD]
        ids = [f"d{index}" for index in some]
        due = self._now + delay
        resumed = self._write(lambda t: t.outbox.resume(ids, after_noon(due)))
        for index in held:
            owed = self._owed[index] = self._owed.pop(index)
            owed.state, owed.due, owed.first_tried = DeliveryState.PENDING, due, None

        assert resumed == len(held)

    @precondition(_any(*ENDS, DeliveryState.CLAIMED))
    @rule(limit=st.sampled_from([1, 2, 1000]))
    def prune(self, limit: int) -> None:
        """Which go first is the store's affair; in two walks without a limit all that ended go."""
        ended = [index for index, owed in self._owed.items() if owed.state in ENDS]
        walks = 2 if limit == 1000 else 1
        pruned = sum(
            self._write(lambda t: t.outbox.prune(after_noon(1), limit)) for _ in range(walks)
        )
        kept = self._read(lambda t: [t.outbox.get(f"d{index}") for index in ended])
        gone = [index for index, one in zip(ended, kept, strict=True) if one is None]
        for index in gone:
            self._pruned[self._owed.pop(index).state] += 1
            self._claims.pop(index, None)

        assert pruned == len(gone) <= limit
        assert walks == 1 or gone == ended

    @precondition(_any(DeliveryState.CLAIMED))
    @rule()
    def open_again(self) -> None:
        """Whoever had claimed something is gone."""
        self._runner.run(self._store.close())
        self._store = self._open()
        for owed in self._owed.values():
            if owed.is_claimed:
                owed.reopen()

    @rule()
    def rescue(self) -> None:
        overdue = [
            owed
            for owed in self._owed.values()
            if owed.is_claimed and owed.claimed_until <= self._now
        ]
        rescued = self._write(lambda t: t.outbox.rescue(after_noon(self._now)))
        for owed in overdue:
            owed.reopen()

        assert rescued == sum(not owed.is_revoked for owed in overdue)

    @rule(subscription=st.integers(1, 2), limit=st.integers(1, 4))
    def cancel(self, subscription: int, limit: int) -> None:
        """Which of them go first is the store's affair."""
        waiting = [
            index
            for index, owed in self._owed.items()
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
        for owed in self._owed.values():
            if owed.subscription == subscription and owed.is_claimed:
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
        ids = [f"d{index}" for index in self._owed]

        def work(tx: Transaction) -> None:
            tx.outbox.add(added)
            tx.outbox.settle_taken(self._everything_taken(pick))
            tx.outbox.rescue(after_noon(self._now + seconds))
            tx.outbox.cancel(1 + pick % 2, 2)
            tx.outbox.give_back(ids[: pick % (len(ids) + 1)])
            tx.outbox.resume(ids, after_noon(self._now))
            tx.outbox.prune(after_noon(1), 1 + pick % 9)
            tx.outbox.add([one._replace(id=f"{one.id} too") for one in added])
            raise ValueError("undone")

        with pytest.raises(ValueError, match="undone"):
            self._write(work)

        assert self._reception.arrived == []

    def _everything_taken(self, pick: int) -> list[Sent]:
        """Give what settles some of all that was ever claimed."""
        return [a_sent(claim) for index, claim in self._claims.items() if (index + pick) % 3]

    @invariant()
    def the_store_knows_the_same(self) -> None:
        """State, tries and turn of every Delivery, and what is counted about them.

        Who writes may remember what others have to look for.
        """
        found = self._read(
            lambda t: [
                (one.state, one.attempts, one.due_at, one.claimed_until, one.first_tried_at)
                for one in reversed(t.outbox.recent(1000))
            ]
        )
        tally, turns = self._read(lambda t: (t.outbox.tally(), t.outbox.turns()))
        outstanding = [do(_outstanding) for do in (self._read, self._write)]
        expected: dict[tuple[int, bool], int] = {}
        for owed in [self._owed[index] for index in self._heads()]:
            turn = (owed.endpoint, owed.first_tried is not None)
            expected[turn] = min(owed.due, expected.get(turn, owed.due))

        states = Counter(owed.state for owed in self._owed.values()) + self._pruned
        standing = Counter(o.subscription for o in self._owed.values() if o.state in STANDING)
        assert found == [owed.seen() for owed in self._owed.values()]
        assert tally == {state: states[state] for state in DeliveryState}
        assert outstanding == [[standing[number] for number in (1, 2)]] * 2
        assert turns == [
            Turn(*turn, due_at=after_noon(due)) for turn, due in sorted(expected.items())
        ]

    def _heads(self) -> list[int]:
        """Give the pending ones before which nothing in their lane is unsettled."""
        taken: set[int] = set()
        heads = []
        for index, owed in self._owed.items():
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
            and (self._owed[index].first_tried is not None) == want.is_retry
        ]
        return sorted(due, key=lambda index: self._owed[index].due)[: want.limit]

    def _claim_in_store(self, want: Want) -> list[int]:
        now, until = after_noon(self._now), after_noon(self._now + CLAIM_SECONDS)
        claimed = self._write(lambda t: t.outbox.claim(now, until, want))
        found = {int(claim.delivery.id[1:]): claim for claim in claimed}
        self._claims |= found
        return list(found)

    def _settle(self, answers: Sequence[Answer], repeated: int = 0) -> None:
        """Settle each of them once, and tell some of it twice."""
        once = {one[0]: one[1:] for one in answers}
        taken: list[Sent] = []
        settlements: list[Settlement] = []
        expected, expected_taken = set(), 0
        for index, (state, delay, is_known) in once.items():
            owed, due = self._owed[index], self._now + delay
            attempt = an_attempt(f"d{index}", owed.attempts + 1, seconds=self._now)
            due_at = after_noon(due) if state is DeliveryState.PENDING else None
            claim = self._claims.get(index) if is_known else None
            is_taken = claim is not None and state is DeliveryState.DELIVERED
            if is_taken and claim is not None:
                taken.append(a_sent(claim, seconds=self._now))
                attempt = taken[-1].attempt
            else:
                settlements.append(Settlement(attempt, state, due_at))
            owed.tries.add((attempt.ordinal, self._now))
            is_late = owed.state is DeliveryState.PENDING and state is DeliveryState.DELIVERED
            if is_late or owed.is_claimed:
                owed.settle(state, now=self._now, due=due)
                expected_taken += is_taken
                expected |= set() if is_taken else {f"d{index}"}
        moved = self._write(lambda t: t.outbox.settle_taken(taken + taken[:repeated]))
        told = settlements + settlements[:repeated]

        assert moved == expected_taken
        assert self._write(lambda t: t.outbox.settle(told)) == expected

    def _pick(self, pick: int) -> int:
        """Give one of those that are claimed, mostly, or of all."""
        claimed = [index for index, owed in self._owed.items() if owed.is_claimed]
        among = claimed if claimed and pick % 4 else list(self._owed)
        return among[pick % len(among)]

    def _some(self, some: set[int]) -> list[int]:
        return [index for index in self._owed if index % 4 in some]

    def _open(self) -> Store:
        store = type(self).make_receiving(Path(self._directory.name), self._reception)
        self._runner.run(store.open())
        return store

    def _write(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.write(work))

    def _read(self, work: Callable[[Transaction], T]) -> T:
        return self._runner.run(self._store.read(work))


def _tries(index: int, tx: Transaction) -> list[tuple[int, int]]:
    attempts = tx.outbox.attempts(f"d{index}")
    return sorted((one.ordinal, int((one.started_at - NOON).total_seconds())) for one in attempts)


def _outstanding(tx: Transaction) -> list[int]:
    return [tx.outbox.outstanding(number) for number in (1, 2)]


def run_machine(
    kind: type[OutboxMachine],
    make_receiving: Callable[[Path, Reception | None], Store],
    *,
    examples: int,
    steps: int,
) -> None:
    """Let this happen to stores that are made so."""
    run_state_machine_as_test(
        type("Machine", (kind,), {"make_receiving": staticmethod(make_receiving)}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_whatever_happens_no_delivery_is_lost_or_overtaken(
    make_receiving: Callable[[Path, Reception | None], Store],
) -> None:
    """Everything that an outbox can do, in any order, keeps every promise."""
    run_machine(OutboxMachine, make_receiving, examples=24, steps=60)
