"""The Schedule resource (Schedules page), in which every value is a JSON string."""

from bitewing.dialects.opendental.rendering.enums import SCHEDULE_TYPE
from bitewing.dialects.opendental.rendering.fields import (
    Field,
    date,
    integer_text,
    looked_up,
    named,
    stamp,
    text,
    time_of_day,
)

FIELDS: tuple[Field, ...] = (
    integer_text("ScheduleNum"),
    date("SchedDate"),
    time_of_day("StartTime"),
    time_of_day("StopTime"),
    named("SchedType", SCHEDULE_TYPE),
    integer_text("ProvNum"),
    integer_text("BlockoutType"),
    looked_up("blockoutType"),
    text("Note"),
    looked_up("operatories"),
    integer_text("EmployeeNum"),
    stamp("DateTStamp", since="25.1"),
)
