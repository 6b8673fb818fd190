"""The courier: sends one claimed Delivery and settles it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bitewing.engine import journal
from bitewing.engine.delivery.settler import settle
from bitewing.model.delivery import Attempt, Delivery, Message, Outcome, OutcomeKind
from bitewing.model.errors import NotFoundError
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Dialect
from bitewing.ports.sender import Sender
from bitewing.ports.store import Store


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries Deliveries to receivers."""

    store: Store
    sender: Sender
    dialects: Mapping[str, Dialect]
    clock: Clock

    async def deliver(self, delivery: Delivery) -> None:
        """Send it once and settle what came of it."""
        started_at = self.clock.now()
        outcome = await self._send(delivery)
        attempt = Attempt(delivery.id, delivery.attempts + 1, started_at, outcome)
        now = self.clock.now()
        state = await self.store.write(lambda tx: settle(tx, delivery, attempt, now=now))
        journal.delivery_attempted(
            delivery=delivery, ordinal=attempt.ordinal, outcome=outcome, state=state
        )

    async def _send(self, delivery: Delivery) -> Outcome:
        dialect = self.dialects[delivery.dialect]
        try:
            headers = dialect.headers(delivery, self.clock.now())
        except NotFoundError as error:
            return Outcome(OutcomeKind.BLOCKED, detail=str(error))
        message = Message(delivery.url, headers, delivery.body, dialect.timeout)
        return await self.sender.send(message)
