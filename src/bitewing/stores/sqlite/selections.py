"""Which patient was last selected where, in SQLite."""

import sqlite3

from bitewing.stores.sqlite.named import queries

SQL = queries("selections")


class SqliteSelections:
    """Implements the port ``Selections``; workstations are kept in folded case."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def get(self, source: str, workstation: str) -> int | None:
        """See the port."""
        columns = {"source": source, "workstation": workstation.casefold()}
        row = self._connection.execute(SQL["get"], columns).fetchone()
        return None if row is None else row[0]

    def put(self, source: str, workstation: str, patient: int) -> None:
        """See the port."""
        columns = {"source": source, "workstation": workstation.casefold(), "patient": patient}
        self._connection.execute(SQL["put"], columns)
