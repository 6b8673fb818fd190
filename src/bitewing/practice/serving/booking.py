"""Booking: POST appointments, and what an office refuses to book."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bitewing.practice import moments
from bitewing.practice.database import Value
from bitewing.practice.serving import kinds, lookups, resources
from bitewing.practice.serving.call import Answer, Call, RefusedError, created
from bitewing.practice.serving.fields import Fields, read_fields
from bitewing.practice.serving.kinds import Kind
from bitewing.practice.serving.listing import APPOINTMENTS, element_of
from bitewing.practice.serving.schedules import is_closed
from bitewing.practice.simulating.booking import LETTER_MINUTES, is_free
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import AptStatus, HistoryAction, Invalid, Permission, ProcStatus

SETTABLE = (
    "PatNum", "Op", "AptDateTime", "AptStatus", "Pattern", "Confirmed", "Note", "ProvNum",
    "ProvHyg", "ClinicNum", "IsHygiene", "DateTimeArrived", "DateTimeSeated", "DateTimeDismissed",
    "IsNewPatient", "Priority", "AppointmentTypeNum", "SecUserNumEntry", "colorOverride",
    "PatternSecondary",
)  # fmt: skip
NEW_STATUSES = tuple(
    name if name in {"Scheduled", "Complete", "UnschedList", "PtNote", "PtNoteCompleted"} else ""
    for name in resources.APPT_STATUS
)
VISIT_TIMES = ("DateTimeArrived", "DateTimeSeated", "DateTimeDismissed")
TAKEN = "Appointment overlaps existing appointment."


@dataclass(frozen=True, slots=True)
class _Booking:
    """What is to be booked, checked."""

    patient: Found
    room: Found
    starts_at: datetime
    status: int
    kind: Kind
    pattern: str
    provider: int
    hygienist: int
    clinic: int


def book(desk: Desk, call: Call) -> Answer:
    """Create an appointment (API Appointments page, POST create)."""
    fields = read_fields(call, SETTABLE)
    fields.require("PatNum", "Op", "AptDateTime")
    booking = _check(desk, fields)
    row = _row(desk, fields, booking)
    number = desk.insert("appointment", row)
    desk.remember(number, HistoryAction.CREATED)
    patient = booking.patient["PatNum"]
    day = booking.starts_at.date()
    kinds.plan_procedures(
        desk,
        booking.kind,
        patient=patient,
        appointment=number,
        day=day,
        provider=booking.hygienist or booking.provider,
        clinic=booking.clinic,
    )
    if row["IsNewPatient"] and not _was_treated(desk, patient):
        desk.update("patient", patient, {"DateFirstVisit": day.isoformat()})
    desk.log(Permission.APPOINTMENT_CREATE, patient, number, "API")
    desk.signal(Invalid.APPOINTMENT, day.isoformat(), booking.room["OperatoryNum"])
    return created(call, f"appointments/{number}", element_of(desk, APPOINTMENTS, number))


def check_place(
    desk: Desk, operatory: int, starts_at: datetime, pattern: str, *, but_for: int = 0
) -> None:
    """Refuse a time at which the practice is closed or the room is taken."""
    if is_closed(desk, starts_at.date()):
        raise RefusedError(f"The practice is closed on {starts_at.date().isoformat()}.")
    minutes = len(pattern) * LETTER_MINUTES
    if not is_free(desk, operatory, starts_at, minutes, but_for=but_for):
        raise RefusedError(TAKEN)


def _check(desk: Desk, fields: Fields) -> _Booking:
    patient = lookups.living_patient(desk, fields.whole("PatNum"), "PriProv", "ClinicNum")
    room = lookups.open_room(desk, fields.whole("Op"))
    starts_at = fields.moment("AptDateTime")
    kind = kinds.kind_of(desk, fields.whole("AppointmentTypeNum"))
    booking = _Booking(
        patient,
        room,
        starts_at,
        fields.choice("AptStatus", NEW_STATUSES, "Scheduled"),
        kind,
        kinds.checked_pattern("Pattern", fields.text("Pattern"), kind.pattern),
        _provider(desk, fields, patient),
        lookups.working_provider(desk, hygienist) if (hygienist := fields.whole("ProvHyg")) else 0,
        lookups.clinic(desk, fields.whole("ClinicNum"))
        or room["ClinicNum"]
        or patient["ClinicNum"],
    )
    if booking.status in {AptStatus.SCHEDULED, AptStatus.COMPLETE}:
        check_place(desk, room["OperatoryNum"], starts_at, booking.pattern)
    return booking


def _provider(desk: Desk, fields: Fields, patient: Found) -> int:
    if wished := fields.whole("ProvNum"):
        return lookups.working_provider(desk, wished)
    return lookups.default_provider(desk, patient["PriProv"])


def _row(desk: Desk, fields: Fields, booking: _Booking) -> Mapping[str, Value]:
    secondary = kinds.checked_pattern(
        "PatternSecondary", fields.text("PatternSecondary"), "/" * len(booking.pattern)
    )
    if len(secondary) != len(booking.pattern):
        raise RefusedError("PatternSecondary must match the length of Pattern.")
    plans = _plans(desk, booking.patient["PatNum"])
    return {
        "PatNum": booking.patient["PatNum"],
        "AptStatus": booking.status,
        "Pattern": booking.pattern,
        "Confirmed": lookups.confirmation(desk, fields),
        "Op": booking.room["OperatoryNum"],
        "Note": fields.text("Note"),
        "ProvNum": booking.provider,
        "ProvHyg": booking.hygienist,
        "AptDateTime": moments.moment(booking.starts_at),
        "IsNewPatient": int(fields.flag("IsNewPatient")),
        "ProcDescript": booking.kind.description,
        "ClinicNum": booking.clinic,
        "IsHygiene": int(fields.flag("IsHygiene")),
        **{
            name: moments.moment(fields.time_on(name, booking.starts_at.date()))
            if name in fields
            else moments.NO_MOMENT
            for name in VISIT_TIMES
        },
        "InsPlan1": plans[0],
        "InsPlan2": plans[1],
        "DateTimeAskedToArrive": moments.NO_MOMENT,
        "ColorOverride": fields.color("colorOverride", booking.kind.color),
        "AppointmentTypeNum": booking.kind.number,
        "SecUserNumEntry": fields.whole("SecUserNumEntry"),
        "SecDateTEntry": moments.moment(desk.wall),
        "Priority": fields.choice("Priority", resources.PRIORITY, "Normal"),
        "PatternSecondary": secondary,
        "ProcsColored": "",
        "ProvBarText": "",
        "SecurityHash": "",
    }


def _plans(desk: Desk, patient: int) -> tuple[int, int]:
    """Give the plans of the patient's first two coverages; 0 where there is none."""
    rows = desk.database.rows(
        "SELECT s.PlanNum FROM patplan AS p JOIN inssub AS s ON s.InsSubNum = p.InsSubNum "
        "WHERE p.PatNum = ? ORDER BY p.Ordinal LIMIT 2",
        (patient,),
    )
    plans = [int(plan) for (plan,) in rows] + [0, 0]
    return plans[0], plans[1]


def _was_treated(desk: Desk, patient: int) -> bool:
    return bool(
        desk.find(
            "procedurelog",
            ("ProcNum",),
            "PatNum = ? AND ProcStatus = ? LIMIT 1",
            (patient, ProcStatus.COMPLETE),
        )
    )
