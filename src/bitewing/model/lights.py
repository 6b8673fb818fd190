"""Lights: whether a practice can be read and written, by how long ago it last could."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bitewing.model.health import Light


class Aspect(StrEnum):
    """What a light is about."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """How old the last success may be before the light is red (NexHealth, "Sync status")."""

    read: timedelta = timedelta(minutes=150)
    write: timedelta = timedelta(minutes=25)


@dataclass(frozen=True, slots=True)
class Lights:
    """How one Source stands.

    Attributes:
        read_at: when it was last read completely (our clock, UTC); None for never.
        write_at: when its writer last could have written (our clock, UTC); None for never, and
            where nothing is written.
    """

    read: Light
    read_at: datetime | None
    write: Light
    write_at: datetime | None


def lights_of(
    read_at: datetime | None, write_at: datetime | None, *, now: datetime, after: Thresholds
) -> Lights:
    """Give the lights of a Source at a moment; what never worked is red."""
    return Lights(
        _light(read_at, now, after.read), read_at, _light(write_at, now, after.write), write_at
    )


def _light(worked_at: datetime | None, now: datetime, after: timedelta) -> Light:
    return Light.GREEN if worked_at is not None and now - worked_at <= after else Light.RED
