"""The lanes, in SQLite: in which of them which unsettled Deliveries stand, in order."""

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from bitewing.stores.rows import json_list
from bitewing.stores.sqlite.named import queries

SQL = queries("lanes")


class Standing(NamedTuple):
    """A Delivery by its ordinal, and the lanes that it stands in."""

    ordinal: int
    lanes: Sequence[int]


class Lanes:
    """Keeps ``delivery.blocked``: in how many of its lanes a Delivery is not the first."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def blocked(self, arriving: Sequence[Standing]) -> list[int]:
        """Give in how many lanes each would not be the first if they entered in this order."""
        numbers = [number for one in arriving for number in one.lanes]
        if not numbers:
            return [0] * len(arriving)
        found = self._connection.execute(SQL["taken"], {"numbers": json_list(numbers)})
        taken = {number for (number,) in found}
        blocked = []
        for _, lanes in arriving:
            blocked.append(sum([number in taken for number in lanes]))
            taken.update(lanes)
        return blocked

    def enter(self, arriving: Sequence[Standing]) -> None:
        """Let these stand at the end of their lanes, in this order."""
        rows = [(number, one.ordinal) for one in arriving for number in one.lanes]
        if rows:
            self._connection.executemany(SQL["enter"], rows)

    def leave(self, leaving: Sequence[Standing]) -> None:
        """Let these, the first of all their lanes, go; those behind them move up."""
        rows = [(number, one.ordinal) for one in leaving for number in one.lanes]
        if rows:
            self._connection.executemany(SQL["leave"], rows)
            self._connection.executemany(SQL["move_up"], [(number,) for number, _ in rows])

    def withdraw(self, leaving: Sequence[Standing]) -> None:
        """Let these go, wherever they stand in their lanes."""
        rows = [(number, one.ordinal) for one in leaving for number in one.lanes]
        heads = {number: self._head(number) for number, _ in rows}
        gone = {one.ordinal for one in leaving}
        self._connection.executemany(SQL["leave"], rows)
        moved = [(number,) for number, head in heads.items() if head in gone]
        self._connection.executemany(SQL["move_up"], moved)

    def _head(self, number: int) -> int | None:
        head: int | None = self._connection.execute(SQL["head"], (number,)).fetchone()[0]
        return head
