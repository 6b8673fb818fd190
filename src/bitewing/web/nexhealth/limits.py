"""Limits: how much one API key may ask, as NexHealth's documentation has it ("Rate limits")."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bitewing.model.errors import BitewingError
from bitewing.ports.clock import Clock


class TooManyRequestsError(BitewingError):
    """The caller has asked more than they may; nothing was done.

    Attributes:
        seconds: when asking again may help.
    """

    code = "request.too_many"

    def __init__(self, text: str, seconds: float) -> None:
        super().__init__(text)
        self.seconds = seconds


class Limit(StrEnum):
    """What is counted together."""

    ALL = "all"
    LISTS = "lists"
    RECORDS = "records"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    requests: int
    seconds: float


@dataclass(slots=True)
class _Bucket:
    """Holds what may still be asked; it fills evenly and never beyond the rate's requests."""

    rate: Rate
    level: float
    at: float

    def fill(self, now: float) -> None:
        gained = (now - self.at) * self.rate.requests / self.rate.seconds
        self.level = min(float(self.rate.requests), self.level + gained)
        self.at = now

    @property
    def lacks_seconds(self) -> float:
        """How long until one request fits in; 0 if it does now."""
        return max(0.0, 1.0 - self.level) * self.rate.seconds / self.rate.requests


class Limits:
    """Counts what each API key asks."""

    def __init__(self, rates: Mapping[Limit, Rate], clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._buckets: dict[tuple[str, Limit], _Bucket] = {}

    def take(self, owner: str, counted: Iterable[Limit]) -> None:
        """Count one request.

        Raises:
            TooManyRequestsError: one of the limits is reached; then it counts for none of them.
        """
        buckets = [self._bucket(owner, limit) for limit in counted]
        seconds = max((bucket.lacks_seconds for bucket in buckets), default=0.0)
        if seconds > 0:
            raise TooManyRequestsError("Rate limit exceeded. Ask again a little later.", seconds)
        for bucket in buckets:
            bucket.level -= 1.0

    def _bucket(self, owner: str, limit: Limit) -> _Bucket:
        now, rate = self._clock.monotonic(), self._rates[limit]
        bucket = self._buckets.setdefault((owner, limit), _Bucket(rate, float(rate.requests), now))
        bucket.fill(now)
        return bucket


def limits_of(method: str, path: str) -> list[Limit]:
    """Give what a request counts for, by its method and path."""
    resource = path.strip("/").split("/")[0]
    counted = [Limit.ALL]
    counted.append(Limit.RECORDS if resource in {"appointments", "patients"} else Limit.OTHERS)
    if method == "GET" and path.strip("/") in {"appointments", "appointment_slots"}:
        counted.append(Limit.LISTS)
    return counted
