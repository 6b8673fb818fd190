"""How far each Watch has been read, in SQLite."""

import sqlite3

from bitewing.model.watch import Cursor
from bitewing.stores.rows import instant, instant_or_none, microseconds_at, microseconds_at_or_none
from bitewing.stores.sqlite.named import queries

SQL = queries("cursors")


class SqliteCursors:
    """Implements the port ``Cursors``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, source: str, watch: str) -> Cursor | None:
        """See the port."""
        row = self._connection.execute(SQL["get"], {"source": source, "watch": watch}).fetchone()
        if row is None:
            return None
        read_up_to, first_reading_after, first_reading_done, polled_at = row
        return Cursor(
            instant(read_up_to),
            first_reading_after,
            bool(first_reading_done),
            instant_or_none(polled_at),
        )

    def put(self, source: str, watch: str, cursor: Cursor) -> None:
        """See the port."""
        columns = {
            "source": source,
            "watch": watch,
            "read_up_to": microseconds_at(cursor.read_up_to),
            "first_reading_after": cursor.first_reading_after,
            "first_reading_done": cursor.first_reading_done,
            "polled_at": microseconds_at_or_none(cursor.polled_at),
        }
        self._connection.execute(SQL["put"], columns)
