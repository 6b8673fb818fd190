"""History: what was done to an appointment, as histappointment tells it."""

from collections.abc import Callable, Sequence
from itertools import takewhile

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

MISSED, CANCELLED, DELETED = 2, 3, 4
"""HistAppointmentAction."""


def history_of(appointment: Row, scene: Scene) -> Sequence[Row]:
    """Give the history rows of an appointment, oldest first.

    By time and only then by key: with random primary keys their order says nothing.
    """
    rows = scene.linked("HistAppointment", "AptNum", cells.whole(appointment.get("AptNum")))
    return sorted(
        rows,
        key=lambda row: (row.get("HistDateTStamp") or b"", cells.whole(row.get("HistApptNum"))),
    )


def since(appointment: Row, scene: Scene, holds: Callable[[Row], bool]) -> str | None:
    """Give the moment since which something holds without interruption.

    None if the latest history row does not say so: then nobody has written down when.
    """
    run = list(takewhile(holds, reversed(history_of(appointment, scene))))
    return scene.server_moment(cells.wall(run[-1].get("HistDateTStamp"))) if run else None


def action_of(row: Row) -> int:
    """Give what a history row says was done."""
    return cells.whole(row.get("HistApptAction"))
