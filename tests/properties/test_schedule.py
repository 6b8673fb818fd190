"""Whatever happens to a receiver and to our clock: each retry has its moment, and none is lost."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from tests.stores.samples import NOON, a_delivery, an_endpoint

from bitewing.engine.delivery.judging import GONE, judge
from bitewing.model.delivery import (
    Attempt,
    Delivery,
    DeliveryState,
    Outcome,
    OutcomeKind,
    Settlement,
)
from bitewing.model.retry import LONGEST_RETRY_AFTER, TEN_IN_TWO_DAYS
from bitewing.model.subscription import EndpointState

ACTIVE, DISABLED = EndpointState.ACTIVE, EndpointState.DISABLED
OFFSETS = TEN_IN_TWO_DAYS.offsets
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
NONE = timedelta(0)
TAKEN = Outcome(OutcomeKind.ANSWERED, 204)


def asking(status: int, wait: timedelta) -> Outcome:
    return Outcome(OutcomeKind.ANSWERED, status, retry_after=wait)


REFUSALS = [
    Outcome(OutcomeKind.ANSWERED, 500),
    Outcome(OutcomeKind.ANSWERED, 302),
    Outcome(OutcomeKind.TIMED_OUT),
    Outcome(OutcomeKind.REFUSED),
    asking(429, NONE),
    asking(429, 100 * SECOND),
    asking(503, 7 * HOUR),
    asking(503, 90 * DAY),
]
REFUSAL = st.sampled_from(REFUSALS)
OUTCOME = st.sampled_from([*REFUSALS, TAKEN, TAKEN, Outcome(OutcomeKind.ANSWERED, GONE)])
PICK = st.integers(0, 5)
TOOK = st.sampled_from([0.01, 0.2, 15.0, 60.0]).map(lambda seconds: seconds * SECOND)
STANDSTILL = st.sampled_from([NONE, NONE, NONE, NONE, 45 * SECOND, HOUR, DAY, 4 * DAY])
STEP = st.sampled_from([NONE, NONE, NONE, NONE, -SECOND, -HOUR, -3 * DAY, HOUR, 3 * DAY])


@dataclass(eq=False)
class Owed:
    """A Delivery, and what a machine knows of its retries.

    Attributes:
        tries: Attempts settled or under way since its retries are counted.
        began: the place of the first of them among all Attempts.
        failed: the place of the last Attempt that had begun when the first of them had failed.
        is_undisturbed: nobody has taken anything and no person has acted since ``began``.
        is_outlived: something that began after ``failed`` was taken, when nothing from before
            ``began`` was under way, and its first Attempt does not count as begun later since.
        is_clear: the clock has not been set back since ``began``.
    """

    delivery: Delivery
    tries: int = 0
    began: int = 0
    failed: int | None = None
    is_undisturbed: bool = False
    is_outlived: bool = False
    is_clear: bool = True


@dataclass(eq=False)
class Exchange:
    """An Attempt under way, and its place among all Attempts."""

    owed: Owed
    started_at: datetime
    place: int


class ScheduleMachine(RuleBasedStateMachine):
    """Deliveries to one Endpoint by NexHealth's schedule; moments are given, nothing is stored.

    What the store does with a Settlement is done here by ``_settle``.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = NOON
        self._endpoint = an_endpoint(id=1)
        self._owed: list[Owed] = []
        self._under_way: list[Exchange] = []
        self._places = self._names = 0

    # What the world does.

    @rule()
    @precondition(lambda machine: len(machine._owed) < 6)
    def owe(self) -> None:
        self._names += 1
        made = a_delivery(f"d{self._names}")._replace(created_at=self._now, due_at=self._now)
        self._owed.append(Owed(made))

    @rule(pick=PICK, late=STANDSTILL, step=STEP)
    def begin(self, pick: int, late: timedelta, step: timedelta) -> None:
        """One is claimed when it is due or later; it goes out; in between the clock is set."""
        waiting = [one for one in self._owed if one.delivery.state is DeliveryState.PENDING]
        if not waiting or self._endpoint.state is not ACTIVE:
            return
        owed = waiting[pick % len(waiting)]
        self._now = max(self._now, owed.delivery.due_at) + late
        self._set_clock(step)
        self._places += 1
        if owed.tries == 0:
            owed.began, owed.failed = self._places, None
            owed.is_undisturbed, owed.is_outlived, owed.is_clear = True, False, True
        owed.tries += 1
        owed.delivery = owed.delivery._replace(state=DeliveryState.CLAIMED)
        self._under_way.append(Exchange(owed, self._now, self._places))

    @rule(pick=PICK, outcome=OUTCOME, took=TOOK, still=STANDSTILL, step=STEP)
    def end(
        self, pick: int, outcome: Outcome, took: timedelta, still: timedelta, step: timedelta
    ) -> None:
        """An exchange ends; meanwhile the machine may have slept, and its clock have been set."""
        if not self._under_way:
            return
        exchange = self._under_way.pop(pick % len(self._under_way))
        self._now += took + still
        self._set_clock(step)
        attempt = Attempt("d", exchange.place, exchange.started_at, outcome)
        verdict = judge(
            exchange.owed.delivery,
            attempt,
            endpoint=self._endpoint,
            schedule=TEN_IN_TWO_DAYS,
            ended_at=self._now,
        )
        assert verdict.endpoint is not None
        was_active = self._endpoint.state is ACTIVE
        self._endpoint = verdict.endpoint
        if outcome.is_acknowledged:
            self._take(exchange, verdict.settlement)
        else:
            self._check_retry(exchange, verdict.settlement)
            self._check_endpoint(exchange, verdict.settlement, was_active=was_active)
            self._settle(exchange.owed, verdict.settlement)
            if exchange.owed.failed is None:
                exchange.owed.failed = self._places
        self._owed = [
            one
            for one in self._owed
            if one.delivery.state not in (DeliveryState.DELIVERED, DeliveryState.EXHAUSTED)
        ]

    @rule(pick=PICK, times=st.integers(1, 11), outcome=REFUSAL, took=TOOK, still=STANDSTILL)
    def refuse(
        self, pick: int, times: int, outcome: Outcome, took: timedelta, still: timedelta
    ) -> None:
        """A receiver refuses again and again; before the last one we stand still for a while."""
        for number in range(times):
            self.begin(pick, still if number == times - 1 else NONE, NONE)
            self.end(-1, outcome, took, NONE, NONE)

    @rule(outcome=REFUSAL, took=TOOK)
    @precondition(lambda machine: len(machine._owed) < 5)
    def refuse_one_alone(self, outcome: Outcome, took: timedelta) -> None:
        """A new one is refused ten times; another is taken after the first of them."""
        self.owe()
        self.refuse(-1, 1, outcome, took, NONE)
        self.owe()
        self.begin(-1, NONE, NONE)
        self.end(-1, TAKEN, took, NONE, NONE)
        self.refuse(-1, 9, outcome, took, NONE)

    @rule(still=STANDSTILL)
    def stand_still(self, still: timedelta) -> None:
        self._now += still

    @rule(step=STEP)
    def set_clock(self, step: timedelta) -> None:
        self._set_clock(step)

    def _set_clock(self, step: timedelta) -> None:
        self._now += step
        if step < NONE:
            for one in self._owed:
                one.is_clear = False

    # What a person does.

    @rule()
    @precondition(lambda machine: machine._endpoint.state is DISABLED)
    def activate(self) -> None:
        """What waited when it was disabled is held; new ones are trusted."""
        for one in self._owed:
            one.is_undisturbed = False
            if one.delivery.state is DeliveryState.PENDING:
                one.delivery = one.delivery._replace(state=DeliveryState.HELD)
        self._endpoint = replace(
            self._endpoint, state=ACTIVE, reason="", failing_since=None, parked_until=None
        )

    @rule()
    def resume(self) -> None:
        """What is held is tried at once, and has all of its retries."""
        for one in self._owed:
            if one.delivery.state is DeliveryState.HELD and self._endpoint.state is ACTIVE:
                one.tries = 0
                one.delivery = one.delivery._replace(
                    state=DeliveryState.PENDING,
                    due_at=self._now,
                    first_tried_at=None,
                )

    # What must hold.

    def _take(self, exchange: Exchange, settlement: Settlement) -> None:
        """It is delivered; nothing is remembered against the Endpoint."""
        assert settlement.state is DeliveryState.DELIVERED
        assert self._endpoint.failing_since is self._endpoint.parked_until is None
        self._settle(exchange.owed, settlement)
        oldest = min((one.place for one in self._under_way), default=self._places + 1)
        for one in self._owed:
            one.is_undisturbed = False
            if one.failed is not None and exchange.place > one.failed and oldest > one.began:
                one.is_outlived = True

    def _check_retry(self, exchange: Exchange, settlement: Settlement) -> None:
        """The next one is at a moment of the schedule, or as late as was asked for."""
        owed, delivery = exchange.owed, exchange.owed.delivery
        first = (delivery.first_tried_at or exchange.started_at) + settlement.delay
        was_due = delivery.due_at if delivery.first_tried_at else exchange.started_at
        wait = settlement.attempt.outcome.retry_after
        moments = [first + offset for offset in OFFSETS]

        assert owed.tries <= 1 + len(OFFSETS)
        if settlement.state is DeliveryState.EXHAUSTED:
            assert was_due >= moments[-1], "retries that it has not had were taken away"
            return
        assert NONE <= settlement.delay <= max(NONE, self._now - was_due)
        if settlement.state is DeliveryState.HELD:
            assert self._endpoint.state is DISABLED
            return
        due_at, ended_at = settlement.due_at, max(self._now, was_due)
        following = next(moment for moment in moments if moment > ended_at)
        assert due_at is not None
        assert due_at >= moments[owed.tries - 1], "earlier than the schedule has it"
        if wait is None:
            assert due_at == following
        else:
            wait = min(wait, LONGEST_RETRY_AFTER)
            assert due_at >= self._now + wait
            assert due_at == max(following, ended_at + wait)

    def _check_endpoint(
        self, exchange: Exchange, settlement: Settlement, *, was_active: bool
    ) -> None:
        """It is disabled when it says so, or when nothing was taken through all the retries."""
        owed, is_disabled = exchange.owed, self._endpoint.state is DISABLED
        is_exhausted = settlement.state is DeliveryState.EXHAUSTED

        assert self._endpoint.failing_since is not None
        assert self._endpoint.failing_since <= exchange.started_at
        assert (self._endpoint.reason != "") == is_disabled
        if settlement.attempt.outcome.status == GONE or not was_active:
            assert is_disabled
        elif is_disabled:
            assert is_exhausted
            assert not (owed.is_outlived and owed.is_clear)
        else:
            assert not (is_exhausted and owed.is_undisturbed)

    def _settle(self, owed: Owed, settlement: Settlement) -> None:
        """Do what the store does."""
        delivery = owed.delivery
        owed.is_outlived = owed.is_outlived and not settlement.delay
        owed.delivery = delivery._replace(
            state=settlement.state,
            due_at=settlement.due_at or delivery.due_at,
            attempts=delivery.attempts + 1,
            first_tried_at=(delivery.first_tried_at or settlement.attempt.started_at)
            + settlement.delay,
        )


TestSchedule = ScheduleMachine.TestCase
TestSchedule.settings = settings(
    max_examples=150,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
