"""The Provider resource (Providers page)."""

from bitewing.dialects.opendental.rendering.enums import PROVIDER_STATUS
from bitewing.dialects.opendental.rendering.fields import (
    Field,
    color,
    date,
    integer,
    named,
    stamp,
    text,
    yes_no,
)

FIELDS: tuple[Field, ...] = (
    integer("ProvNum"),
    text("Abbr"),
    text("LName"),
    text("FName"),
    text("MI"),
    text("Suffix"),
    integer("FeeSched"),
    integer("Specialty"),
    text("SSN"),
    text("StateLicense"),
    yes_no("IsSecondary"),
    color("provColor", "ProvColor"),
    yes_no("IsHidden"),
    yes_no("UsingTIN"),
    yes_no("SigOnFile"),
    text("NationalProvID"),
    stamp("DateTStamp"),
    yes_no("IsNotPerson"),
    named("ProvStatus", PROVIDER_STATUS),
    yes_no("IsHiddenReport"),
    date("Birthdate"),
    text("SchedNote"),
    text("PreferredName"),
)
