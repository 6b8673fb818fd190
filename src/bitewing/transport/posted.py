"""A Posted: one request on its way."""

from typing import Any, NamedTuple

from bitewing.model.delivery import Destination, Outcome, OutcomeKind, Timings
from bitewing.ports.sender import OnEnds
from bitewing.transport.connection import Connection
from bitewing.transport.route import Route


class Posted(NamedTuple):
    """One request on its way.

    Attributes:
        request: its bytes.
        started_at: monotonic seconds.
        token, on_ends: who is told of its end.
        resolve: how long it took to look its receiver up, in milliseconds; None if nobody had to.
    """

    route: Route
    destination: Destination
    request: bytes
    started_at: float
    token: Any
    on_ends: OnEnds
    resolve: float | None = None

    def __repr__(self) -> str:
        """Say how long it is, and nothing of credentials or patients."""
        return f"Posted({len(self.request)} bytes)"


def acknowledged(one: Posted, connection: Connection) -> Outcome:
    """Write the Outcome of the usual exchange, on a connection that stood open, at once."""
    started_at, last = one.started_at, connection.last_byte_at
    first_byte = ((connection.first_byte_at or last) - started_at) * 1000
    timings = Timings(one.resolve, None, None, first_byte, (last - started_at) * 1000)
    status, address = connection.answer.status, connection.key[3]
    return Outcome(OutcomeKind.ANSWERED, status, "", None, address, timings)
