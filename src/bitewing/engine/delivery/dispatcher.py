"""The dispatcher: claims due Deliveries and gives each to the courier."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from bitewing.engine.delivery.courier import Courier
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Delivery
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store

Spawn = Callable[[Coroutine[Any, Any, None]], object]
"""Starts a piece of work beside the caller; whoever gives it out watches over it."""

CAPACITY = 256
"""Deliveries under way at once."""

LEASE = timedelta(seconds=90)
"""How long a claim lasts: longer than the slowest exchange (60 s), with room to settle."""

IDLE_SECONDS = 1.0


class Dispatcher:
    """The worker between the outbox and the receivers."""

    name = "dispatcher"

    def __init__(
        self, store: Store, courier: Courier, *, clock: Clock, signals: Signals, spawn: Spawn
    ) -> None:
        self._under_way: set[str] = set()
        self._store = store
        self._courier = courier
        self._clock = clock
        self._signals = signals
        self._spawn = spawn

    @property
    def under_way(self) -> int:
        """How many exchanges have begun and are not settled."""
        return len(self._under_way)

    async def step(self) -> float:
        """Claim what is due and there is room for, and send it; give the seconds to pause."""
        now = self._clock.now()
        next_due_at = await self._store.read(lambda tx: tx.outbox.next_due_at())
        room = CAPACITY - self.under_way
        if next_due_at is not None and next_due_at <= now and room > 0:
            claimed = await self._store.write(lambda tx: tx.outbox.claim(now, now + LEASE, room))
            for delivery in claimed:
                # A clock that jumps ends claims early: what is under way is then claimed anew,
                # and must not go out a second time beside itself.
                if delivery.id not in self._under_way:
                    self._under_way.add(delivery.id)
                    self._spawn(self._deliver(delivery))
        return self._pause(next_due_at, now)

    def _pause(self, next_due_at: datetime | None, now: datetime) -> float:
        """What is due already waits for its lane: whoever settles the lane wakes us."""
        if next_due_at is None or next_due_at <= now:
            return IDLE_SECONDS
        return min(IDLE_SECONDS, (next_due_at - now).total_seconds())

    async def _deliver(self, delivery: Delivery) -> None:
        """Deliver; then the pacer may go on, and there is room for another."""
        try:
            await self._courier.deliver(delivery)
        finally:
            self._under_way.discard(delivery.id)
            self._signals.pacing.set()
            self._signals.dispatch.set()
