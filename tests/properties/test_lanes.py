"""Whoever is owed whatever: lanes keep their order, nobody hogs, and nobody waits for ever."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from tests.engine.flow import OWNER, Flow
from tests.fakes.sender import TAKEN, Ending, FakeSender, Message, OnEnd, answered
from tests.stores.samples import a_delivery

from bitewing.engine.delivery.breaker import TRIP
from bitewing.engine.delivery.courier import Courier
from bitewing.engine.delivery.dispatcher import Dispatcher
from bitewing.engine.delivery.reception import Reception
from bitewing.engine.delivery.traffic import SLOWEST
from bitewing.engine.operations.endpoints import EndpointDesk, new_endpoint
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import Delivery, DeliveryState, Outcome, OutcomeKind
from bitewing.model.lanes import lane_of
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.ports.sender import OnEnds
from bitewing.signing.standard import StandardSigner
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
CAPACITY = 4
RETRIES = RetrySchedule(tuple(timedelta(seconds=at) for at in (1, 3, 40, 100, 400)), disables=False)
PRACTICES: list[dict[str, Any]] = [
    {"institution": "a", "concurrency": 3},
    {"institution": "a", "concurrency": 8},
    {"institution": "a", "is_ordered": True},
    {"institution": "b", "concurrency": 1},
    {"institution": "c", "concurrency": 2, "per_second": 2.0},
]
PLACES = st.integers(0, len(PRACTICES) - 1)
LANES = st.sampled_from([(), (), (1,), (2,), (1, 2)])
ON_ITS_WAY = (DeliveryState.PENDING, DeliveryState.CLAIMED)
TIMED_OUT = Outcome(OutcomeKind.TIMED_OUT)
OUTCOMES = st.sampled_from(
    [TAKEN, TAKEN, TAKEN, TAKEN, answered(500), answered(500), answered(429), TIMED_OUT]
)
LONGEST_SECONDS = 60
_STILL_GOOD = SLOWEST + timedelta(seconds=1)
_LONG_AFTER = datetime.max.replace(tzinfo=UTC)


@dataclass
class Place:
    """What we expect of one Endpoint (decision 15: pace, breaker, rest, fair turns).

    Attributes:
        pace: exchanges that it may have at once.
        failures: Attempts failed in a row.
        rests_until: nothing begins before (monotonic seconds).
        oldest_claim: until when what waits in memory is claimed, the earliest of it.
        in_memory: whether retries, and whether first tries, waited to be sent when last seen.
        in_a_row: exchanges begun of the same kind while the other one waited.
    """

    endpoint: Endpoint
    pace: float
    failures: int = 0
    rests_until: float = 0.0
    is_open: bool = True
    is_removed: bool = False
    under_way: int = 0
    oldest_claim: datetime = _LONG_AFTER
    in_memory: set[bool] = field(default_factory=set)
    in_a_row: int = 0
    was_retry: bool | None = None

    @property
    def is_parked(self) -> bool:
        return self.failures >= TRIP

    def fares(self, outcome: Outcome, monotonic: float) -> None:
        """Learn from an exchange that has ended."""
        self.under_way -= 1
        if outcome.is_acknowledged:
            self.failures = 0
            self.pace = min(self.pace + 1, self.endpoint.concurrency)
            return
        self.failures += 1
        self.pace = max(1.0, self.pace / 2)
        if outcome.status == 429:  # RFC 6585, 4
            self.rests_until = max(self.rests_until, monotonic + 1)


@dataclass(eq=False)
class Exchange:
    """An exchange that a test ends."""

    delivery: str
    place: Place
    on_end: Ending
    began_at: float
    is_doubtful: bool


class Receivers(FakeSender):
    """Tells the machine what begins."""

    def __init__(self, machine: "LanesMachine") -> None:
        super().__init__()
        self._machine = machine

    def post_one(self, message: Message, on_end: OnEnd) -> None:
        self._machine.began(message, on_end)


class LanesMachine(RuleBasedStateMachine):
    """Five Endpoints of three institutions, one dispatcher with room for four exchanges."""

    def __init__(self) -> None:
        super().__init__()
        self._directory = TemporaryDirectory()
        self._runner = asyncio.Runner()
        reception = Reception()
        path = str(Path(self._directory.name) / "store.db")
        self._store = SqliteStore(path, reception=reception)
        self._run(self._store.open())
        self._flow = flow = Flow(self._store)
        self._clock = flow.clock
        flow.dialect.retries = RETRIES
        self._dispatcher = Dispatcher(
            self._store,
            Courier(Receivers(self), {flow.dialect.name: flow.dialect}, StandardSigner()),
            clock=flow.clock,
            signals=flow.signals,
            capacity=CAPACITY,
            reception=reception,
        )
        self._desk = EndpointDesk(self._store, lambda _: None, flow.clock, flow.signals)
        self._places = [self._make(number, one) for number, one in enumerate(PRACTICES)]
        self._by_url = {place.endpoint.url: place for place in self._places}
        self._known: dict[str, Delivery] = {}
        self._made: list[Delivery] = []
        self._begun: list[str] = []
        self._under_way: list[Exchange] = []
        self._waits: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._could: set[str] = set()
        self._is_owing = False
        self._names = 0

    def _make(self, number: int, wished: dict[str, Any]) -> Place:
        made = new_endpoint(
            institution="",
            owner=OWNER,
            url=f"https://receiver.example/{number}",
            dialect=self._flow.dialect.name,
            at=self._clock.now(),
        )
        endpoint = self._run(self._desk.create(replace(made, **wished)))
        return Place(endpoint, min(2.0, endpoint.concurrency))

    def teardown(self) -> None:
        """Let all receivers take all: nothing that may go out is left behind."""
        try:
            for place in range(len(self._places)):
                self.activate(place)
            self._let_pass(400)  # every retry is due
            self._work()
            while self._under_way or self._is_owing:
                for exchange in self._under_way[:]:
                    self._end(exchange, TAKEN)
                self._let_pass(0.5)  # one more at the one that has a rate
                self._work()
            tally = self._run(self._flow.tally())

            assert not set(tally) & {DeliveryState.PENDING, DeliveryState.CLAIMED}
            assert sum(tally.values()) == len(self._made)
        finally:
            self._run(self._store.close())
            self._runner.close()
            self._directory.cleanup()

    # What the world does.

    @rule(owed=st.lists(st.tuples(PLACES, LANES), min_size=1, max_size=8))
    def owe(self, owed: list[tuple[int, tuple[int, ...]]]) -> None:
        """Some of them share lanes."""
        now = self._clock.now()
        deliveries = [
            self._delivery(number, self._places[place].endpoint, lanes, now)
            for number, (place, lanes) in enumerate(owed, self._names)
            if not self._places[place].is_removed
        ]
        self._names += len(owed)
        self._made += self._as_owed(deliveries)
        self._run(self._store.write(lambda tx: owe(tx, deliveries)))
        self._work()

    def _delivery(
        self, number: int, endpoint: Endpoint, lanes: tuple[int, ...], now: datetime
    ) -> Delivery:
        made = a_delivery(f"d{number}", endpoint=endpoint.id, subscription=endpoint.id)
        named = tuple(lane_of(endpoint.id, "Appointment", lane) for lane in lanes)
        return made._replace(lanes=named, created_at=now, due_at=now)

    def _as_owed(self, deliveries: list[Delivery]) -> list[Delivery]:
        ordered = {one.endpoint.id for one in self._places if one.endpoint.is_ordered}
        return [
            one._replace(lanes=(*one.lanes, lane_of(one.endpoint)))
            if one.endpoint in ordered
            else one
            for one in deliveries
        ]

    @rule(picks=st.lists(st.tuples(st.integers(0, 7), OUTCOMES), min_size=1, max_size=5))
    def answer(self, picks: list[tuple[int, Outcome]]) -> None:
        """Some receivers answer, one after another; the others go on hanging."""
        for pick, outcome in picks:
            if self._under_way:
                self._end(self._under_way[pick % len(self._under_way)], outcome)
                self._work()

    @rule(picks=st.lists(st.tuples(st.integers(0, 7), OUTCOMES), min_size=2, max_size=4))
    def answer_together(self, picks: list[tuple[int, Outcome]]) -> None:
        """Several answers are there at once, also of one receiver, and are told together."""
        ended: dict[OnEnds, list[tuple[Any, Outcome]]] = defaultdict(list)
        for pick, outcome in picks:
            if self._under_way:
                exchange = self._under_way[pick % len(self._under_way)]
                self._learn(exchange, outcome)
                ended[exchange.on_end.on_ends].append((exchange.on_end.token, outcome))
        for on_ends, together in ended.items():
            on_ends(together)
        self._work()

    @rule(outcome=OUTCOMES, each=st.integers(1, 2))
    def answer_all(self, outcome: Outcome, each: int) -> None:
        """Everybody is owed more, and then all that is under way ends alike."""
        self.owe([(place, ()) for place in range(len(PRACTICES))] * each)
        for exchange in self._under_way[:]:
            self._end(exchange, outcome)
        self._work()

    @rule(seconds=st.sampled_from([0.2, 0.4]))
    def answer_quickly(self, seconds: float) -> None:
        """All receivers take all, for a second or two."""
        self.owe([(place, ()) for place in range(len(PRACTICES))])
        for _ in range(3):
            for exchange in self._under_way[:]:
                self._end(exchange, TAKEN)
            self._let_pass(seconds)
            self._work()

    @rule(place=PLACES, outcome=OUTCOMES)
    def answer_alike(self, place: int, outcome: Outcome) -> None:
        """One receiver answers everything that it has, before anything is settled."""
        url = self._places[place].endpoint.url
        for exchange in [one for one in self._under_way if one.place.endpoint.url == url]:
            self._end(exchange, outcome)
        self._work()

    @rule(seconds=st.sampled_from([0.1, 0.3, 0.5, 1.0, 3.0, 31.0, 61.0]))
    def pass_time(self, seconds: float) -> None:
        """What hangs for too long is given up by the sender."""
        self._let_pass(seconds)
        latest = self._clock.monotonic() - LONGEST_SECONDS
        for exchange in [one for one in self._under_way if one.began_at <= latest]:
            self._end(exchange, TIMED_OUT)
        self._work()

    def _let_pass(self, seconds: float) -> None:
        """Time passes; what waits under an old claim must be claimed anew, and loses its turn."""
        self._clock.advance(seconds)
        for place in self._places:
            if place.oldest_claim < self._clock.now() + _STILL_GOOD:
                self._forget(place)

    # What a person does.

    @rule(place=PLACES)
    def pause(self, place: int) -> None:
        if self._places[place].is_removed:
            return
        self._let_pass(0.001)
        self._run(self._desk.pause(OWNER, self._places[place].endpoint.id, "Holidays."))
        self._places[place].is_open = False
        self._forget(self._places[place])
        self._work()

    @rule(place=PLACES)
    def activate(self, place: int) -> None:
        if not self._places[place].is_removed:
            self._activate(self._places[place])
        self._work()

    @rule(place=PLACES)
    @precondition(lambda machine: machine._may_remove)
    def remove(self, place: int) -> None:
        """What it was owed is cancelled, as what its Subscriptions were owed always is."""
        number = self._places[place].endpoint.id
        self._run(self._store.write(lambda tx: tx.outbox.cancel(number, 500)))
        self._run(self._desk.remove(OWNER, number))
        self._places[place].is_removed, self._places[place].is_open = True, False
        self._forget(self._places[place])
        self._work()

    @property
    def _may_remove(self) -> bool:
        return len(self._made) >= 10 and not any(place.is_removed for place in self._places)

    def _activate(self, place: Place) -> None:
        """It is trusted again."""
        self._let_pass(0.001)
        self._run(self._desk.activate(OWNER, place.endpoint.id))
        place.is_open = True
        if place.failures:
            place.failures, place.rests_until = 0, 0.0
            place.pace = min(2.0, place.endpoint.concurrency)

    # What must hold.

    def began(self, message: Message, on_end: OnEnd) -> None:
        """Check an exchange that the dispatcher begins."""
        place, now = self._by_url[message.url], self._clock.monotonic()
        delivery = dict(message.headers)["webhook-id"]

        assert place.is_open
        assert now >= place.rests_until, "it was to rest, or its rate is exceeded"
        assert place.under_way < place.pace, "more at once than its pace"
        self._check_turn(place, delivery)
        place.under_way += 1
        if place.endpoint.per_second is not None:
            place.rests_until = max(place.rests_until, now) + 1 / place.endpoint.per_second
        self._begun.append(delivery)
        assert isinstance(on_end, Ending)
        self._under_way.append(Exchange(delivery, place, on_end, now, place.failures > 0))
        doubtful = sum(one.is_doubtful for one in self._under_way)

        assert place.under_way <= place.endpoint.concurrency
        assert len(self._under_way) <= CAPACITY
        assert doubtful * 2 <= CAPACITY, "those that failed hold more than half"

    def _check_turn(self, place: Place, delivery: str) -> None:
        """Institutions by turns, in each its Endpoints by turns, in each its kinds by turns."""
        sides = _sides(place)
        for name, passed in self._waits.items():
            if name in self._could and name not in sides and _meets(name, sides):
                beside = next(side for side in sides if _meets(name, [side]))
                passed[beside] += 1
        for side in sides:
            self._waits.pop(side, None)
            self._could.discard(side)
        is_retry = delivery in self._known and self._known[delivery].attempts > 0
        has_other = (not is_retry) in place.in_memory
        is_again = has_other and place.was_retry is is_retry
        place.in_a_row = place.in_a_row + 1 if is_again else int(has_other)
        place.was_retry = is_retry
        place.in_memory.discard(is_retry)

        assert place.in_a_row <= 2, "retries and first tries do not go by turns"

    def _forget(self, place: Place) -> None:
        """What was known of who waits there is no longer so."""
        for side in _sides(place):
            self._waits.pop(side, None)
            self._could.discard(side)
        place.in_memory.clear()

    def _end(self, exchange: Exchange, outcome: Outcome) -> None:
        self._learn(exchange, outcome)
        exchange.on_end(outcome)

    def _learn(self, exchange: Exchange, outcome: Outcome) -> None:
        self._under_way.remove(exchange)
        exchange.place.fares(outcome, self._clock.monotonic())
        if not outcome.is_acknowledged:
            self._forget(exchange.place)

    def _work(self) -> None:
        """Let the dispatcher do what it can, and see that it has."""
        while self._run(self._dispatcher.step()) == 0:
            pass
        recent = self._run(self._store.read(lambda tx: tx.outbox.recent(len(self._made) + 1)))
        self._known = {one.id: one for one in recent}
        unsettled = [one for one in self._made if self._known[one.id].state in ON_ITS_WAY]
        self._check_lanes(unsettled)
        self._check_turns()
        self._see_who_waits(unsettled)

    def _check_lanes(self, unsettled: list[Delivery]) -> None:
        """Whatever has begun was the oldest unsettled one in each of its lanes."""
        first = _heads(unsettled)
        for one in unsettled:
            if one.id in self._begun:
                assert all(first[lane] == one.id for lane in one.lanes)
        self._begun = [one.delivery for one in self._under_way]

    def _check_turns(self) -> None:
        """Nobody who could send has been passed over twice by the same one."""
        for name, passed in self._waits.items():
            twice = [beside for beside, times in passed.items() if times > 1]
            assert not twice, f"{name} could send, and {twice} went twice"

    def _see_who_waits(self, unsettled: list[Delivery]) -> None:
        """While capacity is left over, nobody waits who may send."""
        first, busy = _heads(unsettled), {one.delivery for one in self._under_way}
        now, monotonic = self._clock.now(), self._clock.monotonic()
        ready: dict[int, list[Delivery]] = {one.endpoint.id: [] for one in self._places}
        for one in unsettled:
            is_due = self._known[one.id].due_at <= now
            if is_due and one.id not in busy and all(first[lane] == one.id for lane in one.lanes):
                ready[one.endpoint].append(self._known[one.id])
        could: set[str] = set()
        is_half_full = sum(one.is_doubtful for one in self._under_way) * 2 >= CAPACITY
        for place in self._places:
            here = ready[place.endpoint.id]
            assert not (here and place.is_removed)
            claims = [one.claimed_until for one in here if one.claimed_until is not None]
            place.oldest_claim = min(claims, default=_LONG_AFTER)
            is_good = place.oldest_claim >= now + _STILL_GOOD
            claimed = [one for one in here if one.state is DeliveryState.CLAIMED]
            place.in_memory = {one.attempts > 0 for one in claimed if is_good}
            may_send = place.is_open and monotonic >= place.rests_until
            is_free = may_send and not place.is_parked and place.under_way < place.pace
            if here and is_free and not (place.failures and is_half_full):
                assert len(self._under_way) == CAPACITY, "capacity is left over, but one waits"
                if is_good and not place.failures:
                    could.update(_sides(place))
        self._could, self._is_owing = could, any(ready.values())
        self._waits = defaultdict(Counter, {name: self._waits[name] for name in could})

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)


def _sides(place: Place) -> list[str]:
    """Give the names under which it takes turns: its institution's, and its own in there."""
    institution = place.endpoint.institution
    return [institution, f"{institution}/{place.endpoint.id}"]


def _meets(name: str, sides: list[str]) -> bool:
    """Tell whether one takes turns with one of these: institutions, or Endpoints of the same."""
    above = name.rpartition("/")[0]
    return any(side.rpartition("/")[0] == above and bool(above) == ("/" in side) for side in sides)


def _heads(unsettled: list[Delivery]) -> dict[int, str]:
    """Give the oldest of each lane."""
    heads: dict[int, str] = {}
    for one in unsettled:
        for lane in one.lanes:
            heads.setdefault(lane, one.id)
    return heads


TestLanes = LanesMachine.TestCase
TestLanes.settings = settings(
    max_examples=10,
    stateful_step_count=15,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_who_is_activated_waits_for_no_exchange_that_hangs() -> None:
    """The machine found it: what was claimed waited until one that was under way had ended."""
    machine = LanesMachine()
    machine.owe([(1, ())] * 4)
    machine.answer([(0, answered(500))])
    machine.activate(1)
    machine.teardown()
