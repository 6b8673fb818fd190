"""Booking: appointments are made, moved, broken and deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bitewing.practice import definitions, moments, visits
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import (
    AptStatus,
    HistoryAction,
    Invalid,
    PatStatus,
    Permission,
    ProcStatus,
)

TRIES = 20
AHEAD_DAYS = 60
TODAY_SHARE = 0.35
FIRST_HOUR, LAST_HOUR = 8, 17
GRID_MINUTES = 10
LETTER_MINUTES = 5
SATURDAY = 5
ROOM_COLUMNS = ("OperatoryNum", "ProvDentist", "ProvHygienist", "IsHygiene", "ClinicNum")


@dataclass(frozen=True, slots=True)
class Opening:
    """A room that is free at a time; its columns as operatory has them."""

    room: Found
    starts_at: datetime


def book(desk: Desk) -> Action | None:
    """Make an appointment with its procedures for a patient."""
    patient = desk.pick("patient", (), "PatStatus = ?", (PatStatus.PATIENT,))
    kind = desk.dice.choice(visits.HYGIENE_KINDS + visits.TREATMENT_KINDS)
    opening = find_opening(desk, kind.minutes, is_hygiene=kind.is_hygiene)
    if patient is None or opening is None:
        return None
    unset = moments.midnight(opening.starts_at.date())
    number = desk.insert(
        "appointment",
        _place(opening)
        | {
            "PatNum": patient["PatNum"],
            "AptStatus": AptStatus.SCHEDULED,
            "Pattern": kind.pattern,
            "Confirmed": definitions.NOT_CALLED,
            "Note": "",
            "ProcDescript": kind.description,
            "IsHygiene": int(kind.is_hygiene),
            "DateTimeArrived": unset,
            "DateTimeSeated": unset,
            "DateTimeDismissed": unset,
            "AppointmentTypeNum": kind.number,
            "SecUserNumEntry": desk.user,
            "SecDateTEntry": moments.moment(desk.wall),
        },
    )
    desk.remember(number, HistoryAction.CREATED)
    for code in kind.codes:
        _plan_procedure(desk, patient["PatNum"], number, code, opening)
    desk.log(Permission.APPOINTMENT_CREATE, patient["PatNum"], number, kind.name)
    _signal(desk, opening)
    return desk.action(
        ActionKind.BOOKED,
        "appointment",
        number,
        f"booked appointment {number} for {moments.moment(opening.starts_at)}",
    )


def move(desk: Desk) -> Action | None:
    """Move an appointment to another time, and perhaps to another room."""
    found = _upcoming(desk, "Pattern", "IsHygiene")
    if found is None:
        return None
    minutes = len(found["Pattern"]) * LETTER_MINUTES
    opening = find_opening(desk, minutes, is_hygiene=bool(found["IsHygiene"]))
    if opening is None or moments.moment(opening.starts_at) == found["AptDateTime"]:
        return None
    number = found["AptNum"]
    desk.update("appointment", number, _place(opening))
    desk.remember(number, HistoryAction.CHANGED)
    desk.log(Permission.APPOINTMENT_MOVE, found["PatNum"], number, "moved")
    _signal(desk, opening)
    return desk.action(
        ActionKind.MOVED,
        "appointment",
        number,
        f"moved appointment {number} to {moments.moment(opening.starts_at)}",
    )


def break_appointment(desk: Desk) -> Action | None:
    """Cancel an appointment, or note that the patient did not come."""
    found = _upcoming(desk)
    if found is None:
        return None
    number = found["AptNum"]
    is_missed = found["AptDateTime"] < moments.moment(desk.wall)
    desk.update("appointment", number, {"AptStatus": AptStatus.BROKEN})
    desk.remember(number, HistoryAction.MISSED if is_missed else HistoryAction.CANCELLED)
    desk.log(Permission.APPOINTMENT_EDIT, found["PatNum"], number, "broken")
    word = "missed" if is_missed else "cancelled"
    return desk.action(ActionKind.BROKEN, "appointment", number, f"{word} appointment {number}")


def delete(desk: Desk) -> Action | None:
    """Delete an appointment: its history is written first, then its procedures let go."""
    found = desk.pick("appointment", ("PatNum",), "AptStatus <> ?", (AptStatus.COMPLETE,))
    if found is None:
        return None
    number = found["AptNum"]
    desk.remember(number, HistoryAction.DELETED)
    for column in ("AptNum", "PlannedAptNum"):
        for procedure in desk.find("procedurelog", ("ProcNum",), f"{column} = ?", (number,)):
            desk.update("procedurelog", procedure["ProcNum"], {column: 0})
    for other in desk.find("appointment", ("AptNum",), "NextAptNum = ?", (number,)):
        desk.update("appointment", other["AptNum"], {"NextAptNum": 0})
    desk.delete("appointment", number)
    desk.log(Permission.APPOINTMENT_EDIT, found["PatNum"], 0, "deleted")
    return desk.action(ActionKind.DELETED, "appointment", number, f"deleted appointment {number}")


def find_opening(desk: Desk, minutes: int, *, is_hygiene: bool) -> Opening | None:
    """Look for a room of that kind that is free for so long, today or in the weeks to come."""
    rooms = desk.find(
        "operatory", ROOM_COLUMNS, "IsHidden = 0 AND IsHygiene = ?", (int(is_hygiene),)
    )
    for _ in range(TRIES if rooms else 0):
        room = desk.dice.choice(rooms)
        day = _some_day(desk)
        latest = (LAST_HOUR - FIRST_HOUR) * 60 - minutes
        offset = desk.dice.randrange(0, latest + 1, GRID_MINUTES)
        starts_at = day.replace(hour=FIRST_HOUR) + timedelta(minutes=offset)
        if is_free(desk, room["OperatoryNum"], starts_at, minutes):
            return Opening(room, starts_at)
    return None


def _some_day(desk: Desk) -> datetime:
    today = desk.wall.replace(hour=0, minute=0, second=0)
    if desk.dice.random() < TODAY_SHARE:
        return today  # even on a Sunday: people in pain come when they must
    day = today + timedelta(days=desk.dice.randint(1, AHEAD_DAYS))
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def is_free(
    desk: Desk, operatory: int, starts_at: datetime, minutes: int, *, but_for: int = 0
) -> bool:
    """Tell whether no appointment but ``but_for`` is in that room within so many minutes."""
    midnight = starts_at.replace(hour=0, minute=0)
    taken = desk.find(
        "appointment",
        ("AptDateTime", "Pattern"),
        "Op = ? AND AptDateTime >= ? AND AptDateTime < ? AND AptStatus IN (1, 2) AND AptNum <> ?",
        (
            operatory,
            moments.moment(midnight),
            moments.moment(midnight + timedelta(days=1)),
            but_for,
        ),
    )
    ends_at = starts_at + timedelta(minutes=minutes)
    for other in taken:
        begins_at = datetime.fromisoformat(other["AptDateTime"])
        length = timedelta(minutes=len(other["Pattern"] or "") * LETTER_MINUTES)
        if begins_at < ends_at and starts_at < begins_at + length:
            return False
    return True


def _upcoming(desk: Desk, *columns: str) -> Found | None:
    today = moments.midnight(desk.wall.date())
    return desk.pick(
        "appointment",
        ("PatNum", "AptDateTime", *columns),
        "AptStatus = ? AND AptDateTime >= ?",
        (AptStatus.SCHEDULED, today),
    )


def _place(opening: Opening) -> dict[str, str | int | float | None]:
    return {
        "AptDateTime": moments.moment(opening.starts_at),
        "Op": opening.room["OperatoryNum"],
        "ProvNum": opening.room["ProvDentist"],
        "ProvHyg": opening.room["ProvHygienist"],
        "ClinicNum": opening.room["ClinicNum"],
    }


def _plan_procedure(
    desk: Desk, patient: int, appointment: int, code: visits.Code, opening: Opening
) -> None:
    today = desk.wall.date().isoformat()
    desk.insert(
        "procedurelog",
        {
            "PatNum": patient,
            "AptNum": appointment,
            "ProcDate": opening.starts_at.date().isoformat(),
            "ProcFee": code.fee,
            "ToothNum": str(desk.dice.randint(2, 31)) if code.area == visits.TOOTH_AREA else "",
            "ProcStatus": ProcStatus.PLANNED,
            "ProvNum": opening.room["ProvHygienist"] or opening.room["ProvDentist"],
            "ClinicNum": opening.room["ClinicNum"],
            "CodeNum": code.number,
            "UnitQty": 1,
            "DateTP": today,
            "SecUserNumEntry": desk.user,
            "SecDateEntry": moments.moment(desk.wall),
        },
    )


def _signal(desk: Desk, opening: Opening) -> None:
    day = opening.starts_at.date().isoformat()
    desk.signal(Invalid.APPOINTMENT, day, opening.room["OperatoryNum"])
