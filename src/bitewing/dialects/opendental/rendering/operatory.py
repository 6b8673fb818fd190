"""The Operatory resource (Operatories page); it does not show its DateTStamp."""

from bitewing.dialects.opendental.rendering.fields import Field, integer, looked_up, text, yes_no

FIELDS: tuple[Field, ...] = (
    integer("OperatoryNum"),
    text("OpName"),
    text("Abbrev"),
    integer("ItemOrder"),
    yes_no("IsHidden"),
    integer("ProvDentist"),
    integer("ProvHygienist"),
    yes_no("IsHygiene"),
    integer("ClinicNum"),
    yes_no("SetProspective"),
    yes_no("IsWebSched"),
    integer("OperatoryType"),
    looked_up("operatoryType"),
)
