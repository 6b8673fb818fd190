"""Health: how a Source and the workers are doing, for people and for ``/ready``."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Light(StrEnum):
    """Green works, red does not, starting has not yet been tried."""

    STARTING = "starting"
    GREEN = "green"
    RED = "red"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How reading one practice database is going.

    Attributes:
        source: its name.
        light: green after a complete poll, red after a failed one.
        detail: plain words: what is wrong and how to mend it; "" when green.
        read_at: the end of the last complete poll (our clock, UTC).
        first_readings: Watch → whether its first reading is complete.
        swept_at: when all Watches had last been swept (our clock, UTC); None before that.
    """

    source: str
    light: Light
    detail: str
    read_at: datetime | None
    first_readings: dict[str, bool]
    swept_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Whether every Watch has been read once."""
        return bool(self.first_readings) and all(self.first_readings.values())


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that ``doctor`` noticed: how bad, what, and how to mend it."""

    light: Light
    subject: str
    detail: str
    mend: str = ""
