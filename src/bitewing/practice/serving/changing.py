"""Changing appointments: PUT of fields, Note, Confirm and Break (API Appointments page)."""

from collections.abc import Mapping
from datetime import datetime

from bitewing.practice import moments
from bitewing.practice.database import Value
from bitewing.practice.serving import kinds, lookups, resources
from bitewing.practice.serving.booking import VISIT_TIMES, check_place
from bitewing.practice.serving.call import Answer, Call, RefusedError
from bitewing.practice.serving.fields import Fields, read_fields
from bitewing.practice.serving.listing import APPOINTMENTS, element_of
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import (
    AptStatus,
    HistoryAction,
    Invalid,
    Permission,
    ProcStatus,
)

SETTABLE = (
    "AptStatus", "Pattern", "Confirmed", "Op", "Note", "ProvNum", "ProvHyg", "AptDateTime",
    "ClinicNum", "IsHygiene", "IsNewPatient", "Priority", "UnschedStatus", "colorOverride",
    *VISIT_TIMES,
)  # fmt: skip
STATUSES = tuple(name if name not in {"None", "ASAP"} else "" for name in resources.APPT_STATUS)
CONFIRM_PREFERENCES = {
    # Setup, eServices, Automated Messaging
    "Sent": "ApptEConfirmStatusSent",
    "Confirmed": "ApptEConfirmStatusAccepted",
    "Not Accepted": "ApptEConfirmStatusDeclined",
    "Failed": "ApptEConfirmStatusSendFailed",
}
BREAK_CODES = {"Missed": "D9986", "Cancelled": "D9987"}
_KNOWN = ("PatNum", "AptStatus", "AptDateTime", "Op", "Pattern", "Note", "ProvNum", "ClinicNum")


def update(desk: Desk, call: Call, number: int) -> Answer:
    """Change fields; those that are left out stay as they are."""
    fields = read_fields(call, SETTABLE)
    found = _appointment(desk, number)
    written = _changes(desk, fields, found)
    row = {**found, **written}
    is_placed = bool({"AptDateTime", "Op", "Pattern", "AptStatus"} & set(written))
    if is_placed and row["AptStatus"] in {AptStatus.SCHEDULED, AptStatus.COMPLETE}:
        check_place(desk, row["Op"], _starts_at(row), str(row["Pattern"] or ""), but_for=number)
    if written:
        is_moved = bool({"AptDateTime", "Op"} & set(written))
        permission = Permission.APPOINTMENT_MOVE if is_moved else Permission.APPOINTMENT_EDIT
        _write(desk, number, found, written, permission=permission)
    return Answer(200, element_of(desk, APPOINTMENTS, number))


def append_note(desk: Desk, call: Call, number: int) -> Answer:
    """Add a line to the note."""
    fields = read_fields(call, ("Note",))
    fields.require("Note")
    found = _appointment(desk, number)
    note = "\r\n".join(part for part in (found["Note"], fields.text("Note")) if part)
    _write(desk, number, found, {"Note": note})
    return Answer(200)


def confirm(desk: Desk, call: Call, number: int) -> Answer:
    """Set the confirmation, by a word or by a definition, never both."""
    fields = read_fields(call, ("confirmVal", "defNum"))
    if ("confirmVal" in fields) == ("defNum" in fields):
        raise RefusedError("Either confirmVal or defNum is required, and only one of them.")
    found = _appointment(desk, number)
    confirmed = (
        lookups.confirmation(desk, fields, "defNum")
        if "defNum" in fields
        else _confirmation(desk, fields.text("confirmVal"))
    )
    _write(desk, number, found, {"Confirmed": confirmed})
    return Answer(200)


def break_appointment(desk: Desk, call: Call, number: int) -> Answer:
    """Break an appointment; it stays in its place or goes to the unscheduled list."""
    fields = read_fields(call, ("sendToUnscheduledList", "breakType"))
    fields.require("sendToUnscheduledList")
    kind = fields.text("breakType")
    found = _appointment(desk, number)
    if found["AptStatus"] != AptStatus.SCHEDULED:
        raise RefusedError("Only appointments with an AptStatus of Scheduled can be broken.")
    if kind:
        _chart_break(desk, number, found, kind)
    status = (
        AptStatus.UNSCHEDULED_LIST if fields.flag("sendToUnscheduledList") else AptStatus.BROKEN
    )
    action = HistoryAction.MISSED if kind == "Missed" else HistoryAction.CANCELLED
    _write(desk, number, found, {"AptStatus": status}, action=action)
    return Answer(200)


