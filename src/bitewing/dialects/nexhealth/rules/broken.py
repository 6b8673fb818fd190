"""Broken: whether an appointment was missed, was cancelled, or is gone.

Open Dental has one status for both, Broken. It was missed if the latest word of its history is
"missed", or, where the history has neither word, if the code for a missed visit was charted on
it; otherwise it was cancelled. The unscheduled list counts as cancelled where that is configured.
"""

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.rules.history import (
    CANCELLED,
    DELETED,
    MISSED,
    action_of,
    history_of,
    since,
)
from bitewing.dialects.nexhealth.scene import Scene

UNSCHEDULED, BROKEN = 3, 5
"""AptStatus."""
COMPLETE = 2
"""ProcStatus."""
MISSED_CODE = b"D9986"
"""CDT: missed appointment. (D9987 is a cancelled one, which a broken one is anyway.)"""


def is_missed(appointment: Row, scene: Scene) -> bool:
    """Tell whether the patient did not come."""
    if _status(appointment) != BROKEN:
        return False
    words = [action_of(row) for row in history_of(appointment, scene)]
    told = [word for word in words if word in {MISSED, CANCELLED}]
    return told[-1] == MISSED if told else _is_charted_missed(appointment, scene)


def is_cancelled(appointment: Row, scene: Scene) -> bool:
    """Tell whether it was called off."""
    status = _status(appointment)
    if status == UNSCHEDULED:
        return scene.customs.is_unscheduled_cancelled
    return status == BROKEN and not is_missed(appointment, scene)


def cancelled_at(appointment: Row, scene: Scene) -> str | None:
    """Give since when it has been cancelled, if the history tells.

    The row's own stamp is no answer: it moves whenever somebody touches the row again.
    """
    if not is_cancelled(appointment, scene):
        return None
    status = _status(appointment)
    return since(appointment, scene, lambda row: _status(row) == status)


def is_deleted(appointment: Row, scene: Scene) -> bool:
    """Tell whether it is being deleted: the history says so just before the row is gone."""
    history = history_of(appointment, scene)
    return bool(history) and action_of(history[-1]) == DELETED


def _status(row: Row) -> int:
    return cells.whole(row.get("AptStatus"))


def _is_charted_missed(appointment: Row, scene: Scene) -> bool:
    number = cells.whole(appointment.get("AptNum"))
    return any(
        cells.whole(done.get("ProcStatus")) == COMPLETE
        and scene.row("ProcedureCode", cells.whole(done.get("CodeNum"))).get("ProcCode")
        == MISSED_CODE
        for done in scene.linked("Procedure", "AptNum", number)
    )
