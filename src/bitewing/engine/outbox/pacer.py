"""The pacer: opens windows when they are due and composes their pages into the outbox."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bitewing.engine import journal
from bitewing.engine.outbox import windows
from bitewing.engine.outbox.composer import compose
from bitewing.engine.outbox.owing import owe
from bitewing.engine.signals import Signals
from bitewing.model.change import watch_behind
from bitewing.model.delivery import Delivery
from bitewing.model.errors import StoreUnavailableError
from bitewing.model.subscription import Subscription, Window
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Dialect
from bitewing.ports.records import Placed
from bitewing.ports.store import Store, Transaction

IDLE_SECONDS = 1.0
"""How often an idle Subscription's start moves on at the most."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """When, with whose Dialect, and the names that Messages go out under."""

    now: datetime
    dialects: Mapping[str, Dialect]
    workstations: Mapping[str, str]


class Pacer:
    """The worker between Changes and Deliveries for Subscriptions that have a Pace."""

    name = "pacer"

    def __init__(
        self,
        store: Store,
        *,
        dialects: Mapping[str, Dialect],
        workstations: Mapping[str, str],
        clock: Clock,
        signals: Signals,
    ) -> None:
        """``workstations`` gives the name that a Source's own Messages bear."""
        self._store = store
        self._dialects = dialects
        self._workstations = workstations
        self._clock = clock
        self._signals = signals

    async def step(self) -> float:
        """Advance every Subscription as far as it is due; give the seconds to pause."""
        now = self._clock.now()
        moment = _Moment(now, self._dialects, self._workstations)
        wishes = await self._store.read(lambda tx: tx.subscriptions.all())
        paced = [wish for wish in wishes if wish.watch is not None]
        # Together, so that the store commits them together; one that fails harms no other.
        pauses = await asyncio.gather(
            *[self._advance(wish, moment) for wish in paced], return_exceptions=True
        )
        for wish, pause in zip(paced, pauses, strict=True):
            if isinstance(pause, BaseException):
                await self._postpone(wish, pause, now)
        return min([IDLE_SECONDS, *[pause for pause in pauses if isinstance(pause, float)]])

    async def _advance(self, wish: Subscription, moment: _Moment) -> float:
        due_in = (windows.due_at(wish, now=moment.now) - moment.now).total_seconds()
        if due_in > 0 and wish.window is None:
            return due_in
        work = _Advance(wish.number, moment)
        composed = await self._store.write(work)
        if composed is not None:
            journal.message_composed(delivery=composed)
            self._signals.dispatch.set()
        return IDLE_SECONDS

    async def _postpone(self, wish: Subscription, error: BaseException, now: datetime) -> None:
        """Let a Subscription that cannot be composed wait; the store's failures are everybody's."""
        if isinstance(error, StoreUnavailableError) or not isinstance(error, Exception):
            raise error
        reason = journal.named(error)
        journal.composing_failed(subscription=wish.number, error=reason)

        def work(tx: Transaction) -> None:
            standing = tx.subscriptions.get(wish.number)
            if standing is not None:
                text = f"Its next message cannot be composed: {reason}."
                tx.subscriptions.put(windows.failed(standing, reason=text, now=now))

        await self._store.write(work)


@dataclass(frozen=True, slots=True)
class _Advance:
    """One Subscription's next page, inside one transaction."""

    number: int
    moment: _Moment

    def __call__(self, tx: Transaction) -> Delivery | None:
        wish = tx.subscriptions.get(self.number)
        if wish is None or wish.watch is None or tx.outbox.outstanding(wish.number):
            return None
        cursor = tx.cursors.get(wish.source, watch_behind(wish.watch))
        if cursor is None or not cursor.first_reading_done:
            return None
        return self._go_on(tx, wish, cursor.now)

    def _go_on(self, tx: Transaction, wish: Subscription, polled_at: datetime) -> Delivery | None:
        if wish.window is not None:
            return self._continue(tx, wish, wish.window, polled_at)
        if windows.is_due(wish, now=self.moment.now, polled_at=polled_at):
            return self._open(tx, wish, self._window(tx, wish, polled_at))
        return None

    def _window(self, tx: Transaction, wish: Subscription, polled_at: datetime) -> Window:
        up_to = tx.changes.latest(wish.source)
        floor = windows.floor_of(wish, polled_at)
        after = wish.first_change if wish.bookmark.after is None else wish.bookmark.after

        def count(before: datetime | None) -> int:
            return tx.changes.count(
                wish.source, wish.watch, after=after, up_to=up_to, before=before
            )

        expired = count(floor) if up_to > after else 0
        changes = count(None) - expired if up_to > after else 0
        return Window(up_to, polled_at, floor, windows.FIRST_PLACE, changes, expired)

    def _open(self, tx: Transaction, wish: Subscription, window: Window) -> Delivery | None:
        nothing_new = not window.changes and not window.expired and wish.bookmark.since is None
        page = [] if nothing_new else self._page(tx, wish, window)
        if page:
            following = windows.opened(wish, window, place=page[-1].place, now=self.moment.now)
            return self._compose(tx, following, page)
        if window.polled_at != wish.starts_at or not nothing_new:
            tx.subscriptions.put(windows.completed(wish, window))
        return None

    def _continue(
        self, tx: Transaction, wish: Subscription, window: Window, polled_at: datetime
    ) -> Delivery | None:
        page = self._page(tx, wish, window)
        if not page:
            tx.subscriptions.put(windows.completed(wish, window))
            return None
        if windows.is_over(wish, polled_at=polled_at):
            tx.subscriptions.put(windows.ended(wish))
            return None
        return self._compose(tx, windows.continued(wish, window, page[-1].place), page)

    def _page(self, tx: Transaction, wish: Subscription, window: Window) -> list[Placed]:
        return tx.records.window(
            wish.source,
            wish.watch or "",
            bookmark=wish.bookmark,
            window=window,
            limit=self.moment.dialects[wish.dialect].page_size,
        )

    def _compose(self, tx: Transaction, wish: Subscription, page: Sequence[Placed]) -> Delivery:
        delivery = compose(
            self.moment.dialects[wish.dialect],
            wish,
            [placed.record for placed in page],
            now=self.moment.now,
            workstation=wish.workstation or self.moment.workstations.get(wish.source, ""),
            is_ordered=True,
        )
        tx.subscriptions.put(wish)
        return owe(tx, [delivery])[0]
