"""The courier: sends one claimed Delivery and settles it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bitewing.engine import journal
from bitewing.engine.delivery.settler import Sent, settle
from bitewing.engine.delivery.writing import write_message
from bitewing.model.delivery import Attempt, Delivery, Outcome, OutcomeKind
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Endpoint
from bitewing.ports.clock import Clock
from bitewing.ports.dialect import Dialect
from bitewing.ports.sender import Sender
from bitewing.ports.signer import Signer
from bitewing.ports.store import Store

REMOVED = Outcome(OutcomeKind.BLOCKED, detail="The endpoint has been removed.")


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries Deliveries to receivers."""

    store: Store
    sender: Sender
    dialects: Mapping[str, Dialect]
    clock: Clock
    signer: Signer

    async def deliver(self, delivery: Delivery, endpoint: Endpoint | None) -> None:
        """Send it once and settle what came of it."""
        started_at = self.clock.now()
        outcome = REMOVED if endpoint is None else await self._send(delivery, endpoint)
        attempt = Attempt(delivery.id, delivery.attempts + 1, started_at, outcome)
        sent = [Sent(delivery, attempt, self.clock.now())]
        schedules = {name: dialect.retries for name, dialect in self.dialects.items()}
        settled = await self.store.write(lambda tx: settle(tx, sent, schedules=schedules))
        journal.delivery_attempted(
            delivery=delivery,
            ordinal=attempt.ordinal,
            outcome=outcome,
            state=settled.states[delivery.id],
        )

    async def _send(self, delivery: Delivery, endpoint: Endpoint) -> Outcome:
        dialect, now = self.dialects[delivery.dialect], self.clock.now()
        try:
            message = write_message(dialect, self.signer, delivery, endpoint, now)
        except (NotFoundError, InvalidRequestError) as error:
            return Outcome(OutcomeKind.BLOCKED, detail=str(error))
        return await self.sender.send(message)
