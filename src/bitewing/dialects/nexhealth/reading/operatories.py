"""Operatories: the rooms in which patients are seen (GET /operatories)."""

from collections.abc import Iterator
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    flag,
    foreign_id,
    foreign_id_type,
    null,
    own_id,
    ruled,
    stamp,
    text,
)
from bitewing.dialects.nexhealth.rules import place
from bitewing.dialects.nexhealth.scene import Scene

FIELDS: tuple[Field, ...] = (
    own_id("id", "Operatory", "OperatoryNum"),
    text("name", "OpName"),
    text("display_name", "Abbrev"),
    foreign_id("OperatoryNum"),
    foreign_id_type,
    ruled("location_id", place.location_id),
    ruled("active", lambda row, _scene: not cells.flag(row.get("IsHidden"))),
    flag("bookable_online", "IsWebSched"),
    null("profile_url"),
    ruled("appointment_types", lambda _row, _scene: []),
    stamp("last_sync_time", "DateTStamp"),
    stamp("created_at", "DateTStamp"),  # the only moment that the row has
    stamp("updated_at", "DateTStamp"),
)
render = compile_fields(FIELDS)


def operatories(scene: Scene, *, location: int | None = None) -> Iterator[dict[str, Any]]:
    """Give a practice's operatories by their keys, or those of one Location."""
    for row in scene.every("Operatory"):
        if location in (None, place.location_id(row, scene)):
            yield render(row, scene)
