"""The office: what people there do to rows, and what the rows say, in the API's own words.

The reading is written from Open Dental's pages (Appointments, HistAppointments, Patients and so
on), so that bitewing's rendering is compared with something that is not its own: here the
database itself names the enums and writes the moments.
"""

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions
from tests.journeys.receiving import KEYS, Element, Ledger

from bitewing.clock import SystemClock
from bitewing.practice.simulating.simulator import simulate

ZERO, NEVER = "0000-00-00 00:00:00", "0001-01-01 00:00:00"
ZONE = ZoneInfo("America/New_York")
_MOMENTS = (FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME, FIELD_TYPE.DATE, FIELD_TYPE.TIME)
_CONVERSIONS = {kind: how for kind, how in conversions.items() if kind not in _MOMENTS}
_LINE = "REPLACE(REPLACE(COALESCE({0}, ''), '\r\n', ' '), '\n', ' ') AS {0}"

_APPOINTMENT = f"""
    AptNum, PatNum, ELT(AptStatus + 1, 'None', 'Scheduled', 'Complete', 'UnschedList', 'ASAP',
    'Broken', 'Planned', 'PtNote', 'PtNoteCompleted') AS AptStatus, Pattern, Confirmed,
    (SELECT ItemName FROM definition WHERE DefNum = Confirmed AND Category = 2) AS confirmed,
    IF(TimeLocked, 'true', 'false') AS TimeLocked, Op, {_LINE.format("Note")}, ProvNum, ProvHyg,
    AptDateTime, NextAptNum, IF(IsNewPatient, 'true', 'false') AS IsNewPatient,
    {_LINE.format("ProcDescript")}, ClinicNum, IF(IsHygiene, 'true', 'false') AS IsHygiene,
    DateTStamp, DateTimeArrived, DateTimeSeated, DateTimeDismissed, SecDateTEntry,
    ELT(Priority + 1, 'Normal', 'ASAP') AS Priority"""

READINGS = {
    "WatchTable: Appointment": f"{_APPOINTMENT} FROM appointment WHERE DateTStamp",
    "WatchTable: AppointmentDeleted": f"""HistApptNum, HistUserNum, HistDateTStamp,
        'Deleted' AS HistApptAction, {_APPOINTMENT} FROM histappointment
        WHERE HistApptAction = 4 AND DateTStamp""",
    "WatchTable: Operatory": """OperatoryNum, OpName, Abbrev, ItemOrder,
        IF(IsHidden, 'true', 'false') AS IsHidden, ProvDentist, ProvHygienist FROM operatory
        WHERE DateTStamp""",
    "WatchTable: PatField": f"""PatFieldNum, PatNum, FieldName, {_LINE.format("FieldValue")},
        SecDateEntry, SecDateTEdit FROM patfield WHERE SecDateTEdit""",
    "WatchTable: Patient": """PatNum, LName, FName, ELT(PatStatus + 1, 'Patient', 'NonPatient',
        'Inactive', 'Archived', 'Deleted', 'Deceased', 'Prospective') AS PatStatus, Birthdate,
        Address, Zip, HmPhone, WirelessPhone, Email, Guarantor, EstBalance, BalTotal, PriProv,
        DateFirstVisit, ClinicNum, DateTStamp, SecDateEntry FROM patient WHERE DateTStamp""",
    "WatchTable: Provider": """ProvNum, Abbr, LName, FName, Suffix, NationalProvID, DateTStamp,
        IF(IsHidden, 'true', 'false') AS IsHidden, Birthdate FROM provider WHERE DateTStamp""",
    "WatchTable: Schedule": """CAST(ScheduleNum AS CHAR) AS ScheduleNum, SchedDate, StartTime,
        StopTime, ELT(SchedType + 1, 'Practice', 'Provider', 'Blockout', 'Employee',
        'WebSchedASAP') AS SchedType, CAST(ProvNum AS CHAR) AS ProvNum, Note FROM schedule
        WHERE DateTStamp""",
    "WatchTable: ToothInitial": """ToothInitialNum, PatNum, ToothNum, ELT(InitialType + 1,
        'Missing', 'Hidden', 'Primary', 'ShiftM', 'ShiftO', 'ShiftB', 'Rotate', 'TipM', 'TipB',
        'Drawing', 'Text') AS InitialType, SecDateTEdit FROM toothinitial WHERE SecDateTEdit""",
}
"""Event → its rows as the API writes them, the stamp's column last."""


