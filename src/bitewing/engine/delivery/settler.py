"""The settler: what Outcomes do to Deliveries, Endpoints and Subscriptions, in one transaction."""

from collections.abc import Mapping, Sequence, Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import filterfalse
from operator import attrgetter

from bitewing.engine.delivery.judging import judge, reason
from bitewing.engine.outbox import windows
from bitewing.engine.outbox.reporting import Reporter
from bitewing.model.delivery import DeliveryState, Sent, Settlement
from bitewing.model.retry import TEN_IN_TWO_DAYS, RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.ports.store import Transaction

_NOBODY: Mapping[int, datetime] = {}

endpoint_of, _is_taken = attrgetter("claim.delivery.endpoint"), attrgetter("is_taken")


@dataclass(frozen=True, slots=True)
class Turned:
    """An Endpoint that fares differently from before."""

    before: Endpoint
    after: Endpoint


@dataclass(slots=True)
class Settled:
    """What was decided: where each Delivery that was not taken was to move; who turned.

    A Delivery whose claim had run out is settled by whoever has it now.
    """

    states: dict[str, DeliveryState] = field(default_factory=dict)
    turned: list[Turned] = field(default_factory=list)


def settle(
    tx: Transaction,
    sent: Sequence[Sent],
    *,
    schedules: Mapping[str, RetrySchedule | None],
    well: AbstractSet[int] = frozenset(),
    parked: Mapping[int, datetime] = _NOBODY,
    reporter: Reporter | None = None,
) -> Settled:
    """Remember Attempts and move their Deliveries, Endpoints and Subscriptions on.

    Args:
        tx: the transaction.
        sent: in the order in which they ended.
        schedules: each Dialect's retries; one that is not configured may come back in two days.
        well: Endpoints that are known not to be failing; where they took everything, there is
            nothing to remember about them.
        parked: until when an Endpoint is parked (our clock, UTC), where that has changed.
        reporter: tells the operator.
    """
    taken, refused = list(filter(_is_taken, sent)), list(filterfalse(_is_taken, sent))
    looked_at = set(map(endpoint_of, sent)) - well | set(map(endpoint_of, refused))
    before = {number: tx.endpoints.get(number) for number in looked_at}
    fares = dict(before)
    in_doubt = [one for one in sent if endpoint_of(one) in fares] if fares else []
    judged = [_judged(one, fares, schedules) for one in in_doubt]
    settlements = [one for one in judged if one.state is not DeliveryState.DELIVERED]
    settled = Settled({one.attempt.delivery: one.state for one in settlements})
    tx.outbox.settle_taken(taken)
    moved = tx.outbox.settle(settlements) if settlements else set()
    for number, standing in before.items():
        _turn(tx, settled, standing, fares[number], parked.get(number))
        after = fares[number]
        if reporter and standing and after:
            reporter.fared(tx, standing, after, sent[-1].ended_at)
    for one in refused:
        if one.attempt.delivery in moved:
            _fail_window(tx, one, schedules)
    return settled


def _judged(
    one: Sent,
    fares: dict[int, Endpoint | None],
    schedules: Mapping[str, RetrySchedule | None],
) -> Settlement:
    """Decide about one, and note how its Endpoint fares from now on."""
    delivery = one.claim.delivery
    number = delivery.endpoint
    verdict = judge(
        delivery,
        one.attempt,
        endpoint=fares[number],
        schedule=schedules.get(delivery.dialect, TEN_IN_TWO_DAYS),
        ended_at=one.ended_at,
    )
    fares[number] = verdict.endpoint
    return verdict.settlement


def _turn(
    tx: Transaction,
    settled: Settled,
    before: Endpoint | None,
    after: Endpoint | None,
    parked_until: datetime | None,
) -> None:
    if before is None or after is None:
        return
    if parked_until is not None and after.failing_since is not None:
        after = replace(after, parked_until=parked_until)
    if after != before:
        tx.endpoints.put(after)
        settled.turned.append(Turned(before, after))


def _fail_window(tx: Transaction, one: Sent, schedules: Mapping[str, RetrySchedule | None]) -> None:
    """Without retries the window is composed anew, with the newest state of each Record.

    So Open Dental does (API Events page, "Database Event"); a UI event is over. A window that has
    been closed meanwhile is no reason not to pause.
    """
    outcome, delivery = one.attempt.outcome, one.claim.delivery
    if schedules.get(delivery.dialect, TEN_IN_TWO_DAYS) is not None:
        return
    wish = tx.subscriptions.get(delivery.subscription)
    if wish is not None and wish.watch is not None:
        tx.subscriptions.put(
            windows.failed(
                wish, reason=reason(outcome), now=one.ended_at, retry_after=outcome.retry_after
            )
        )
