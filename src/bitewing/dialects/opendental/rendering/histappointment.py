"""The HistAppointment resource (HistAppointments page), which AppointmentDeleted carries."""

from bitewing.dialects.opendental.rendering import appointment
from bitewing.dialects.opendental.rendering.enums import E_SERVICE_TYPES, HIST_APPOINTMENT_ACTION
from bitewing.dialects.opendental.rendering.fields import Field, integer, moment, named

FIELDS: tuple[Field, ...] = (
    integer("HistApptNum"),
    integer("HistUserNum"),
    moment("HistDateTStamp"),
    named("HistApptAction", HIST_APPOINTMENT_ACTION),
    named("ApptSource", E_SERVICE_TYPES),
    *appointment.UP_TO_TYPE,
    integer("SecUserNumEntry"),
    *appointment.FROM_ENTRY,
)
