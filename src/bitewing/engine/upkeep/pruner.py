"""The pruner: forgets settled Deliveries when they are old, a few at a time."""

from datetime import timedelta

from bitewing.ports.clock import Clock
from bitewing.ports.store import Store

KEPT = timedelta(days=30)
"""How long a settled Delivery, its body and its Attempts can be looked at."""

BATCH = 500
"""Never an unbounded statement."""

_SECONDS, _MORE_SECONDS = 60.0, 0.5


class Pruner:
    """The worker that keeps the store from growing for ever."""

    name = "pruner"

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def step(self) -> float:
        """Forget one batch; give the seconds to pause."""
        before = self._clock.now() - KEPT
        pruned = await self._store.write(lambda tx: tx.outbox.prune(before, BATCH))
        return _MORE_SECONDS if pruned == BATCH else _SECONDS
