"""What the operator was last told, in SQLite."""

import sqlite3

from bitewing.stores.sqlite.named import queries

SQL = queries("told")


class SqliteTold:
    """Implements the port ``Told``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, about: str) -> str | None:
        """See the port."""
        found = self._connection.execute(SQL["get"], {"about": about}).fetchone()
        return None if found is None else str(found[0])

    def put(self, about: str, what: str) -> None:
        """See the port."""
        self._connection.execute(SQL["put"], {"about": about, "what": what})

    def forget(self, about: str) -> None:
        """See the port."""
        self._connection.execute(SQL["forget"], {"about": about})
