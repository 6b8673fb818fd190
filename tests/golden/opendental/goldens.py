"""The golden Messages: which row each is about, what it is called, and where it goes."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.golden.opendental.native_rows import (
    APPOINTMENT,
    HISTAPPOINTMENT,
    OPERATORY,
    PATFIELD,
    PATIENT,
    PROVIDER,
    SCHEDULE,
    TOOTHINITIAL,
    Row,
)

from bitewing.model.record import Record, RecordKey, fingerprint


@dataclass(frozen=True, slots=True)
class Golden:
    """One row, what it is called by other tables, and where its Message goes."""

    event_name: str
    watch: str
    table: str
    key: str
    path: str
    row: Row
    derived: Mapping[str, str]

    @property
    def record(self) -> Record:
        """The Record that a Source makes of the row."""
        native = {column: value.encode() for column, value in self.row.items()}
        key = RecordKey(self.watch, int(self.row[self.key]))
        return Record(key, native, self.derived, None, fingerprint(native))


_PATIENT_NAMES = {
    "priProvAbbr": "DOC1",
    "secProvAbbr": "",
    "BillingType": "Standard Account",
    "clinicAbbr": "Southside",
    "siteDesc": "",
}

GOLDENS: Mapping[str, Golden] = {
    "appointment": Golden(
        event_name="WatchTable: Appointment",
        watch="Appointment",
        table="appointment",
        key="AptNum",
        path="appointmentevent",
        row=APPOINTMENT,
        derived={"confirmed": "Not Called", "unschedStatus": "", "provAbbr": "DOC1"},
    ),
    "appointment_deleted": Golden(
        event_name="WatchTable: AppointmentDeleted",
        watch="AppointmentDeleted",
        table="histappointment",
        key="HistApptNum",
        path="appointmentdeletedevent",
        row=HISTAPPOINTMENT,
        derived={"confirmed": "Not Called", "unschedStatus": "Call back", "provAbbr": "DOC1"},
    ),
    "operatory": Golden(
        event_name="WatchTable: Operatory",
        watch="Operatory",
        table="operatory",
        key="OperatoryNum",
        path="operatoryevent",
        row=OPERATORY,
        derived={"operatoryType": "Surgery"},
    ),
    "patfield": Golden(
        event_name="WatchTable: PatField",
        watch="PatField",
        table="patfield",
        key="PatFieldNum",
        path="patfieldevent",
        row=PATFIELD,
        derived={},
    ),
    "patient": Golden(
        event_name="WatchTable: Patient",
        watch="Patient",
        table="patient",
        key="PatNum",
        path="patientevent",
        row=PATIENT,
        derived=_PATIENT_NAMES,
    ),
    "patient_selected": Golden(
        event_name="UiEventType: PatientSelected",
        watch="Patient",
        table="patient",
        key="PatNum",
        path="PatientSelected",
        row=PATIENT,
        derived=_PATIENT_NAMES,
    ),
    "provider": Golden(
        event_name="WatchTable: Provider",
        watch="Provider",
        table="provider",
        key="ProvNum",
        path="providerevent",
        row=PROVIDER,
        derived={},
    ),
    "schedule": Golden(
        event_name="WatchTable: Schedule",
        watch="Schedule",
        table="schedule",
        key="ScheduleNum",
        path="scheduleevent",
        row=SCHEDULE,
        derived={"blockoutType": "Lunch", "operatories": "5,6"},
    ),
    "toothinitial": Golden(
        event_name="WatchTable: ToothInitial",
        watch="ToothInitial",
        table="toothinitial",
        key="ToothInitialNum",
        path="toothinitialevent",
        row=TOOTHINITIAL,
        derived={},
    ),
}
"""Name of the .http file → the row behind it."""
