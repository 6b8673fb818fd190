"""Schedules: who works when and in which rooms, and on which days nobody does."""

from datetime import date

from bitewing.practice.serving import resources
from bitewing.practice.serving.call import Answer, Call
from bitewing.practice.serving.listing import Listed, many, only_day, whole, word
from bitewing.practice.simulating.desk import Desk
from bitewing.practice.words import ScheduleType

CLOSED, HOLIDAY = 1, 2
"""schedule.Status."""
SCHEDULES = Listed(
    "Schedule",
    "schedule",
    "ScheduleNum",
    resources.SCHEDULE,
    ("StartTime", "ScheduleNum"),
    {
        "date": only_day("SchedDate"),
        "dateStart": only_day("SchedDate"),
        "dateEnd": only_day("SchedDate"),
        "SchedType": word(resources.SCHEDULE_TYPE),
        "BlockoutDefNum": whole("BlockoutType"),
        "ProvNum": whole(),
        "EmployeeNum": whole(),
    },
    today_unless=("date", "dateStart", "dateEnd"),
)


def list_schedules(desk: Desk, call: Call) -> Answer:
    """Give the schedules of a day or more, each with its rooms."""
    answer = many(desk, call, SCHEDULES)
    rooms: dict[str, list[str]] = {}
    numbers = [element["ScheduleNum"] for element in answer.content]
    if numbers:
        marks = ", ".join("?" * len(numbers))
        for row in desk.find(
            "scheduleop",
            ("ScheduleNum", "OperatoryNum"),
            f"ScheduleNum IN ({marks}) ORDER BY OperatoryNum",
            [int(number) for number in numbers],
        ):
            rooms.setdefault(str(row["ScheduleNum"]), []).append(str(row["OperatoryNum"]))
    return Answer(
        200,
        [_with_rooms(element, rooms.get(element["ScheduleNum"], [])) for element in answer.content],
    )


def is_closed(desk: Desk, day: date) -> bool:
    """Tell whether the whole practice is closed that day, or keeps a holiday."""
    found = desk.find(
        "schedule",
        ("ScheduleNum",),
        "SchedDate = ? AND SchedType = ? AND Status IN (?, ?)",
        (day.isoformat(), ScheduleType.PRACTICE, CLOSED, HOLIDAY),
    )
    return bool(found)


def _with_rooms(element: dict[str, str], rooms: list[str]) -> dict[str, str]:
    """Put the rooms where the Schedules page shows them: behind the note."""
    shown = {}
    for name, value in element.items():
        shown[name] = value
        if name == "Note":
            shown["operatories"] = ",".join(rooms)
    return shown
