"""Judging: what one Outcome means for its Delivery and its Endpoint. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from bitewing.model.delivery import Attempt, Delivery, DeliveryState, Outcome, Settlement
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint, EndpointState

GONE = 410
"""The receiver says that it will never be there again (RFC 9110, 15.5.11)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a Delivery and of its Endpoint (None if that was removed meanwhile)."""

    settlement: Settlement
    endpoint: Endpoint | None


def judge(
    delivery: Delivery,
    attempt: Attempt,
    *,
    endpoint: Endpoint | None,
    schedule: RetrySchedule | None,
    ended_at: datetime,
) -> Verdict:
    """Decide. ``endpoint`` is as it stands; ``ended_at`` when the Outcome was known (our clock)."""
    outcome = attempt.outcome
    if outcome.is_acknowledged:
        return Verdict(Settlement(attempt, DeliveryState.DELIVERED), _recovered(endpoint))
    if schedule is None or endpoint is None:
        # Without a schedule it is composed anew; its bytes would only fill the disk.
        over = Settlement(attempt, DeliveryState.EXHAUSTED, keeps_body=schedule is not None)
        return Verdict(over, endpoint and _failing(endpoint, attempt))
    first_tried_at = delivery.first_tried_at or attempt.started_at
    due_at, delay = _next_try(schedule, delivery, attempt, ended_at)
    failing = _failing(endpoint, attempt)
    if not schedule.disables:
        return Verdict(_unacknowledged(attempt, failing, due_at, delay), failing)
    if outcome.status == GONE:
        failing = _disabled(failing, "The receiver answered 410: it is gone for good.")
    elif due_at is None:
        failing = _given_up(failing, first_tried_at, outcome)
    return Verdict(_unacknowledged(attempt, failing, due_at, delay), failing)


def _next_try(
    schedule: RetrySchedule, delivery: Delivery, attempt: Attempt, ended_at: datetime
) -> tuple[datetime | None, timedelta]:
    """Give when to try again, if ever, and by how much later the first Attempt counts as begun."""
    first_tried_at = delivery.first_tried_at
    was_due = attempt.started_at if first_tried_at is None else delivery.due_at
    # A clock that has been set back does not bring a moment twice.
    ended_at = max(ended_at, was_due)
    next_at = partial(schedule.next_at, ended_at=ended_at, retry_after=attempt.outcome.retry_after)
    due_at = next_at(first_tried_at=first_tried_at or was_due)
    if due_at is not None:
        return due_at, timedelta(0)
    # Where it was not tried in time, or the program stood still while it was under way, that is
    # not the receiver's fault, and the retries that it has not had are still to come.
    delay = ended_at - was_due
    return next_at(first_tried_at=(first_tried_at or was_due) + delay), delay


def _unacknowledged(
    attempt: Attempt, endpoint: Endpoint, due_at: datetime | None, delay: timedelta
) -> Settlement:
    if due_at is None:
        return Settlement(attempt, DeliveryState.EXHAUSTED)
    if endpoint.state is EndpointState.DISABLED:
        return Settlement(attempt, DeliveryState.HELD)
    return Settlement(attempt, DeliveryState.PENDING, due_at, delay=delay)


def reason(outcome: Outcome) -> str:
    """Say in plain words why a receiver has not taken a Message."""
    if outcome.status is not None:
        return f"The receiver answered {outcome.status}; only 2xx acknowledges."
    return outcome.detail or outcome.kind.value


def _recovered(endpoint: Endpoint | None) -> Endpoint | None:
    if endpoint is None or (endpoint.failing_since is None and endpoint.parked_until is None):
        return endpoint
    return replace(endpoint, failing_since=None, parked_until=None)


def _failing(endpoint: Endpoint, attempt: Attempt) -> Endpoint:
    since = endpoint.failing_since
    if since is not None and since <= attempt.started_at:  # else our clock has been set back
        return endpoint
    return replace(endpoint, failing_since=attempt.started_at)


def _disabled(endpoint: Endpoint, why: str) -> Endpoint:
    if endpoint.state is EndpointState.DISABLED:
        return endpoint
    return replace(endpoint, state=EndpointState.DISABLED, reason=why)


def _given_up(endpoint: Endpoint, first_tried_at: datetime, outcome: Outcome) -> Endpoint:
    """Disable an Endpoint that has taken nothing since the first Attempt of what was given up."""
    if endpoint.failing_since is None or endpoint.failing_since > first_tried_at:
        return endpoint
    since = endpoint.failing_since.isoformat(timespec="seconds")
    return _disabled(
        endpoint, f"It has taken nothing since {since}, retries included. {reason(outcome)}"
    )
