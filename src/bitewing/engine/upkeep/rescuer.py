"""The rescuer: opens claims again whose worker has not settled them in time."""

from bitewing.engine import journal
from bitewing.engine.signals import Signals
from bitewing.ports.clock import Clock
from bitewing.ports.store import Store

SECONDS = 10.0


class Rescuer:
    """The worker that lets no Delivery be forgotten."""

    name = "rescuer"

    def __init__(self, store: Store, *, clock: Clock, signals: Signals) -> None:
        self._store = store
        self._clock = clock
        self._signals = signals

    async def step(self) -> float:
        """Rescue what ran out; give the seconds to pause."""
        now = self._clock.now()
        count = await self._store.write(lambda tx: tx.outbox.rescue(now))
        if count:
            journal.claims_rescued(count=count)
            self._signals.dispatch.set()
        return SECONDS
