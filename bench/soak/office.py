"""The office: the tables that the soak writes to, and reading them without any code of bitewing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pymysql
from pymysql.converters import encoders

ZONE = ZoneInfo("America/New_York")
Cells = dict[str, bytes | None]
"""Column → the server's own bytes."""


@dataclass(frozen=True)
class Table:
    """A table that is written to.

    Attributes:
        marked: the columns into which every write puts its mark, all the same.
        deletions: the WatchTable that announces deletions; "" where none does.
    """

    name: str
    watch: str
    key: str
    marked: tuple[str, ...]
    stamp: str
    deletions: str = ""


TABLES = (
    Table("appointment", "Appointment", "AptNum", ("Note", "ProcDescript"), "DateTStamp"),
    Table(
        "patfield",
        "PatField",
        "PatFieldNum",
        ("FieldName", "FieldValue"),
        "SecDateTEdit",
        "PatFieldDeleted",
    ),
    Table("schedule", "Schedule", "ScheduleNum", ("Note",), "DateTStamp", "ScheduleDeleted"),
    Table("patient", "Patient", "PatNum", ("Address", "Address2"), "DateTStamp"),
)
WATCH_TABLES = tuple(name for table in TABLES for name in (table.watch, table.deletions) if name)


def dial(url: str, *, raw: bool = False) -> Any:
    """Connect as Open Dental does, in UTC; raw connections give the server's bytes."""
    parts = urlsplit(url)
    options: dict[str, Any] = {"conv": encoders, "use_unicode": False} if raw else {}
    return pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=parts.username or "root",
        password=parts.password or "",
        database=parts.path[1:],
        charset="utf8mb4",
        autocommit=True,
        init_command="SET sql_mode = '', time_zone = '+00:00', innodb_lock_wait_timeout = 3",
        **options,
    )


Picture = Mapping[str, Mapping[int, Cells]]
"""Watch → key → row."""


def picture(url: str) -> tuple[Picture, dict[int, str]]:
    """Read all rows of the tables, and ScheduleNum → its operatories as a comma list."""
    with dial(url, raw=True) as connection, connection.cursor() as cursor:
        rows: dict[str, dict[int, Cells]] = {}
        for table in TABLES:
            cursor.execute(f"SELECT * FROM {table.name}")
            columns = [column[0] for column in cursor.description]
            found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            rows[table.watch] = {int(row[table.key]): row for row in found}
        cursor.execute(
            "SELECT ScheduleNum, GROUP_CONCAT(OperatoryNum ORDER BY OperatoryNum) "
            "FROM scheduleop GROUP BY ScheduleNum"
        )
        return rows, {int(number): ops.decode() for number, ops in cursor.fetchall()}


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a row a receiver is shown and the soak compares."""

    marks: tuple[str, ...]
    stamp: str
    operatories: str = ""


def shown(table: Table, row: Mapping[str, bytes | None], operatories: str) -> Shown:
    """Say what a receiver must see of this row: text on one line, the stamp in office time."""
    marks = tuple(
        " ".join((row[name] or b"").decode().replace("\r\n", "\n").split("\n"))
        for name in table.marked
    )
    at = datetime.fromisoformat((row[table.stamp] or b"").decode()).replace(tzinfo=UTC)
    return Shown(marks, at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M:%S"), operatories)


def heard(table: Table, element: Mapping[str, Any]) -> Shown:
    """Say what a receiver was shown."""
    marks = tuple(str(element[name]) for name in table.marked)
    return Shown(marks, str(element[table.stamp]), str(element.get("operatories", "")))
