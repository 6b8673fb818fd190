"""The renderer: from an Event's or a resource's name to the JSON object of a Record."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.office_time import write_wall
from bitewing.dialects.opendental.rendering import (
    appointment,
    histappointment,
    operatory,
    patfield,
    patient,
    provider,
    schedule,
    toothinitial,
)
from bitewing.dialects.opendental.rendering.fields import Field
from bitewing.dialects.opendental.rendering.plan import Render, compile_fields
from bitewing.dialects.opendental.rendering.values import Value
from bitewing.dialects.opendental.versions import Version
from bitewing.model.record import Record

SHAPES: Mapping[str, Sequence[Field]] = {
    "Appointment": appointment.FIELDS,
    "AppointmentDeleted": histappointment.FIELDS,
    "Operatory": operatory.FIELDS,
    "PatField": patfield.FIELDS,
    "Patient": patient.FIELDS,
    "PatientSelected": patient.SELECTED,
    "Provider": provider.FIELDS,
    "Schedule": schedule.FIELDS,
    "ToothInitial": toothinitial.FIELDS,
    # What was deleted is shown as it last was.
    "PatFieldDeleted": patfield.FIELDS,
    "ScheduleDeleted": schedule.FIELDS,
    "ToothInitialDeleted": toothinitial.FIELDS,
}
"""WatchTable or UiEventType → the fields of one element, in order."""


class Renderer:
    """Renders Records as one version of Open Dental does."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._plans: dict[tuple[str, ZoneInfo], Render] = {}

    def plan(self, shape: str, zone: ZoneInfo) -> Render:
        """Give the function that renders Records of a shape (see SHAPES) for one office."""
        plan = self._plans.get((shape, zone))
        if plan is None:
            plan = compile_fields(SHAPES[shape], self._version, zone)
            self._plans[shape, zone] = plan
        return plan

    def resource(
        self, watch: str, record: Record, *, zone: ZoneInfo, read_at: datetime | None
    ) -> dict[str, Value]:
        """Give a Record as a GET shows it.

        That is the Event's element, and for some resources the key ``serverDateTime``: first on
        the Appointments page and for patients/Simple, last on the Providers page.

        Args:
            watch: the Watch's name.
            record: what was found.
            zone: the office's.
            read_at: the database's clock BEFORE the Record was read, so that a later search for
                ``DateTStamp`` from then on misses nothing; None where the method does not show
                it (a provider then shows it as "").
        """
        element = self.plan(watch, zone)(record)
        if watch in {"Appointment", "Patient"} and read_at is not None:
            return {"serverDateTime": write_wall(read_at, zone), **element}
        if watch == "Provider":
            element["serverDateTime"] = "" if read_at is None else write_wall(read_at, zone)
        return element
