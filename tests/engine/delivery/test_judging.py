"""Judging: what one Outcome means for a Delivery and its Endpoint."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.fakes.sender import answered
from tests.stores.samples import NOON, a_delivery, after_noon, an_endpoint

from bitewing.engine.delivery.judging import Verdict, judge
from bitewing.model.delivery import Attempt, Delivery, DeliveryState, Outcome, OutcomeKind
from bitewing.model.retry import TEN_IN_TWO_DAYS, RetrySchedule
from bitewing.model.subscription import Endpoint, EndpointState

AN_ENDPOINT = an_endpoint(id=1)
TWO_DAYS = timedelta(hours=48)


def verdict_on(
    outcome: Outcome,
    *,
    delivery: Delivery | None = None,
    endpoint: Endpoint | None = AN_ENDPOINT,
    schedule: RetrySchedule | None = TEN_IN_TWO_DAYS,
    at: datetime = NOON,
    took: timedelta = timedelta(seconds=1),
) -> Verdict:
    """Judge an exchange that began at ``at`` and took so long by our clock."""
    delivery = delivery or a_delivery("a")
    attempt = Attempt("a", delivery.attempts + 1, at, outcome)
    return judge(
        delivery,
        attempt,
        endpoint=endpoint,
        schedule=schedule,
        ended_at=at + took,
    )


def test_a_clock_that_was_set_back_does_not_shorten_the_failing() -> None:
    """It fails since the earliest moment that is known; so what is given up still disables it."""
    later = replace(AN_ENDPOINT, failing_since=after_noon(3600))
    verdict = verdict_on(answered(500), endpoint=later)

    assert verdict.endpoint == replace(AN_ENDPOINT, failing_since=NOON)


def test_what_was_taken_is_delivered_and_clears_the_endpoint() -> None:
    """A success ends the failing and the parking."""
    failing = replace(AN_ENDPOINT, failing_since=after_noon(-9), parked_until=after_noon(99))
    verdict = verdict_on(answered(204), endpoint=failing)

    assert verdict.settlement.state is DeliveryState.DELIVERED
    assert verdict.endpoint == AN_ENDPOINT


@pytest.mark.parametrize("status", [302, 400, 401, 404, 429, 500, 503])
def test_every_other_answer_is_tried_again(status: int) -> None:
    """Thirty seconds after the beginning of the first Attempt; the Endpoint is failing now."""
    verdict = verdict_on(answered(status))

    assert verdict.settlement.state is DeliveryState.PENDING
    assert verdict.settlement.due_at == after_noon(30)
    assert verdict.endpoint == replace(AN_ENDPOINT, failing_since=NOON)


def test_what_the_receiver_asks_for_is_waited_for() -> None:
    """Counted from the end of the exchange."""
    verdict = verdict_on(Outcome(OutcomeKind.ANSWERED, 429, retry_after=timedelta(minutes=5)))

    assert verdict.settlement.due_at == after_noon(301)


def test_gone_disables_at_once_and_holds() -> None:
    """410: nobody waits two days; the Message is kept."""
    verdict = verdict_on(answered(410))

    assert verdict.settlement.state is DeliveryState.HELD
    assert verdict.endpoint is not None
    assert verdict.endpoint.state is EndpointState.DISABLED
    assert "410" in verdict.endpoint.reason


def last_try(failing_since: datetime | None) -> Verdict:
    """Judge a failure after two days of trying."""
    due_at = NOON + TWO_DAYS
    tried = a_delivery("a")._replace(attempts=10, first_tried_at=NOON, due_at=due_at)
    endpoint = replace(AN_ENDPOINT, failing_since=failing_since)
    return verdict_on(answered(500), delivery=tried, endpoint=endpoint, at=NOON + TWO_DAYS)


def test_two_days_without_a_success_disable_the_endpoint() -> None:
    """With the reason; the Delivery has failed, its bytes are kept for a replay."""
    verdict = last_try(failing_since=NOON)

    assert verdict.settlement.state is DeliveryState.EXHAUSTED
    assert verdict.settlement.keeps_body
    assert verdict.endpoint is not None
    assert verdict.endpoint.state is EndpointState.DISABLED
    assert "2026-03-02T12:00:00" in verdict.endpoint.reason
    assert "500" in verdict.endpoint.reason


@pytest.mark.parametrize("failing_since", [None, NOON + timedelta(seconds=1)])
def test_one_message_that_nobody_can_take_disables_nothing(failing_since: datetime | None) -> None:
    """Others have arrived since its first Attempt: the Endpoint lives."""
    verdict = last_try(failing_since)

    assert verdict.settlement.state is DeliveryState.EXHAUSTED
    assert verdict.endpoint is not None
    assert verdict.endpoint.state is EndpointState.ACTIVE


def test_what_was_not_tried_in_time_has_the_rest_of_its_retries() -> None:
    """The program stood still for three days after the third Attempt; the fourth fails."""
    tried = a_delivery("a", due=210)._replace(attempts=3, first_tried_at=NOON)
    failing = replace(AN_ENDPOINT, failing_since=NOON)
    three_days = timedelta(days=3)
    at = tried.due_at + three_days
    verdict = verdict_on(answered(500), delivery=tried, endpoint=failing, at=at)

    assert verdict.settlement.state is DeliveryState.PENDING
    assert verdict.settlement.due_at == after_noon(601) + three_days
    assert verdict.settlement.delay == three_days + timedelta(seconds=1)
    assert verdict.endpoint == failing


def test_a_machine_that_sleeps_during_an_exchange_has_all_retries_still_to_come() -> None:
    """The laptop was shut for three days just then: one failure is one failure."""
    three_days = timedelta(days=3)
    verdict = verdict_on(answered(500), took=three_days)

    assert verdict.settlement.state is DeliveryState.PENDING
    assert verdict.settlement.due_at == after_noon(30) + three_days
    assert verdict.endpoint == replace(AN_ENDPOINT, failing_since=NOON)


def test_a_clock_that_was_set_back_brings_no_retry_twice() -> None:
    """The retry of 30 s has been had when it fails, though our clock says that it is to come."""
    tried = a_delivery("a", due=30)._replace(attempts=1, first_tried_at=NOON)
    verdict = verdict_on(
        answered(500), delivery=tried, at=after_noon(30), took=timedelta(seconds=-10)
    )

    assert verdict.settlement.due_at == after_noon(90)


def test_what_fails_at_a_disabled_endpoint_is_held() -> None:
    """It was under way when the Endpoint was disabled."""
    disabled = replace(AN_ENDPOINT, state=EndpointState.DISABLED, failing_since=NOON)

    assert verdict_on(answered(500), endpoint=disabled).settlement.state is DeliveryState.HELD


def test_without_a_schedule_nothing_is_tried_again() -> None:
    """It is composed anew, so its bytes are dropped; 410 is a failure like any other."""
    verdict = verdict_on(answered(410), schedule=None)

    assert verdict.settlement.state is DeliveryState.EXHAUSTED
    assert not verdict.settlement.keeps_body
    assert verdict.endpoint == replace(AN_ENDPOINT, failing_since=NOON)


def test_a_removed_endpoint_ends_what_was_owed_to_it() -> None:
    """There is nobody left to try again."""
    verdict = verdict_on(answered(500), endpoint=None)

    assert verdict.settlement.state is DeliveryState.EXHAUSTED
    assert verdict.endpoint is None
