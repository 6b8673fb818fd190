"""Providers: dentists and hygienists (GET /providers)."""

from collections.abc import Iterator
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    flag,
    foreign_id,
    foreign_id_type,
    institution_id,
    null,
    own_id,
    ruled,
    stamp,
    text,
    text_or_none,
)
from bitewing.dialects.nexhealth.rules.treating_provider import full_name
from bitewing.dialects.nexhealth.scene import Scene

_BIO = {
    "city": None, "state": None, "gender": None, "zip_code": None, "new_patient": False,
    "non_patient": False, "phone_number": "", "date_of_birth": None, "address_line_1": "",
    "address_line_2": "", "street_address": "", "cell_phone_number": "",
    "home_phone_number": "", "work_phone_number": "",
}  # fmt: skip
"""Open Dental keeps no address of its providers."""


def _display_name(row: Row, _scene: Scene) -> str:
    suffix = cells.text(row.get("Suffix")).strip()
    return f"{full_name(row)}, {suffix}" if suffix else full_name(row)


FIELDS: tuple[Field, ...] = (
    own_id("id", "Provider", "ProvNum"),
    null("email"),
    text("first_name", "FName"),
    text_or_none("middle_name", "MI"),
    text("last_name", "LName"),
    ruled("name", lambda row, _scene: full_name(row)),
    stamp("created_at", "DateTStamp"),  # the only moment that the row has
    stamp("updated_at", "DateTStamp"),
    institution_id,
    foreign_id("ProvNum"),
    foreign_id_type,
    ruled("bio", lambda _row, _scene: dict(_BIO)),
    flag("inactive", "IsHidden"),
    stamp("last_sync_time", "DateTStamp"),
    ruled("display_name", _display_name),
    text_or_none("npi", "NationalProvID"),
    null("tin"),
    text_or_none("state_license", "StateLicense"),
    text_or_none("specialty_code", "TaxonomyCodeOverride"),
)
render = compile_fields(FIELDS)


def providers(scene: Scene, *, is_inactive: bool | None = None) -> Iterator[dict[str, Any]]:
    """Give a practice's providers by their keys."""
    for row in scene.every("Provider"):
        if is_inactive in (None, cells.flag(row.get("IsHidden"))):
            yield render(row, scene)
