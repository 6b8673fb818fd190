"""The breaker: parks an Endpoint that failed again and again, and lets probes through. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

TRIP = 5
"""So many failures in a row park an Endpoint."""

PROBE_EVERY = timedelta(seconds=30)
"""A parked Endpoint is sent one first try in this time, beside the oldest failing Delivery."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """How an Endpoint has fared lately.

    Attributes:
        failures: Attempts failed in a row.
        parked_until: no first try before then (our clock, UTC); None while it is not parked.
    """

    failures: int = 0
    parked_until: datetime | None = None

    @property
    def is_parked(self) -> bool:
        """Whether probes alone go out."""
        return self.parked_until is not None

    def taken(self) -> "Breaker":
        """A Message was taken: all is well."""
        return self if self.failures == 0 else Breaker()

    def failed(self, now: datetime) -> "Breaker":
        """A Message was not taken, as was known at ``now`` (our clock, UTC)."""
        failures = self.failures + 1
        parked_until = now + PROBE_EVERY if failures >= TRIP else None
        return replace(self, failures=failures, parked_until=parked_until)

    def may_probe(self, now: datetime) -> bool:
        """Tell whether a first try may go out though it is parked.

        A clock that was set back must not park it longer than the probes' interval.
        """
        until = self.parked_until
        return until is None or now >= until or until - now > PROBE_EVERY
