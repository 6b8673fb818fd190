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
class WatchHealth:
    """How one Watch is read.

    Attributes:
        level: how its changes are noticed, in plain words.
        delay_seconds: how long a stamped change may stay unnoticed at the most.
        sweep_seconds: how long anything else may: a deletion, a restored or imported row.
    """

    watch: str
    level: str
    delay_seconds: float
    sweep_seconds: float


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """How reading one practice database is going.

    Attributes:
        source: its name.
        light: green after a complete poll, red after a failed one.
        detail: plain words: what is wrong and how to mend it; "" when green.
        read_at: the end of the last complete poll (our clock, UTC).
        first_readings: Watch → whether its first reading is complete.
        watches: how each Watch is read.
    """

    source: str
    light: Light
    detail: str
    read_at: datetime | None
    first_readings: dict[str, bool]
    watches: tuple[WatchHealth, ...] = ()

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
