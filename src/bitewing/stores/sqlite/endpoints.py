"""The receivers, in SQLite; what is secret of them is sealed."""

import sqlite3
from dataclasses import replace

from bitewing.model.subscription import Endpoint
from bitewing.stores.endpoint_rows import SEALED, endpoint_columns, endpoint_from, place_of
from bitewing.stores.rows import Columns, Row
from bitewing.stores.sqlite.named import queries
from bitewing.stores.sqlite.seal import Seal

SQL = queries("endpoints")


class SqliteEndpoints:
    """Implements the port ``Endpoints``."""

    def __init__(self, connection: sqlite3.Connection, seal: Seal) -> None:
        self._connection = connection
        self._seal = seal

    def obtain(self, wished: Endpoint) -> Endpoint:
        """See the port."""
        row = self._connection.execute(SQL["find"], self._columns(wished)).fetchone()
        return self.add(wished) if row is None else self._endpoint(row)

    def add(self, endpoint: Endpoint) -> Endpoint:
        """See the port."""
        bare = replace(endpoint, secret="", old_secret="", headers=())
        added = self._connection.execute(SQL["add"], self._columns(bare)).lastrowid
        numbered = replace(endpoint, id=added or 0)
        if numbered.secret or numbered.old_secret or numbered.headers:
            self.put(numbered)  # what is secret is sealed for its row, whose id is known only now
        return numbered

    def get(self, number: int) -> Endpoint | None:
        """See the port."""
        row = self._connection.execute(SQL["get"], {"id": number}).fetchone()
        return None if row is None else self._endpoint(row)

    def put(self, endpoint: Endpoint) -> None:
        """See the port."""
        self._connection.execute(SQL["put"], self._columns(endpoint))

    def remove(self, number: int) -> None:
        """See the port."""
        self._connection.execute(SQL["remove"], {"id": number})

    def of_owner(self, owner: str) -> list[Endpoint]:
        """See the port."""
        rows = self._connection.execute(SQL["of_owner"], {"owner": owner})
        return [self._endpoint(row) for row in rows]

    def all(self) -> list[Endpoint]:
        """See the port."""
        return [self._endpoint(row) for row in self._connection.execute(SQL["all"])]

    def reseal(self) -> None:
        """Open all that is sealed, and seal anew what was not sealed with the newest key.

        Raises:
            SettingsError: the key of something is missing, or it was tampered with.
        """
        for number, *found in self._connection.execute(SQL["sealed"]).fetchall():
            columns = dict(zip(SEALED, found, strict=True))
            places = {column: place_of(number, column) for column in SEALED}
            plain = {
                column: self._seal.open(sealed, places[column])
                for column, sealed in columns.items()
                if sealed
            }
            if not all(self._seal.is_current(columns[column]) for column in plain):
                anew = {column: self._seal.seal(plain[column], places[column]) for column in plain}
                self._connection.execute(SQL["reseal"], columns | anew | {"id": number})

    def _columns(self, endpoint: Endpoint) -> Columns:
        return endpoint_columns(endpoint, self._seal.seal)

    def _endpoint(self, row: Row) -> Endpoint:
        return endpoint_from(row, self._seal.open)