class Office:
    """A workstation of the practice, with the rights to write."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        offset = SystemClock().now().astimezone(ZONE).utcoffset() or timedelta()
        hours = int(offset.total_seconds() // 3600)
        self.url = url
        self._line = pymysql.connect(
            host=parts.hostname or "",
            port=parts.port or 0,
            user=parts.username,
            database=parts.path[1:],
            charset="utf8mb4",
            autocommit=True,
            conv=_CONVERSIONS,
            # The office's wall clock: TIMESTAMP columns are written and read by it.
            init_command=f"SET sql_mode = '', time_zone = '{hours:+03}:00'",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.close()

    def do(self, statement: str, *values: object) -> int:
        """Run one statement; give the key of a new row."""
        with self._line.cursor() as cursor:
            cursor.execute(statement, values or None)
            return int(cursor.lastrowid)

    def ask(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Give the rows of an answer."""
        with self._line.cursor(pymysql.cursors.DictCursor) as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall())

    def now(self) -> str:
        """Give the database's clock as the office sees it."""
        [row] = self.ask("SELECT NOW() AS now")
        return str(row["now"])

    def book(self, patient: int, at: str, note: str = "") -> int:
        return self.do(
            "INSERT INTO appointment SET PatNum = %s, AptDateTime = %s, Note = %s, AptStatus = 1, "
            "Pattern = '//XXXX//', Confirmed = 19, Op = 1, ProvNum = 1, "
            "ProcDescript = 'Seal, Seal', SecDateTEntry = NOW()",
            *(patient, at, note),
        )

    def delete(self, appointment: int) -> None:
        """Delete an appointment as Open Dental does: its history first."""
        self.do(
            "INSERT INTO histappointment (HistUserNum, HistDateTStamp, HistApptAction, AptNum, "
            "PatNum, AptStatus, Pattern, Confirmed, Op, Note, ProvNum, AptDateTime, ProcDescript, "
            "SecDateTEntry) SELECT 4, NOW(), 4, AptNum, PatNum, AptStatus, Pattern, Confirmed, Op, "
            "Note, ProvNum, AptDateTime, ProcDescript, SecDateTEntry FROM appointment "
            "WHERE AptNum = %s",
            appointment,
        )
        self.do("DELETE FROM appointment WHERE AptNum = %s", appointment)

    def rows(self, event_name: str, since: str) -> dict[int, Element]:
        """Give the rows stamped since then, as an Event must show them."""
        found = self.ask(f"SELECT {READINGS[event_name]} >= %s", since)
        # Open Dental has no zero dates: a DateTime of .NET begins with the year 1.
        return {
            int(row[KEYS[event_name]]): {
                name: NEVER if value == ZERO else value for name, value in row.items()
            }
            for row in found
        }

    def differences(self, ledger: Ledger, since: str) -> list[str]:
        """Say which rows changed since then a receiver has not heard of, or otherwise."""
        found = []
        for event_name in READINGS:
            images = ledger.images(event_name)
            for key, row in self.rows(event_name, since).items():
                image = images.get(key, {})
                wrong = [name for name, value in row.items() if image.get(name) != value]
                if wrong:
                    found.append(f"{event_name} {key}: {wrong if image else 'not heard of'}")
        return found


@contextlib.contextmanager
def busy(url: str, *, rate: float, seed: int) -> Iterator[list[int]]:
    """Let the demo office work until the block ends; give what has been done so far."""
    closing, done, failed = threading.Event(), [0], list[BaseException]()

    def work() -> None:
        clock = SystemClock()
        try:
            for _ in simulate(
                url, rate=rate, seconds=None, seed=seed, clock=clock.now, wait=closing.wait
            ):
                done[0] += 1
                if closing.is_set():
                    return
        except Exception as error:  # noqa: BLE001 - told to the test
            failed.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield done
    finally:
        closing.set()
        thread.join()
    assert failed == []
