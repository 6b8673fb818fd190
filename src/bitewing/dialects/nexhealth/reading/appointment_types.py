"""Appointment types: what kinds of visits a practice has (GET /appointment_types)."""

from collections.abc import Iterator
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    foreign_id,
    foreign_id_type,
    own_id,
    ruled,
    text,
)
from bitewing.dialects.nexhealth.rules.span import A_LETTER
from bitewing.dialects.nexhealth.scene import Scene

_A_MINUTE = 60


def _minutes(row: Row, _scene: Scene) -> int | None:
    """Give how long such a visit is; None where its procedures decide."""
    letters = len(row.get("Pattern") or b"")
    return letters * int(A_LETTER.total_seconds()) // _A_MINUTE or None


FIELDS: tuple[Field, ...] = (
    own_id("id", "AppointmentType", "AppointmentTypeNum"),
    text("name", "AppointmentTypeName"),
    ruled("parent_type", lambda _row, _scene: "Institution"),
    ruled("parent_id", lambda _row, scene: scene.institution),
    ruled("minutes", _minutes),
    ruled("bookable_online", lambda row, _scene: not cells.flag(row.get("IsHidden"))),
    foreign_id("AppointmentTypeNum"),
    foreign_id_type,
)
render = compile_fields(FIELDS)


def appointment_types(scene: Scene) -> Iterator[dict[str, Any]]:
    """Give a practice's types by their keys."""
    for row in scene.every("AppointmentType"):
        yield render(row, scene)
