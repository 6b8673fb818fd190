"""The staff: providers, users, their computers, and when they work."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from bitewing.practice import definitions, moments
from bitewing.practice.database import Value
from bitewing.practice.filling.names import Names
from bitewing.practice.filling.office import HOLIDAYS, USERS, Chair, Office
from bitewing.practice.filling.writing import Row, Writing
from bitewing.practice.words import ScheduleType

USER_NAMES = ("Admin", "FrontDesk1", "FrontDesk2", "Billing", "Hygiene")
COMPUTERS = ("SERVER", "FRONTDESK1", "FRONTDESK2", "OP1", "OP2")
COLORS = (-6751079, -16711681, -5952982, -657956, -8323200, -23296)
PLANNED_AHEAD = timedelta(days=30)


def employ(writing: Writing, office: Office, names: Names) -> None:
    """Write who works here and when."""
    writing.write("provider", _providers(office, names))
    writing.write("userod", _users())
    writing.write("computer", _computers(office))
    shifts = list(_shifts(office))
    writing.write("schedule", (row for row, _ in shifts))
    writing.write("scheduleop", _rooms_of(shifts))


def _providers(office: Office, names: Names) -> Iterator[Row]:
    dice = office.random("providers")
    dentists = len(office.dentists)
    for number in (*office.dentists, *office.hygienists):
        is_dentist = number <= dentists
        yield {
            "ProvNum": number,
            "Abbr": f"DOC{number}" if is_dentist else f"HYG{number - dentists}",
            "ItemOrder": number - 1,
            "LName": dice.choice(names.last),
            "FName": dice.choice(names.female if dice.random() < 0.6 else names.male),  # noqa: PLR2004
            "Suffix": "DDS" if is_dentist else "RDH",
            "Specialty": definitions.GENERAL_DENTIST if is_dentist else definitions.HYGIENIST,
            "StateLicense": f"L{dice.randint(10000, 99999)}",
            "IsSecondary": int(not is_dentist),
            "ProvColor": COLORS[number % len(COLORS)],
            "SigOnFile": 1,
            "NationalProvID": f"9{dice.randrange(10**9):09}",
            "Birthdate": moments.NO_DAY,
            "DateTStamp": office.stamp(office.opened_at),
        }


def _users() -> Iterator[Row]:
    for number, name in enumerate(USER_NAMES[:USERS], start=1):
        yield {
            "UserNum": number,
            "UserName": name,
            "Password": "",
            "UserGroupNum": 1,
            "PasswordIsStrong": 0,
        }


def _computers(office: Office) -> Iterator[Row]:
    for number, name in enumerate(COMPUTERS, start=1):
        yield {
            "ComputerNum": number,
            "CompName": name,
            "LastHeartBeat": moments.moment(office.closed_at),
        }


def _shifts(office: Office) -> Iterator[tuple[Row, list[int]]]:
    """Give the schedule's rows in order, each with the rooms it is tied to."""
    rooms: dict[int, list[Chair]] = {}
    for chair in office.chairs:
        rooms.setdefault(chair.hygienist or chair.dentist, []).append(chair)
    number = 0
    for day in office.workdays():
        for provider, chairs in rooms.items():
            number += 1
            row = _shift(office, number, day, ScheduleType.PROVIDER, (time(8), time(17)))
            row = {**row, "ProvNum": provider, "ClinicNum": chairs[0].clinic}
            yield row, [chair.operatory for chair in chairs]
        number += 1
        lunch = _shift(office, number, day, ScheduleType.BLOCKOUT, (time(12), time(13)))
        kind = definitions.BLOCKOUT_LUNCH
        yield {**lunch, "BlockoutType": kind}, [chair.operatory for chair in office.chairs]
    for year in range(office.opened_on.year, office.today.year + 1):
        for month, day_of_month in sorted(HOLIDAYS):
            number += 1
            holiday = date(year, month, day_of_month)
            row = _shift(office, number, holiday, ScheduleType.PRACTICE, (time(0), time(0)))
            yield {**row, "Status": 2, "Note": "Closed"}, []


def _shift(
    office: Office, number: int, day: date, kind: ScheduleType, hours: tuple[time, time]
) -> dict[str, Value]:
    written_at = max(office.opened_at, datetime.combine(day - PLANNED_AHEAD, time(9)))
    return {
        "ScheduleNum": number,
        "SchedDate": day.isoformat(),
        "StartTime": hours[0].isoformat(),
        "StopTime": hours[1].isoformat(),
        "SchedType": kind,
        "ProvNum": 0,
        "BlockoutType": 0,
        "Note": "",
        "Status": 0,
        "ClinicNum": 0,
        "DateTStamp": office.stamp(written_at),
    }


def _rooms_of(shifts: list[tuple[Row, list[int]]]) -> Iterator[Row]:
    number = 0
    for row, operatories in shifts:
        for operatory in operatories:
            number += 1
            yield {
                "ScheduleOpNum": number,
                "ScheduleNum": row["ScheduleNum"],
                "OperatoryNum": operatory,
            }
