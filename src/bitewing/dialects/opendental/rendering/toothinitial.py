"""The ToothInitial resource (ToothInitials page); its Movement is a JSON string."""

from bitewing.dialects.opendental.rendering.enums import TOOTH_INITIAL_TYPE
from bitewing.dialects.opendental.rendering.fields import (
    Field,
    color,
    integer,
    moment,
    named,
    number_text,
    stamp,
    text,
)

FIELDS: tuple[Field, ...] = (
    integer("ToothInitialNum"),
    integer("PatNum"),
    text("ToothNum"),
    named("InitialType", TOOTH_INITIAL_TYPE),
    number_text("Movement"),
    text("DrawingSegment"),
    color("ColorDraw"),
    moment("SecDateTEntry"),
    stamp("SecDateTEdit"),
    text("DrawText"),
)
