"""Document types: the folders of a patient's documents (GET /document_types)."""

from collections.abc import Iterator
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.fields import (
    Field,
    compile_fields,
    foreign_id,
    foreign_id_type,
    own_id,
    ruled,
    text,
)
from bitewing.dialects.nexhealth.scene import Scene

DOCUMENT_TYPE = "DocumentType"
"""The kind of our ids of them."""
IMAGE_CATEGORY = 18
"""``definition.Category`` of image categories (Open Dental's DefCat.ImageCats)."""

FIELDS: tuple[Field, ...] = (
    own_id("id", DOCUMENT_TYPE, "DefNum"),
    text("name", "ItemName"),
    ruled("institution_id", lambda _row, scene: scene.institution),
    foreign_id("DefNum"),
    foreign_id_type,
)
render = compile_fields(FIELDS)


def document_types(scene: Scene) -> Iterator[dict[str, Any]]:
    """Give the folders that the practice uses, by their keys."""
    for row in scene.every("Definition"):
        if cells.whole(row.get("Category")) == IMAGE_CATEGORY and not cells.flag(
            row.get("IsHidden")
        ):
            yield render(row, scene)
