"""Rooms: schedules, operatories and providers change."""

from datetime import timedelta

from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.desk import Desk, Found
from bitewing.practice.words import Invalid, ScheduleType

AHEAD_DAYS = 120
HOURS = ("07:00:00", "08:00:00", "09:00:00", "10:00:00")
NOTES = ("", "Leaves at four", "Course in the afternoon", "Covers for a colleague")


def add_schedule(desk: Desk) -> Action | None:
    """Plan an extra shift of a provider in one room."""
    provider = desk.pick("provider", (), "IsHidden = 0")
    room = desk.pick("operatory", ("ClinicNum",), "IsHidden = 0")
    if provider is None or room is None:
        return None
    day = (desk.wall + timedelta(days=desk.dice.randint(1, AHEAD_DAYS))).date().isoformat()
    number = desk.insert(
        "schedule",
        {
            "SchedDate": day,
            "StartTime": desk.dice.choice(HOURS),
            "StopTime": "18:00:00",
            "SchedType": ScheduleType.PROVIDER,
            "ProvNum": provider["ProvNum"],
            "Note": "",
            "ClinicNum": room["ClinicNum"],
        },
    )
    desk.insert("scheduleop", {"ScheduleNum": number, "OperatoryNum": room["OperatoryNum"]})
    desk.signal(Invalid.SCHEDULES, day)
    return desk.action(ActionKind.SCHEDULE_ADDED, "schedule", number, f"added shift {number}")


def change_schedule(desk: Desk) -> Action | None:
    """Let a shift begin at another time."""
    found = _coming_shift(desk)
    if found is None:
        return None
    number = found["ScheduleNum"]
    start = desk.dice.choice([hour for hour in HOURS if hour != found["StartTime"]])
    desk.update("schedule", number, {"StartTime": start})
    desk.signal(Invalid.SCHEDULES, found["SchedDate"])
    return desk.action(ActionKind.SCHEDULE_CHANGED, "schedule", number, f"changed shift {number}")


def remove_schedule(desk: Desk) -> Action | None:
    """Strike a shift, with the rooms it was tied to."""
    found = _coming_shift(desk)
    if found is None:
        return None
    number = found["ScheduleNum"]
    _untie(desk, number)
    desk.delete("schedule", number)
    desk.signal(Invalid.SCHEDULES, found["SchedDate"])
    return desk.action(ActionKind.SCHEDULE_REMOVED, "schedule", number, f"struck shift {number}")


def change_rooms(desk: Desk) -> Action | None:
    """Tie a shift to another room. The shift's own row, and so its stamp, stays as it was."""
    found = _coming_shift(desk)
    room = desk.pick("operatory", (), "IsHidden = 0")
    if found is None or room is None:
        return None
    shift = found["ScheduleNum"]
    _untie(desk, shift)
    number = desk.insert("scheduleop", {"ScheduleNum": shift, "OperatoryNum": room["OperatoryNum"]})
    desk.signal(Invalid.SCHEDULES, found["SchedDate"])
    return desk.action(
        ActionKind.ROOMS_CHANGED, "scheduleop", number, f"gave shift {shift} another room"
    )


def edit_operatory(desk: Desk) -> Action | None:
    """Offer a room on the web, or take the offer back."""
    found = desk.pick("operatory", ("IsWebSched",), "IsHidden = 0")
    if found is None:
        return None
    number = found["OperatoryNum"]
    desk.update("operatory", number, {"IsWebSched": 1 - found["IsWebSched"]})
    desk.signal(Invalid.OPERATORIES)
    return desk.action(ActionKind.OPERATORY_EDITED, "operatory", number, f"edited room {number}")


def edit_provider(desk: Desk) -> Action | None:
    """Write another note for a provider's schedule."""
    found = desk.pick("provider", ("SchedNote",), "IsHidden = 0")
    if found is None:
        return None
    number = found["ProvNum"]
    note = desk.dice.choice([note for note in NOTES if note != found["SchedNote"]])
    desk.update("provider", number, {"SchedNote": note})
    desk.signal(Invalid.PROVIDERS)
    return desk.action(ActionKind.PROVIDER_EDITED, "provider", number, f"edited provider {number}")


def _coming_shift(desk: Desk) -> Found | None:
    return desk.pick(
        "schedule",
        ("SchedDate", "StartTime"),
        "SchedType = ? AND SchedDate > ?",
        (ScheduleType.PROVIDER, desk.wall.date().isoformat()),
    )


def _untie(desk: Desk, shift: int) -> None:
    for row in desk.find("scheduleop", ("ScheduleOpNum",), "ScheduleNum = ?", (shift,)):
        desk.delete("scheduleop", row["ScheduleOpNum"])
