"""Plans: a resource's fields, compiled for one version and one time zone."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.rendering.fields import Field
from bitewing.dialects.opendental.rendering.values import Value
from bitewing.dialects.opendental.versions import Version
from bitewing.model.record import Record

Render = Callable[[Record], dict[str, Value]]
"""Gives the JSON object of a Record, keys in the resource's order."""


def compile_fields(fields: Sequence[Field], version: Version, zone: ZoneInfo) -> Render:
    """Decide once what is the same for every Record; a Message has up to a thousand."""
    steps = tuple(
        (field.name, field.is_looked_up, field.column, field.convert(zone))
        for field in fields
        if field.since <= version
    )

    def render(record: Record) -> dict[str, Value]:
        native, derived = record.native.get, record.derived.get
        return {
            name: convert(derived(column) if is_looked_up else native(column))
            for name, is_looked_up, column, convert in steps
        }

    return render
