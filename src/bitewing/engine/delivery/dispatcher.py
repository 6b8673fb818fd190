"""The dispatcher: claims due Deliveries and gives each to the courier."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

from bitewing.engine.delivery.courier import Courier
from bitewing.engine.signals import Signals
from bitewing.model.delivery import Delivery
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.clock import Clock
from bitewing.ports.outbox import Turn, Want
from bitewing.ports.store import Store, Transaction

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
        turns = await self._store.read(lambda tx: tx.outbox.turns())
        if any(turn.due_at <= now for turn in turns) and self.under_way < CAPACITY:
            await self._claim(turns, now)
        return self._pause(turns, now)

    async def _claim(self, turns: Sequence[Turn], now: datetime) -> None:
        def work(tx: Transaction) -> list[tuple[Delivery, Endpoint | None]]:
            room = CAPACITY - self.under_way
            claimed: list[tuple[Delivery, Endpoint | None]] = []
            for turn in turns:
                endpoint = tx.endpoints.get(turn.endpoint)
                is_sent_to = endpoint is None or endpoint.state is EndpointState.ACTIVE
                if turn.due_at <= now and room > len(claimed) and is_sent_to:
                    want = Want(turn.endpoint, turn.is_retry, room - len(claimed))
                    found = tx.outbox.claim(now, now + LEASE, want)
                    claimed += [(delivery, endpoint) for delivery in found]
            return claimed

        for delivery, endpoint in await self._store.write(work):
            # A clock that jumps ends claims early: what is under way is then claimed anew,
            # and must not go out a second time beside itself.
            if delivery.id not in self._under_way:
                self._under_way.add(delivery.id)
                self._spawn(self._deliver(delivery, endpoint))

    def _pause(self, turns: Sequence[Turn], now: datetime) -> float:
        """What is due already waits for its Endpoint: whoever wakes that wakes us."""
        waits = [(turn.due_at - now).total_seconds() for turn in turns if turn.due_at > now]
        return min([IDLE_SECONDS, *waits])

    async def _deliver(self, delivery: Delivery, endpoint: Endpoint | None) -> None:
        """Deliver; then the pacer may go on, and there is room for another."""
        try:
            await self._courier.deliver(delivery, endpoint)
        finally:
            self._under_way.discard(delivery.id)
            self._signals.pacing.set()
            self._signals.dispatch.set()
