"""The receivers, in SQLite; what is secret of them is sealed."""

import sqlite3
from dataclasses import replace

from bitewing.model.subscription import Endpoint
from bitewing.stores.endpoint_rows import endpoint_columns, endpoint_from
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
        added = self._connection.execute(SQL["add"], self._columns(endpoint)).lastrowid
        return replace(endpoint, id=added or 0)

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

    def _columns(self, endpoint: Endpoint) -> Columns:
        return endpoint_columns(endpoint, self._seal.seal)

    def _endpoint(self, row: Row) -> Endpoint:
        return endpoint_from(row, self._seal.open)
