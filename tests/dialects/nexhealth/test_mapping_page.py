"""The mapping page names every field of every example, and none besides."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.dialects.nexhealth.test_golden import FOLDER

from bitewing.dialects.nexhealth.catalogue import RESOURCE_TYPES, announced_as
from bitewing.dialects.nexhealth.resources.document import DOCUMENT, Document, document

PAGE = Path(__file__).parents[3] / "docs" / "mapping-nexhealth.md"
CONFIDENCES = {"high", "medium", "low", "none"}
AT = datetime(2026, 3, 2, tzinfo=UTC)
OURS = Document(1, "pending", 2, 3, "x-ray.png", None, AT, AT, (None, "msg"))
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^\| `([\w.]+)` \| .+ \| (\w+) \|$", re.MULTILINE)


def fields_of(value: Any, path: str = "") -> Iterator[str]:
    """Give the paths of all that is no object; an array is its elements."""
    if isinstance(value, list):
        for one in value:
            yield from fields_of(one, path)
    elif isinstance(value, dict) and value:
        for key, one in value.items():
            yield from fields_of(one, f"{path}.{key}" if path else key)
    else:
        yield path


def shown_fields(resource_type: str) -> set[str]:
    """Give the fields of all examples of a resource; a nested patient is one field."""
    if resource_type == DOCUMENT:  # no example of it is known
        return set(fields_of(document(OURS)))
    found: set[str] = set()
    for path in FOLDER.glob("*.json"):
        told = json.loads(path.read_text())
        if told["resource_type"] == resource_type:
            resource = told["data"][announced_as(path.stem.partition(".")[0]).key]
            found.update(fields_of(resource))
    return {field for field in found if not field.startswith("patient.")}


def described() -> dict[str, dict[str, str]]:
    """Give section → field → confidence."""
    return {name: dict(_LINE.findall(text)) for name, text in _SECTION.findall(PAGE.read_text())}


@pytest.mark.parametrize("resource_type", RESOURCE_TYPES)
def test_every_field_stands_in_the_mapping_page(resource_type: str) -> None:
    """With how sure it is; a field that no example has is not there."""
    page = described()[resource_type]
    whole = {"patient", "descriptors"} if resource_type == "Appointment" else set()

    assert set(page) == shown_fields(resource_type) | whole
    assert set(page.values()) <= CONFIDENCES
