"""Descriptor: a procedure code at a Location, as appointments list what they are for."""

from collections.abc import Sequence
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.rules.place import clinic_of
from bitewing.dialects.nexhealth.scene import Scene

DESCRIPTOR = "Descriptor"
DELETED = 6
"""ProcStatus."""


def descriptors(appointment: Row, scene: Scene) -> list[dict[str, Any]]:
    """Give the codes of the procedures on an appointment, each once, by their first procedure."""
    codes: dict[int, Row] = {}
    for procedure in _procedures(appointment, scene):
        number = cells.whole(procedure.get("CodeNum"))
        code = scene.find("ProcedureCode", number)
        if code is not None:
            codes.setdefault(number, code)
    clinic = clinic_of(appointment, scene)
    return [_descriptor(number, code, clinic, scene) for number, code in codes.items()]


def _descriptor(number: int, code: Row, clinic: int, scene: Scene) -> dict[str, Any]:
    foreign_id = f"{number}:{clinic}"
    stamp = cells.stamp(code.get("DateTStamp"))
    return {
        "id": scene.id_called(DESCRIPTOR, foreign_id),
        "descriptor_type": "Procedure Code",
        "name": cells.text(code.get("Descript")),
        "code": cells.text(code.get("ProcCode")),
        "location_id": scene.id_called("Location", str(clinic)),
        "foreign_id": foreign_id,
        "foreign_id_type": scene.foreign_id_type,
        "data": {},
        "active": True,
        "last_sync_time": stamp,
        "created_at": stamp,  # the only moment that the code's row has
        "updated_at": stamp,
    }


def _procedures(appointment: Row, scene: Scene) -> Sequence[Row]:
    found = scene.linked("Procedure", "AptNum", cells.whole(appointment.get("AptNum")))
    return [row for row in found if cells.whole(row.get("ProcStatus")) != DELETED]
