"""The courier: writes the Messages for Attempts at Deliveries and posts them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any

from bitewing.engine import journal
from bitewing.engine.delivery.writing import writing_to
from bitewing.model.delivery import Delivery, Destination, Outcome, OutcomeKind
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.subscription import Endpoint
from bitewing.ports.dialect import Dialect
from bitewing.ports.sender import Ended, OnEnds, Posting, Sender
from bitewing.ports.signer import Signer

Owed = tuple[Any, Delivery]
"""A Delivery, behind a token of whoever lets it go out."""

_delivery, _dialect = itemgetter(1), attrgetter("dialect")


@dataclass(frozen=True, slots=True)
class Courier:
    """Carries Deliveries to receivers."""

    sender: Sender
    dialects: Mapping[str, Dialect]
    signer: Signer

    def post(
        self, endpoint: Endpoint, owed: Sequence[Owed], at: datetime, on_ends: OnEnds
    ) -> list[Ended]:
        """Begin exchanges with one receiver; give those that cannot begin, and why.

        ``on_ends`` is told of the others by their tokens, see the port ``Sender``; ``at`` is now
        (our clock, UTC).
        """
        names = set(map(_dialect, map(_delivery, owed)))
        if len(names) == 1:
            return self._post(endpoint, names.pop(), owed, at, on_ends)
        unsent: list[Ended] = []
        for name in sorted(names):
            alike = [one for one in owed if one[1].dialect == name]
            unsent += self._post(endpoint, name, alike, at, on_ends)
        return unsent

    def _post(
        self, endpoint: Endpoint, name: str, owed: Sequence[Owed], at: datetime, on_ends: OnEnds
    ) -> list[Ended]:
        dialect = self.dialects.get(name)
        if dialect is None:
            return _all_blocked(owed, f"The dialect {name} is not configured.")
        try:
            write = writing_to(endpoint, dialect, self.signer, at)
        except Exception as error:  # noqa: BLE001 - nothing can be signed for this receiver
            return _all_blocked(owed, _reason(error))
        posted: list[Posting] = []
        unsent: list[Ended] = []
        for token, delivery in owed:
            try:
                posted.append((token, write(delivery), delivery.body))
            except Exception as error:  # noqa: BLE001 - one that cannot be written stops no other
                unsent += _all_blocked([(token, delivery)], _reason(error))
        if posted:
            destination = Destination(endpoint.url, dialect.timeout, endpoint.ca_pem)
            self.sender.post(destination, posted, on_ends)
        return unsent


def _all_blocked(owed: Sequence[Owed], why: str) -> list[Ended]:
    blocked = Outcome(OutcomeKind.BLOCKED, detail=why)
    return [(token, blocked) for token, _ in owed]


def _reason(error: Exception) -> str:
    if isinstance(error, NotFoundError | InvalidRequestError):
        return str(error)
    return f"The message cannot be written: {journal.named(error)}."
