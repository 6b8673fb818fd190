"""The settler: what an Outcome does to its Delivery and to the Subscription, in one transaction."""

from datetime import datetime

from bitewing.engine.outbox import windows
from bitewing.model.delivery import Attempt, Delivery, DeliveryState, Outcome
from bitewing.ports.store import Transaction


def settle(
    tx: Transaction, delivery: Delivery, attempt: Attempt, *, now: datetime
) -> DeliveryState:
    """Remember the Attempt and move the Delivery and its Subscription on.

    Open Dental's Deliveries are never tried again as they are: the window is composed anew
    with the newest state of each Record (API Events page, "Database Event"), and a UI event
    that did not arrive is over.
    """
    is_acknowledged = attempt.outcome.is_acknowledged
    state = DeliveryState.DELIVERED if is_acknowledged else DeliveryState.EXHAUSTED
    if not tx.outbox.settle(attempt, state, None):
        return state  # another worker has the Delivery by now; it settles it
    wish = tx.subscriptions.get(delivery.subscription)
    if wish is not None and wish.window is not None and not is_acknowledged:
        outcome = attempt.outcome
        tx.subscriptions.put(
            windows.failed(wish, reason=reason(outcome), now=now, retry_after=outcome.retry_after)
        )
    return state


def reason(outcome: Outcome) -> str:
    """Say in plain words why a receiver has not taken a Message."""
    if outcome.status is not None:
        return f"The receiver answered {outcome.status}; only 2xx acknowledges."
    return outcome.detail or outcome.kind.value
