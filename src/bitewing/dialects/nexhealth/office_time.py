"""Office time: the office's wall clock and UTC, and how NexHealth writes moments.

Once a year a wall clock shows an hour twice, and once it leaves one out. An hour that comes
twice is taken as the FIRST one (still daylight time); a time that the clock leaves out is taken
as the clock would have gone on (02:30 becomes 03:30 daylight time). One reading must be chosen,
because a start is one moment, and both agree with what a calendar program shows.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_MILLISECONDS = 23
"""How long ``2020-06-05T20:16:57.007`` is."""


def to_utc(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the moment of a naive wall time; see above for doubtful hours."""
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def write_moment(instant: datetime) -> str:
    """Write an aware moment: ``2020-06-05T20:16:57.007Z``."""
    return f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:_MILLISECONDS]}Z"


def write_offset(instant: datetime, zone: ZoneInfo) -> str:
    """Write a zone's offset at a moment as the examples do: ``-4:00``, ``+5:30``, ``+0:00``."""
    offset = instant.astimezone(zone).utcoffset() or timedelta(0)
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta(0) else '+'}{minutes // 60}:{minutes % 60:02}"
