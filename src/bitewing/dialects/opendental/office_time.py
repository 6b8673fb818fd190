"""Office time: between instants in UTC and the office's wall clock, which the API speaks.

Open Dental's API has dates and times without a zone (API Implementation page, "Data Types").
Once a year the office's clock shows an hour twice, once it leaves one out. Whoever reads such a
text must then choose, so both readings are offered here: ``earliest`` for a lower bound and
``latest`` for an upper one, so that a doubtful hour never loses an Event.
"""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

NO_DATE = "0001-01-01"
NO_MOMENT = "0001-01-01 00:00:00"
"""What the API writes for "never" and "not set"."""

_WALL = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(microsecond=0, tzinfo=UTC)


def write_wall(instant: datetime, zone: ZoneInfo) -> str:
    """Write an instant as the office's clock shows it: ``yyyy-MM-dd HH:mm:ss``."""
    try:
        wall = instant.astimezone(zone)
    except OverflowError:  # the first or the last day that a calendar has
        wall = instant
    return _without_offset(wall)


def write_utc(instant: datetime) -> str:
    """Write an instant the way TIMESTAMP columns are read: UTC, ``yyyy-MM-dd HH:mm:ss``."""
    return _without_offset(instant.astimezone(UTC))


def read_wall(text: str) -> datetime | None:
    """Read ``yyyy-MM-dd[ HH:mm[:ss]]`` as a naive wall time; None if it is not one."""
    if not _WALL.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def earliest(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the earliest instant (UTC) that this wall time can mean."""
    return min(_readings(wall, zone))


def latest(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the latest instant (UTC) that this wall time can mean."""
    return max(_readings(wall, zone))


def _without_offset(aware: datetime) -> str:
    return aware.isoformat(" ", "seconds")[: len(NO_MOMENT)]  # twice as fast as replace and str


def _readings(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    try:
        return [wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
    except OverflowError:
        return [_FIRST if wall.year == 1 else _LAST]
