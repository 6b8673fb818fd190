"""The pruner: forgets ended Deliveries and old Changes, a few at a time."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bitewing.model.subscription import THREE_DAYS, Subscription
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store, Transaction

BATCH = 500
"""Never an unbounded statement."""

SHORTEST = THREE_DAYS + timedelta(days=1)
"""Changes are kept at least so long: three days reach back what receivers are sent."""

_SECONDS, _MORE_SECONDS = 60.0, 0.5


@dataclass(frozen=True, slots=True)
class Kept:
    """How long things can be looked at.

    Attributes:
        deliveries: an ended Delivery with its body and its Attempts, from when it was made.
        changes: a Change with its images, from when it was noticed; not below ``SHORTEST``.
    """

    deliveries: timedelta = timedelta(days=30)
    changes: timedelta = timedelta(days=30)


class Pruner:
    """The worker that keeps the store from growing for ever.

    What waits or is held is never forgotten, however old it is.
    """

    name = "pruner"

    def __init__(self, store: Store, *, clock: Clock, kept: Kept) -> None:
        self._store = store
        self._clock = clock
        self._kept = kept

    async def step(self) -> float:
        """Forget one batch of each; give the seconds to pause."""
        now = self._clock.now()
        made, noticed = now - self._kept.deliveries, now - max(self._kept.changes, SHORTEST)
        pruned = await self._store.write(lambda tx: tx.outbox.prune(made, BATCH))
        is_more = pruned == BATCH
        for source in await self._store.read(lambda tx: _aged(tx, noticed)):
            is_more |= await self._store.write(lambda tx, at=source: _forget(tx, at, noticed))  # type: ignore[misc]
        return _MORE_SECONDS if is_more else _SECONDS


def _aged(tx: Transaction, before: datetime) -> list[str]:
    """Give the Sources with Changes that old, so that nothing is written for the others."""
    return [source for source in tx.changes.sources() if tx.changes.aged(source, before, 1)]


def _forget(tx: Transaction, source: str, before: datetime) -> bool:
    """Forget a batch of a Source's Changes; tell whether there may be more."""
    earliest = tx.changes.earliest(source)
    aged = tx.changes.aged(source, before, BATCH)
    wishes = [one for one in tx.subscriptions.all() if one.source == source and one.watch]
    # A window under way has counted what it holds; it ends, or is composed anew.
    up_to = min([aged, *(_after(one) for one in wishes if _is_under_way(one, before))])
    if up_to < earliest:
        return False
    for wish in wishes:
        if _after(wish) < up_to:
            tx.subscriptions.put(_passed(tx, wish, up_to))
    tx.changes.forget(source, up_to)
    return up_to == aged and aged - earliest + 1 >= BATCH


def _is_under_way(wish: Subscription, before: datetime) -> bool:
    """Tell whether it has a window that was opened since then (our clock).

    An older one is not waited for: its Endpoint is paused, or takes page upon page for weeks.
    """
    opened_at = wish.last_sent_at
    return wish.window is not None and opened_at is not None and opened_at >= before


def _after(wish: Subscription) -> int:
    """Give the number of the last Change that it no longer needs."""
    return wish.first_change if wish.bookmark.after is None else wish.bookmark.after


def _passed(tx: Transaction, wish: Subscription, up_to: int) -> Subscription:
    """What is older than three days is never sent (Open Dental); so it is given up here already.

    A Subscription whose window has not come or not ended for so long (its end has passed, its
    start lies ahead, its Endpoint is paused) would otherwise keep all Changes for ever. A page
    that still waits goes out when it may, and is settled without its window.
    """
    missed = tx.changes.count(wish.source, wish.watch, after=_after(wish), up_to=up_to, before=None)
    passed = replace(wish, expired=wish.expired + missed, window=None)
    if wish.bookmark.after is None:
        return replace(passed, first_change=up_to)
    return replace(passed, bookmark=replace(wish.bookmark, after=up_to))
