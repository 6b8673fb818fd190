"""A Mailing: requests on their way that were posted together."""

from dataclasses import dataclass
from typing import Any

from bitewing.model.delivery import Destination, Outcome, OutcomeKind, Timings
from bitewing.ports.sender import OnEnds
from bitewing.transport.connection import Connection
from bitewing.transport.route import Route
from bitewing.transport.trip import Trip

Posted = tuple["Mailing", Any, bytes]
"""One request on its way: what it was posted with, its token, and its bytes."""


@dataclass(eq=False, slots=True)
class Mailing:
    """What is the same for all that is posted together to one receiver.

    Attributes:
        started_at: monotonic seconds.
        on_ends: who is told of their ends.
        resolve: how long it took to look the receiver up, in milliseconds; None if nobody had to.
        trip: the notes of a single one for which a connection was opened, else None.
    """

    route: Route
    destination: Destination
    started_at: float
    on_ends: OnEnds
    resolve: float | None = None
    trip: Trip | None = None

    def seconds_left(self, now: float) -> float:
        """Give how long its exchanges may still take."""
        return self.destination.timeout.total_seconds() - (now - self.started_at)

    def begun(self, address: str = "") -> Trip:
        """Give the notes that one of its exchanges begins with."""
        return Trip(self.started_at, address, self.resolve)


Written = dict[tuple[Mailing, int, str, float | None], Outcome]
"""Outcomes of exchanges that ended together, by all in which they can differ."""


def acknowledged(
    mailing: Mailing, connection: Connection, ended_at: float, written: Written
) -> Outcome:
    """Give the Outcome of the usual exchange, on a connection that stood open.

    Those that were posted together and have ended together share one.
    """
    status, address = connection.answer.status, connection.key[3]
    alike = (mailing, status, address, connection.first_byte_at)
    outcome = written.get(alike)
    if outcome is None:
        started_at, begun_at = mailing.started_at, connection.first_byte_at
        begun_at = ended_at if begun_at is None else begun_at
        first_byte, total = (begun_at - started_at) * 1000, (ended_at - started_at) * 1000
        timings = Timings(mailing.resolve, None, None, first_byte, total)
        outcome = Outcome(OutcomeKind.ANSWERED, status, "", None, address, timings)
        written[alike] = outcome
    return outcome
