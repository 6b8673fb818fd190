"""The timetable: when a Source is polled next, by our monotonic clock."""

from dataclasses import dataclass

from bitewing.engine.capture import pace


@dataclass(slots=True)
class Timetable:
    """Remembers when the next poll is due, and what polls have cost lately.

    Attributes:
        failures: polls failed in a row.
    """

    failures: int = 0
    _poll_at: float = 0.0
    _polled_at: float = 0.0
    _cost: float | None = None
    _is_hastened: bool = False

    @property
    def cost(self) -> float:
        """Give the seconds that a poll keeps the database busy."""
        return self._cost or 0.0

    def seconds_until_poll(self, *, now: float) -> float:
        """Give how long no poll is due."""
        return max(0.0, self._poll_at - now)

    def begin(self, *, now: float) -> None:
        """A poll begins; what is said from now on may be behind its back."""
        self._polled_at, self._is_hastened = now, False

    def finish(self, *, now: float, scanned_seconds: float, reads_on: bool) -> float:
        """A poll has succeeded: give the seconds until the next; none while there is more to read.

        Only the scans weigh on the practice; rows are fetched by their keys.
        """
        self.failures = 0
        self._cost = pace.smoothed(self._cost, scanned_seconds)
        pause = 0.0 if reads_on else pace.seconds_until_next(self._cost)
        self._poll_at = now + pause
        if self._is_hastened:
            self.hasten()
        return pause

    def fail(self, *, now: float) -> float:
        """A poll has failed: give the seconds until the next, more every time."""
        self.failures += 1
        pause = pace.seconds_after_failure(self.failures)
        self._poll_at = now + pause
        return pause

    def hasten(self) -> None:
        """Something may have changed: poll as soon as the database can bear it."""
        if self.failures:
            return  # what cannot be read is not asked more often
        self._is_hastened = True
        self._poll_at = min(self._poll_at, self._polled_at + pace.earliest_after(self.cost))

    def poll_now(self, *, now: float) -> None:
        """Let a poll be due."""
        self._poll_at = now
