"""The settler: what Outcomes do to Deliveries, Endpoints and Subscriptions, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.engine.delivery.judging import Verdict, judge, reason
from bitewing.engine.outbox import windows
from bitewing.model.delivery import Attempt, Delivery, DeliveryState
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.ports.store import Transaction


@dataclass(frozen=True, slots=True)
class Sent:
    """A Delivery that was sent, what came of it, and when that was known (our clock, UTC)."""

    delivery: Delivery
    attempt: Attempt
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Turned:
    """An Endpoint that fares differently from before."""

    before: Endpoint
    after: Endpoint


@dataclass(slots=True)
class Settled:
    """What was decided: the state that each Delivery was to move to, and which Endpoints turned.

    A Delivery whose claim had run out is settled by whoever has it now.
    """

    states: dict[str, DeliveryState] = field(default_factory=dict)
    turned: list[Turned] = field(default_factory=list)


def settle(
    tx: Transaction, sent: Sequence[Sent], *, schedules: Mapping[str, RetrySchedule | None]
) -> Settled:
    """Remember Attempts and move their Deliveries, Endpoints and Subscriptions on.

    ``schedules`` gives each Dialect's retries.
    """
    settled = Settled()
    before = {number: tx.endpoints.get(number) for number in {s.delivery.endpoint for s in sent}}
    now_known = dict(before)
    verdicts: list[Verdict] = []
    for one in sent:
        number = one.delivery.endpoint
        verdict = judge(
            one.delivery,
            one.attempt,
            endpoint=now_known[number],
            schedule=schedules[one.delivery.dialect],
            ended_at=one.ended_at,
        )
        now_known[number] = verdict.endpoint
        settled.states[one.delivery.id] = verdict.settlement.state
        verdicts.append(verdict)
    moved = tx.outbox.settle([verdict.settlement for verdict in verdicts])
    for number, endpoint in now_known.items():
        standing = before[number]
        if endpoint is not None and standing is not None and endpoint != standing:
            tx.endpoints.put(endpoint)
            settled.turned.append(Turned(standing, endpoint))
    for one in sent:
        if one.delivery.id in moved and schedules[one.delivery.dialect] is None:
            _fail_window(tx, one)
    return settled


def _fail_window(tx: Transaction, one: Sent) -> None:
    """Without retries the window is composed anew, with the newest state of each Record.

    So Open Dental does (API Events page, "Database Event"); a UI event is over.
    """
    outcome = one.attempt.outcome
    if outcome.is_acknowledged:
        return
    wish = tx.subscriptions.get(one.delivery.subscription)
    if wish is not None and wish.window is not None:
        tx.subscriptions.put(
            windows.failed(
                wish, reason=reason(outcome), now=one.ended_at, retry_after=outcome.retry_after
            )
        )
