"""How an Open Dental database writes days and moments.

DATE, TIME and DATETIME columns hold the office's wall clock, stamps hold UTC; both are text
in whole seconds here.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

NO_DAY = "0001-01-01"
NO_MOMENT = "0001-01-01 00:00:00"


def moment(wall: datetime) -> str:
    """Write a wall clock moment."""
    return wall.replace(microsecond=0, tzinfo=None).isoformat(" ")


def midnight(day: date) -> str:
    """Write the day at 00:00:00, which is how the client often leaves an unset time."""
    return f"{day.isoformat()} 00:00:00"


def stamp(wall: datetime, zone: ZoneInfo) -> str:
    """Write the office's wall clock moment as a stamp, UTC."""
    return moment(wall.replace(tzinfo=zone).astimezone(UTC))


def wall_clock(instant: datetime, zone: ZoneInfo) -> datetime:
    """Give what the office's clock shows at an aware instant, without a zone."""
    return instant.astimezone(zone).replace(tzinfo=None, microsecond=0)
