"""A Trip: the notes taken during one exchange, from which its Outcome is written."""

from dataclasses import dataclass
from datetime import timedelta

from bitewing.model.delivery import Outcome, OutcomeKind, Timings
from bitewing.transport.failure import Failure

_REDIRECTS = range(300, 400)


@dataclass(slots=True)
class Trip:
    """Where one exchange has got to.

    Attributes:
        started_at: monotonic seconds.
        address: the address that is or was connected to.
        resolve, connect, tls, first_byte: milliseconds, None while not reached or not needed.
    """

    started_at: float
    address: str = ""
    resolve: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None

    def failed(self, failure: Failure, ended_at: float) -> Outcome:
        """Write the Outcome of a Trip without an answer."""
        return Outcome(
            kind=failure.kind,
            detail=failure.detail,
            address=self.address,
            timings=self._timings(ended_at),
        )

    def answered(self, status: int, retry_after: timedelta | None, ended_at: float) -> Outcome:
        """Write the Outcome of a Trip with an answer, whichever it was."""
        return Outcome(
            kind=OutcomeKind.ANSWERED,
            status=status,
            detail="redirects are not followed" if status in _REDIRECTS else "",
            retry_after=retry_after,
            address=self.address,
            timings=self._timings(ended_at),
        )

    def _timings(self, ended_at: float) -> Timings:
        total = milliseconds(self.started_at, ended_at)
        return Timings(self.resolve, self.connect, self.tls, self.first_byte, total)


def milliseconds(since: float, until: float) -> float:
    """Give the time between two moments in seconds, in milliseconds."""
    return (until - since) * 1000
