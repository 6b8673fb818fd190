"""Which database each Source read last, in SQLite."""

import sqlite3

import msgspec

from bitewing.model.origin import Origin
from bitewing.stores.sqlite.named import queries

SQL = queries("origins")


class SqliteOrigins:
    """Implements the port ``Origins``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, source: str) -> Origin | None:
        """See the port."""
        row = self._connection.execute(SQL["get"], (source,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0], type=Origin)

    def put(self, source: str, origin: Origin) -> None:
        """See the port."""
        self._connection.execute(SQL["put"], (source, msgspec.json.encode(origin).decode()))
