"""Span: when an appointment begins and ends.

AptDateTime is the office's wall clock. Pattern has one letter for every five minutes, whatever
increment the schedule shows; both the provider's (X) and the assistant's (/) count.
"""

from datetime import datetime, timedelta

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.office_time import to_utc, write_moment, write_offset
from bitewing.dialects.nexhealth.rules.place import zone_of
from bitewing.dialects.nexhealth.scene import Scene, moment

A_LETTER = timedelta(minutes=5)


def start_time(appointment: Row, scene: Scene) -> str | None:
    """Give when it begins; None if it has no time yet."""
    return moment(cells.wall(appointment.get("AptDateTime")), zone_of(appointment, scene))


def end_time(appointment: Row, scene: Scene) -> str | None:
    """Give when it ends: so much later in real time, also across a change of the clocks."""
    begins_at = _begins_at(appointment, scene)
    if begins_at is None:
        return None
    letters = len(appointment.get("Pattern") or b"")
    return write_moment(begins_at + A_LETTER * letters)


def timezone_offset(appointment: Row, scene: Scene) -> str | None:
    """Give the zone's offset when it begins: ``-4:00``."""
    begins_at = _begins_at(appointment, scene)
    return None if begins_at is None else write_offset(begins_at, zone_of(appointment, scene))


def _begins_at(appointment: Row, scene: Scene) -> datetime | None:
    wall = cells.wall(appointment.get("AptDateTime"))
    return None if wall is None else to_utc(wall, zone_of(appointment, scene))
