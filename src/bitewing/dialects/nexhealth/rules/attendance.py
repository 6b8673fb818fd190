"""Attendance: when a patient came in, and whether and when he or she left.

The client writes a time that is not set as midnight of the appointment's day, so midnight is
"not set". Workstations write these columns, with the clinic's clock.
"""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.rules.place import zone_of
from bitewing.dialects.nexhealth.scene import Scene, moment

COMPLETE = b"2"
"""AptStatus."""


def checked_in_at(appointment: Row, scene: Scene) -> str | None:
    """Give when the patient arrived."""
    arrived = cells.wall_time(appointment.get("DateTimeArrived"))
    return moment(arrived, zone_of(appointment, scene))


def is_checked_out(appointment: Row, _scene: Scene) -> bool:
    """Tell whether the visit is complete."""
    return appointment.get("AptStatus") == COMPLETE


def checked_out_at(appointment: Row, scene: Scene) -> str | None:
    """Give when the patient was dismissed, once the visit is complete."""
    if not is_checked_out(appointment, scene):
        return None
    dismissed = cells.wall_time(appointment.get("DateTimeDismissed"))
    return moment(dismissed, zone_of(appointment, scene))
