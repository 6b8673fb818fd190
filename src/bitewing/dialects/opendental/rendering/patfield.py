"""The PatField resource (PatFields page)."""

from bitewing.dialects.opendental.rendering.fields import Field, date, integer, stamp, text

FIELDS: tuple[Field, ...] = (
    integer("PatFieldNum"),
    integer("PatNum"),
    text("FieldName"),
    text("FieldValue"),
    date("SecDateEntry"),
    stamp("SecDateTEdit"),
)