def _appointment(desk: Desk, number: int) -> Found:
    found = desk.find("appointment", _KNOWN, "AptNum = ?", (number,))
    if not found:
        raise RefusedError("Appointment not found", 404)
    return found[0]


def _starts_at(row: Found) -> datetime:
    return datetime.fromisoformat(str(row["AptDateTime"]))


def _changes(desk: Desk, fields: Fields, found: Found) -> dict[str, Value]:
    """Give the columns that the fields set, checked."""
    written: dict[str, Value] = {}
    if "AptStatus" in fields:
        written["AptStatus"] = fields.choice("AptStatus", STATUSES, "")
    if "AptDateTime" in fields:
        written["AptDateTime"] = moments.moment(fields.moment("AptDateTime"))
    if "Op" in fields:
        written["Op"] = lookups.open_room(desk, fields.whole("Op"))["OperatoryNum"]
    if "Pattern" in fields:
        pattern = kinds.checked_pattern("Pattern", fields.text("Pattern"), kinds.DEFAULT_PATTERN)
        written |= {"Pattern": pattern, "PatternSecondary": "/" * len(pattern)}
    if "Note" in fields:
        written["Note"] = fields.text("Note")
    day = _starts_at({**found, **written}).date()
    for name in VISIT_TIMES:
        if name in fields:
            written[name] = moments.moment(fields.time_on(name, day))
    return written | _references(desk, fields) | _marks(fields)


def _references(desk: Desk, fields: Fields) -> dict[str, Value]:
    written: dict[str, Value] = {}
    if "Confirmed" in fields:
        written["Confirmed"] = lookups.confirmation(desk, fields)
    if "ProvNum" in fields:
        written["ProvNum"] = lookups.working_provider(desk, fields.whole("ProvNum"))
    if "ProvHyg" in fields:
        hygienist = fields.whole("ProvHyg")
        written["ProvHyg"] = lookups.working_provider(desk, hygienist) if hygienist else 0
    if "ClinicNum" in fields:
        written["ClinicNum"] = lookups.clinic(desk, fields.whole("ClinicNum"))
    if "UnschedStatus" in fields:
        written["UnschedStatus"] = fields.whole("UnschedStatus")
    return written


def _marks(fields: Fields) -> dict[str, Value]:
    written: dict[str, Value] = {
        name: int(fields.flag(name)) for name in ("IsHygiene", "IsNewPatient") if name in fields
    }
    if "Priority" in fields:
        written["Priority"] = fields.choice("Priority", resources.PRIORITY, "Normal")
    if "colorOverride" in fields:
        written["ColorOverride"] = fields.color("colorOverride")
    return written


def _confirmation(desk: Desk, wished: str) -> int:
    if wished == "None":
        return lookups.first_confirmation(desk)
    if wished not in CONFIRM_PREFERENCES:
        words = ", ".join(("None", *CONFIRM_PREFERENCES))
        raise RefusedError(f"confirmVal is invalid. It must be one of {words}.")
    number = lookups.preference(desk, CONFIRM_PREFERENCES[wished])
    if not number.isdecimal():
        raise RefusedError(f"The office has not set up the status for {wished}.")
    return int(number)


def _chart_break(desk: Desk, number: int, found: Found, kind: str) -> None:
    if kind not in BREAK_CODES:
        raise RefusedError(f"breakType must be one of {', '.join(BREAK_CODES)}.")
    allowed = {"1": {"Missed"}, "2": {"Cancelled"}, "3": set(BREAK_CODES)}
    if kind not in allowed.get(lookups.preference(desk, "BrokenApptProcedure", "0"), set()):
        raise RefusedError(
            "breakType cannot be used: the office's broken appointment procedure type is None."
        )
    for code in desk.find("procedurecode", ("CodeNum",), "ProcCode = ?", (BREAK_CODES[kind],)):
        kinds.write_procedure(
            desk,
            code["CodeNum"],
            patient=found["PatNum"],
            appointment=number,
            day=desk.wall.date(),
            provider=found["ProvNum"],
            clinic=found["ClinicNum"],
            status=ProcStatus.COMPLETE,
        )


def _write(
    desk: Desk,
    number: int,
    found: Found,
    written: Mapping[str, Value],
    *,
    action: HistoryAction = HistoryAction.CHANGED,
    permission: Permission = Permission.APPOINTMENT_EDIT,
) -> None:
    """Write the columns, the history and the log, and tell the workstations."""
    desk.update("appointment", number, written)
    desk.remember(number, action)
    desk.log(permission, found["PatNum"], number, "API")
    days = {str(row["AptDateTime"])[:10] for row in (found, {**found, **written})}
    for day in sorted(days):
        desk.signal(Invalid.APPOINTMENT, day, found["Op"])
