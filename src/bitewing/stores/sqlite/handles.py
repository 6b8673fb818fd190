"""Handles: columns by whose values Records of the baseline are found, in SQLite."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bitewing.model.record import Record, as_handle
from bitewing.stores.rows import Columns, Row, json_list
from bitewing.stores.sqlite.named import queries

SQL = queries("handles")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a Watch's Records have been indexed: the last key; None before the first."""

    after: int | None


class Handles:
    """The index beside the baseline of one connection.

    A Record has at most one entry for a column, so that writing it again moves the entry.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def put(self, source: str, watch: str, records: Iterable[Record]) -> None:
        """Index Records as they enter the baseline, again or for the first time."""
        columns = self._columns(source, watch)
        if not columns:
            return
        # Of a Record that is given twice the last counts.
        values = {
            (column, record.key.number): as_handle(record.native.get(name))
            for record in records
            for column, name in columns
        }
        there = [(*place, value) for place, value in values.items() if value is not None]
        self._connection.executemany(SQL["put"], there)
        missing = [place for place, value in values.items() if value is None]
        self._connection.executemany(SQL["drop"], missing)

    def refresh(self, source: str, watch: str, records: Sequence[Record]) -> None:
        """Index Records whose images were replaced; those that are not known stay out."""
        if self._columns(source, watch):
            numbers = json_list([record.key.number for record in records])
            values = {"source": source, "watch": watch, "numbers": numbers}
            known = {number for (number,) in self._connection.execute(SQL["known"], values)}
            self.put(source, watch, [record for record in records if record.key.number in known])

    def remove(self, source: str, watch: str, numbers: Sequence[int]) -> None:
        """Forget what refers to these Records."""
        values = {"numbers": json_list(numbers)}
        for column, _ in self._columns(source, watch):
            self._connection.execute(SQL["remove"], values | {"column": column})

    def forget_others(self, source: str, watch: str, wished: Sequence[str], limit: int) -> bool:
        """Forget up to ``limit`` entries of a column not wished for; tell whether there was one."""
        for column, name in self._columns(source, watch):
            if name not in wished:
                values = {"column": column, "limit": limit}
                # Should it be wished for again before all is forgotten, it is indexed anew.
                self._connection.execute(SQL["restart"], {"column": column})
                if self._connection.execute(SQL["forget"], values).rowcount == 0:
                    self._connection.execute(SQL["drop_column"], {"column": column})
                return True
        return False

    def place(self, source: str, watch: str, wished: Sequence[str]) -> Place | None:
        """Give how far the Records that are there already are indexed; None once all are."""
        of_watch = {"source": source, "watch": watch}
        for name in wished:
            self._connection.execute(SQL["add_column"], of_watch | {"name": name})
        rows = self._connection.execute(SQL["places"], of_watch).fetchall()
        places = [place for (place,) in rows]
        if not places:
            return None
        return Place(None if None in places else min(places))

    def index(self, source: str, watch: str, records: Sequence[Record], *, is_last: bool) -> None:
        """Index the Records behind the place."""
        self.put(source, watch, records)
        last = records[-1].key.number if records else None
        values = {"source": source, "watch": watch, "last": last, "is_complete": is_last}
        self._connection.execute(SQL["advance"], values)

    def linked(self, source: str, watch: str, column: str, number: int) -> Iterable[Row]:
        """Give key, fingerprint and image of the Records whose handle is this number."""
        values = _named(source, watch, column) | {"value": number}
        return self._connection.execute(SQL["linked"], values)

    def between(self, source: str, watch: str, column: str, edges: Columns) -> Iterable[Row]:
        """Give key, fingerprint and image of the Records whose handle lies between the edges."""
        values = _named(source, watch, column) | edges
        return self._connection.execute(SQL["between"], values)

    def count_between(self, source: str, watch: str, column: str, low: int, high: int) -> int:
        """Count them."""
        values = _named(source, watch, column) | {"low": low, "high": high}
        counted: int = self._connection.execute(SQL["count_between"], values).fetchone()[0]
        return counted

    def _columns(self, source: str, watch: str) -> list[tuple[int, str]]:
        """Give the columns kept as handles of a Watch. Asked each time: work may be undone."""
        values = {"source": source, "watch": watch}
        return self._connection.execute(SQL["columns"], values).fetchall()


def _named(source: str, watch: str, column: str) -> Columns:
    return {"source": source, "watch": watch, "name": column}
