"""Locations: the clinics of a practice, and the practice itself."""

from collections.abc import Sequence
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    foreign_id_type,
    institution_id,
    null,
    ruled,
    text,
)
from bitewing.dialects.nexhealth.rules.contact import phone
from bitewing.dialects.nexhealth.rules.place import NO_CLINICS
from bitewing.dialects.nexhealth.scene import Scene

_PREFERENCES = {
    "Description": b"PracticeTitle",
    "Address": b"PracticeAddress",
    "Address2": b"PracticeAddress2",
    "City": b"PracticeCity",
    "State": b"PracticeST",
    "Zip": b"PracticeZip",
    "Phone": b"PracticePhone",
}
"""A clinic's columns, and the preferences that say the same of the practice itself."""


def _clinic(row: Row) -> int:
    return cells.whole(row.get("ClinicNum"))


def _id(row: Row, scene: Scene) -> int:
    return scene.id_called("Location", str(_clinic(row)))


FIELDS: tuple[Field, ...] = (
    ruled("id", _id),
    text("name", "Description"),
    institution_id,
    text("street_address", "Address"),
    text("street_address_2", "Address2"),
    text("city", "City"),
    text("state", "State"),
    text("zip_code", "Zip"),
    ruled("country_code", lambda _row, _scene: "US"),
    null("created_at"),
    null("updated_at"),
    null("latitude"),
    null("longitude"),
    phone("phone_number", "Phone"),
    ruled("foreign_id", lambda row, _scene: str(_clinic(row))),
    foreign_id_type,
    null("email"),
    ruled("tz", lambda row, scene: scene.office.zone_of(_clinic(row)).key),
    null("last_sync_time"),
    ruled("insert_appt_client", lambda _row, scene: scene.office.is_written),
    ruled("map_by_operatory", lambda _row, _scene: True),
    ruled("set_availability_by_operatory", lambda _row, _scene: True),
    ruled("inactive", lambda row, _scene: cells.flag(row.get("IsHidden"))),
)
_render = compile_fields(FIELDS)

_SHORT = (
    "id", "name", "street_address", "street_address_2", "city", "state", "zip_code",
    "phone_number", "email", "inactive",
)  # fmt: skip
"""What a sync status shows of a Location."""


def locations(scene: Scene, institution_name: str) -> list[dict[str, Any]]:
    """Give a practice's Locations: itself, then its clinics unless they are switched off."""
    itself = {column: scene.preference(name) for column, name in _PREFERENCES.items()}
    itself["Description"] = itself["Description"] or institution_name.encode()
    rows: list[Row] = [{"ClinicNum": b"0", **itself}]
    if scene.preference(b"EasyNoClinics") != NO_CLINICS:
        rows += scene.every("Clinic")
    return [_render(row, scene) for row in rows]


def shortened(shown: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give what a sync status shows of these Locations."""
    return [{key: one[key] for key in _SHORT} for one in shown]
