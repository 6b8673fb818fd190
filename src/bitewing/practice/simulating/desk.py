"""A desk in the office: what everybody who does something there has at hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.model.errors import InvalidRequestError
from bitewing.practice import moments, schema
from bitewing.practice.database import Database, Value
from bitewing.practice.schema import Table
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.words import HistoryAction, Invalid, Permission

COMPUTER = "FRONTDESK1"
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """The database, dice, and the time.

    Attributes:
        clock: gives the present moment, aware; asked anew whenever it matters.
        zone: the office's, in which DATETIME columns are written.
        user: who sits here.
        program: what the appointment's history names as its origin (ApptSource).
        computer: what the security log names.
    """

    database: Database
    tables: Mapping[str, Table]
    dice: Random
    clock: Callable[[], datetime]
    zone: ZoneInfo
    user: int = 1
    program: int = 0
    computer: str = COMPUTER

    @property
    def wall(self) -> datetime:
        """What the clock on the office's wall shows, without a zone."""
        return moments.wall_clock(self.clock(), self.zone)

    def action(self, kind: ActionKind, table: str, number: int, summary: str) -> Action:
        """Say what has just been done."""
        return Action(self.clock(), kind, table, number, summary)

    def find(
        self, table: str, columns: Sequence[str], where: str, values: Sequence[Value] = ()
    ) -> list[Found]:
        """Give the rows of which ``where`` (SQL) holds, by column."""
        names = ", ".join(f"`{column}`" for column in columns)
        rows = self.database.rows(f"SELECT {names} FROM `{table}` WHERE {where}", values)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def pick(
        self, table: str, columns: Sequence[str], where: str = "1 = 1", values: Sequence[Value] = ()
    ) -> Found | None:
        """Give some row of which ``where`` holds, its key among its columns; None if none is.

        It begins at a random key instead of sorting at random: large tables stay quick.
        """
        key = self.tables[table].key
        ((last,),) = self.database.rows(f"SELECT MAX(`{key}`) FROM `{table}`")
        start = self.dice.randint(1, last or 1)
        for side, order in ((">=", "ASC"), ("<", "DESC")):
            condition = f"`{key}` {side} ? AND {where} ORDER BY `{key}` {order} LIMIT 1"
            for row in self.find(table, (key, *columns), condition, (start, *values)):
                return row
        return None

    def insert(self, table: str, values: Mapping[str, Value]) -> int:
        """Add a row, as far as this version has the columns, and give its key."""
        known = self.tables[table].columns
        return self.database.insert(
            table, {name: value for name, value in values.items() if name in known}
        )

    def update(self, table: str, number: int, values: Mapping[str, Value]) -> None:
        """Change a row."""
        self.database.update(self.tables[table], number, values)

    def delete(self, table: str, number: int) -> None:
        """Remove a row."""
        self.database.delete(self.tables[table], number)

    def remember(self, appointment: int, action: HistoryAction) -> None:
        """Copy an appointment as it is now into its history."""
        stamp = self.tables["histappointment"].stamp
        copied = [
            name
            for name in self.tables["appointment"].columns
            if name in self.tables["histappointment"].columns and name != stamp
        ]
        (row,) = self.find("appointment", copied, "AptNum = ?", (appointment,))
        written: dict[str, Value] = {
            # The history's text columns take no NULL.
            name: "" if value is None else value
            for name, value in row.items()
        }
        self.insert(
            "histappointment",
            written
            | {
                "HistUserNum": self.user,
                "HistDateTStamp": moments.moment(self.wall),
                "HistApptAction": action,
                "ApptSource": self.program,
            },
        )

    def log(self, permission: Permission, patient: int, number: int, text: str) -> None:
        """Leave a line in the security log."""
        self.insert(
            "securitylog",
            {
                "PermType": permission,
                "UserNum": self.user,
                "LogDateTime": moments.moment(self.wall),
                "LogText": text,
                "PatNum": patient,
                "CompName": self.computer,
                "FKey": number,
                "DateTPrevious": moments.NO_MOMENT,
            },
        )

    def signal(self, kind: Invalid, day: str = moments.NO_DAY, number: int = 0) -> None:
        """Tell the other workstations that something of this kind has changed."""
        self.insert(
            "signalod",
            {
                "DateViewing": day,
                "SigDateTime": moments.moment(self.wall),
                "FKey": number,
                "FKeyType": "Operatory" if kind is Invalid.APPOINTMENT else "Undefined",
                "IType": kind,
                "MsgValue": "",
            },
        )


def present_tables(database: Database) -> Mapping[str, Table]:
    """Give the tables with the columns that this very database has, whatever its version.

    Raises:
        InvalidRequestError: it is no Open Dental database.
    """
    present = database.table_names()
    tables = {}
    for name, table in schema.load().items():
        if name in present:
            known = database.column_names(name)
            columns = {key: column for key, column in table.columns.items() if key in known}
            tables[name] = Table(name, table.key, columns, table.indexes)
    if "patient" not in tables:
        raise InvalidRequestError("There is no Open Dental database there; create one first.")
    return tables
