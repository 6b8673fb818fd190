"""Fields: the vocabulary in which each resource declares its JSON, one line a field.

``integer("AptNum")`` reads the column AptNum; ``color("colorOverride", "ColorOverride")`` reads
another; ``since`` leaves the field out before that version of Open Dental. What a field becomes
when its column is missing or NULL is said in ``values``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.rendering import values
from bitewing.dialects.opendental.rendering.values import Convert
from bitewing.dialects.opendental.versions import Version, parse_version


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource.

    Attributes:
        name: its key in the JSON.
        column: the native column, or the looked-up name.
        convert: gives, for an office's time zone, what turns the column into a JSON value.
        is_looked_up: whether it comes from Record.derived.
        since: the version that added it; () for always.
    """

    name: str
    column: str
    convert: Callable[[ZoneInfo], Convert]
    is_looked_up: bool = False
    since: Version = ()


@dataclass(frozen=True, slots=True)
class _Kind:
    """Makes Fields of one kind."""

    convert: Convert
    is_looked_up: bool = False

    def __call__(self, name: str, column: str = "", *, since: str = "") -> Field:
        return Field(
            name, column or name, lambda _: self.convert, self.is_looked_up, parse_version(since)
        )


integer = _Kind(values.integer)
integer_text = _Kind(values.integer_text)
number = _Kind(values.number)
number_text = _Kind(values.number_text)
text = _Kind(values.text)
yes_no = _Kind(values.yes_no)
color = _Kind(values.color)
date = _Kind(values.date)
moment = _Kind(values.moment)
time_of_day = _Kind(values.time_of_day)
looked_up = _Kind(lambda name: values.one_line(name or ""), is_looked_up=True)
looked_up_label = _Kind(lambda name: values.without_blanks(name or ""), is_looked_up=True)


def named(name: str, names: Sequence[str]) -> Field:
    """Declare an enum, shown by name."""
    return _Kind(values.named(names))(name)


def stamp(name: str, *, since: str = "") -> Field:
    """Declare a TIMESTAMP, shown in the office's time."""
    return Field(name, name, values.stamp, since=parse_version(since))
