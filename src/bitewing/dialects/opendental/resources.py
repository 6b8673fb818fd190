"""Resources: the GET methods that are answered, with their filters and order as documented."""

from dataclasses import dataclass

from bitewing.dialects.opendental.filters import (
    Filter,
    exactly,
    from_day,
    on_day,
    one_of,
    part_of,
    stamped_since,
    through_day,
    whole_number,
)
from bitewing.dialects.opendental.rendering.enums import (
    APPT_STATUS,
    HIST_APPOINTMENT_ACTION,
    PATIENT_GENDER,
    PATIENT_POSITION,
    PATIENT_STATUS,
    SCHEDULE_TYPE,
)
from bitewing.model.inquiry import Condition, Relation


@dataclass(frozen=True, slots=True)
class Resource:
    """One list that can be asked for.

    Attributes:
        path: below ``/api/v1/``.
        noun: what one of it is called in an error: "Appointment not found."
        watch: the Watch whose table is read.
        key: the primary key.
        order: native columns. The last is the key, so that pages never overlap.
        filters: the documented query parameters.
        always: what every Record must satisfy besides.
        today_unless: where none of these parameters is given, the first of them is today.
    """

    path: str
    noun: str
    watch: str
    key: str
    order: tuple[str, ...]
    filters: tuple[Filter, ...]
    always: tuple[Condition, ...] = ()
    today_unless: tuple[str, ...] = ()


_APT_DATE = (
    on_day("date", "AptDateTime", has_time=True),
    from_day("dateStart", "AptDateTime", has_time=True),
    through_day("dateEnd", "AptDateTime", has_time=True),
)

RESOURCES: tuple[Resource, ...] = (
    Resource(
        path="appointments",
        noun="Appointment",
        watch="Appointment",
        key="AptNum",
        order=("AptDateTime", "AptNum"),
        filters=(
            whole_number("PatNum"),
            one_of("AptStatus", APPT_STATUS),
            whole_number("Op"),
            *_APT_DATE,
            whole_number("ClinicNum"),
            stamped_since("DateTStamp"),
            whole_number("AppointmentTypeNum", since="24.4.22"),
        ),
    ),
    Resource(
        # Their dates are the appointment's own, not the day on which it was changed or deleted.
        path="histappointments",
        noun="HistAppointment",
        watch="AppointmentDeleted",
        key="HistApptNum",
        order=("HistApptNum",),
        filters=(
            one_of("HistApptAction", HIST_APPOINTMENT_ACTION),
            whole_number("AptNum"),
            whole_number("PatNum"),
            one_of("AptStatus", APPT_STATUS),
            whole_number("ClinicNum"),
            *_APT_DATE,
        ),
    ),
    Resource(
        path="operatories",
        noun="Operatory",
        watch="Operatory",
        key="OperatoryNum",
        order=("OperatoryNum",),
        filters=(whole_number("ClinicNum"),),
    ),
    Resource(
        path="patfields",
        noun="PatField",
        watch="PatField",
        key="PatFieldNum",
        order=("PatFieldNum",),
        filters=(
            whole_number("PatNum"),
            exactly("FieldName"),
            stamped_since("SecDateTEdit"),
        ),
    ),
    Resource(
        path="patients/Simple",
        noun="Patient",
        watch="Patient",
        key="PatNum",
        order=("PatNum",),
        filters=(
            stamped_since("DateTStamp"),
            part_of("LName"),
            part_of("FName"),
            on_day("Birthdate", "Birthdate"),
            whole_number("ClinicNum"),
            one_of("PatStatus", PATIENT_STATUS),
            whole_number("PriProv"),
            one_of("Gender", PATIENT_GENDER),
            one_of("Position", PATIENT_POSITION),
            whole_number("Guarantor"),
            whole_number("SuperFamily"),
            whole_number("EmployerNum"),
            whole_number("FeeSched"),
        ),
        always=(Condition("PatStatus", Relation.NOT_EQUAL, PATIENT_STATUS.index("Deleted")),),
    ),
    Resource(
        # The documented ClinicNum is not here: a provider's clinics are in a table of their own.
        path="providers",
        noun="Provider",
        watch="Provider",
        key="ProvNum",
        order=("ProvNum",),
        filters=(stamped_since("DateTStamp"),),
    ),
    Resource(
        path="schedules",
        noun="Schedule",
        watch="Schedule",
        key="ScheduleNum",
        order=("StartTime", "ScheduleNum"),
        filters=(
            on_day("date", "SchedDate"),
            from_day("dateStart", "SchedDate"),
            through_day("dateEnd", "SchedDate"),
            one_of("SchedType", SCHEDULE_TYPE),
            whole_number("BlockoutDefNum", "BlockoutType"),
            whole_number("ProvNum"),
            whole_number("EmployeeNum"),
        ),
        today_unless=("date", "dateStart", "dateEnd"),
    ),
    Resource(
        path="toothinitials",
        noun="ToothInitial",
        watch="ToothInitial",
        key="ToothInitialNum",
        order=("ToothInitialNum",),
        filters=(whole_number("PatNum"),),
    ),
)
BY_PATH = {resource.path: resource for resource in RESOURCES}
