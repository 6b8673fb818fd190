"""Fields: the vocabulary in which each resource declares its JSON, one line a field.

``text("note", "Note")`` reads a column of the resource's row; ``ruled("confirmed", is_confirmed)``
asks a rule; ``false("unavailable")`` never changes. What a column becomes when it is
missing or NULL is said in ``cells``.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Row
from bitewing.dialects.nexhealth.scene import Scene

Rule = Callable[[Row, Scene], Any]
"""Gives the JSON value of one field of a row."""

Field = tuple[str, Rule]
"""A field's key in the JSON, and what gives its value."""

Render = Callable[[Row, Scene], dict[str, Any]]


def ruled(name: str, rule: Rule) -> Field:
    """Declare a field that a rule decides."""
    return name, rule


def null(name: str) -> Field:
    """Declare a field for which an Open Dental database has no counterpart."""
    return name, lambda _row, _scene: None


def false(name: str) -> Field:
    """Declare a claim that an Open Dental database never makes."""
    return name, lambda _row, _scene: False


def zero(name: str) -> Field:
    """Declare a claim that the examples write as a number, and that is never made."""
    return name, lambda _row, _scene: 0


def own_id(name: str, kind: str, key: str) -> Field:
    """Declare our id for the row itself."""
    return name, lambda row, scene: scene.id_of(kind, cells.whole(row.get(key)))


linked_id = own_id
"""Declares our id for what a column refers to; null where it refers to nothing."""


def foreign_id(key: str) -> Field:
    """Declare the practice's own key, as text."""
    return "foreign_id", lambda row, _scene: str(cells.whole(row.get(key)))


foreign_id_type: Field = ("foreign_id_type", lambda _row, scene: scene.foreign_id_type)
institution_id: Field = ("institution_id", lambda _row, scene: scene.institution)


def _column(convert: Callable[[bytes | None], Any], name: str, column: str) -> Field:
    return name, lambda row, _scene: convert(row.get(column))


text = partial(_column, cells.text)
text_or_none = partial(_column, cells.text_or_none)
flag = partial(_column, cells.flag)
whole = partial(_column, cells.whole)
day = partial(_column, cells.day)
stamp = partial(_column, cells.stamp)


def server_moment(name: str, column: str) -> Field:
    """Declare a DATETIME or DATE that the database server's clock wrote."""
    return name, lambda row, scene: scene.server_moment(cells.wall(row.get(column)))


def nested(name: str, fields: Sequence[Field]) -> Field:
    """Declare an object inside the object, of the same row."""
    return name, compile_fields(fields)


def compile_fields(fields: Sequence[Field]) -> Render:
    """Give the function that renders a row, keys in this order."""
    steps = tuple(fields)

    def render(row: Row, scene: Scene) -> dict[str, Any]:
        return {name: rule(row, scene) for name, rule in steps}

    return render
