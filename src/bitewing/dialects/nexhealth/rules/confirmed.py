"""Confirmed: an appointment is when its column Confirmed holds one of the definitions that count.

Which do is configured (several may); otherwise it is the one that the practice's preference
ApptEConfirmStatusAccepted names, or 21, "Appointment Confirmed" in a fresh database.
"""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.rules.history import since
from bitewing.dialects.nexhealth.scene import Scene

APPOINTMENT_CONFIRMED = 21


def is_confirmed(appointment: Row, scene: Scene) -> bool:
    """Tell whether somebody has said that the patient will come."""
    return _number(appointment) in _counting(scene)


def confirmed_at(appointment: Row, scene: Scene) -> str | None:
    """Give since when it has been confirmed, if the history tells."""
    counting = _counting(scene)
    if _number(appointment) not in counting:
        return None
    return since(appointment, scene, lambda row: _number(row) in counting)


def _number(row: Row) -> int:
    return cells.whole(row.get("Confirmed"))


def _counting(scene: Scene) -> frozenset[int]:
    if scene.customs.confirmed is not None:
        return scene.customs.confirmed
    accepted = cells.whole(scene.preference(b"ApptEConfirmStatusAccepted"))
    return frozenset({accepted or APPOINTMENT_CONFIRMED})
