"""The Appointment resource (Appointments page; API Events page, "Database Event")."""

from bitewing.dialects.opendental.rendering.enums import APPT_PRIORITY, APPT_STATUS
from bitewing.dialects.opendental.rendering.fields import (
    Field,
    color,
    integer,
    looked_up,
    moment,
    named,
    stamp,
    text,
    yes_no,
)

UP_TO_TYPE: tuple[Field, ...] = (
    integer("AptNum"),
    integer("PatNum"),
    named("AptStatus", APPT_STATUS),
    text("Pattern"),
    integer("Confirmed"),
    looked_up("confirmed"),
    yes_no("TimeLocked"),
    integer("Op"),
    text("Note"),
    integer("ProvNum"),
    looked_up("provAbbr"),
    integer("ProvHyg"),
    moment("AptDateTime"),
    integer("NextAptNum"),
    integer("UnschedStatus"),
    looked_up("unschedStatus"),
    yes_no("IsNewPatient"),
    text("ProcDescript"),
    integer("ClinicNum"),
    yes_no("IsHygiene"),
    stamp("DateTStamp"),
    moment("DateTimeArrived"),
    moment("DateTimeSeated"),
    moment("DateTimeDismissed"),
    integer("InsPlan1"),
    integer("InsPlan2"),
    moment("DateTimeAskedToArrive"),
    color("colorOverride", "ColorOverride"),
    integer("AppointmentTypeNum"),
)
FROM_ENTRY: tuple[Field, ...] = (
    moment("SecDateTEntry"),
    named("Priority", APPT_PRIORITY),
    text("PatternSecondary"),
    integer("ItemOrderPlanned"),
)
FIELDS: tuple[Field, ...] = (
    *UP_TO_TYPE,
    integer("SecUserNumEntry", since="25.1.27"),
    *FROM_ENTRY,
)
