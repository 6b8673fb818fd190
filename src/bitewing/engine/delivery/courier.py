"""The courier: writes the Message for one Attempt at a Delivery and posts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bitewing.engine import journal
from bitewing.engine.delivery.writing import write_message
from bitewing.model.delivery import Delivery, Outcome, OutcomeKind
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Endpoint
from bitewing.ports.dialect import Dialect
from bitewing.ports.sender import OnOutcome, Sender
from bitewing.ports.signer import Signer


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries Deliveries to receivers."""

    sender: Sender
    dialects: Mapping[str, Dialect]
    signer: Signer

    def post(
        self, delivery: Delivery, endpoint: Endpoint, at: datetime, on_end: OnOutcome
    ) -> Outcome | None:
        """Begin an exchange, which ends with ``on_end``; give an Outcome if none can begin."""
        dialect = self.dialects.get(delivery.dialect)
        if dialect is None:
            detail = f"The dialect {delivery.dialect} is not configured."
            return Outcome(OutcomeKind.BLOCKED, detail=detail)
        try:
            message = write_message(dialect, self.signer, delivery, endpoint, at)
        except (NotFoundError, InvalidRequestError) as error:
            return Outcome(OutcomeKind.BLOCKED, detail=str(error))
        except Exception as error:  # noqa: BLE001 - one that cannot be written stops no other
            detail = f"The message cannot be written: {journal.named(error)}."
            return Outcome(OutcomeKind.BLOCKED, detail=detail)
        self.sender.post(message, on_end)
        return None
