"""The receivers, in SQLite."""

import sqlite3

from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.stores.sqlite.named import queries

SQL = queries("endpoints")


class SqliteEndpoints:
    """Implements the port ``Endpoints``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def obtain(self, institution: str, owner: str, url: str) -> Endpoint:
        """See the port."""
        columns = {"institution": institution, "owner": owner, "url": url}
        row = self._connection.execute(SQL["find"], columns).fetchone()
        if row is not None:
            number, state = row
            return Endpoint(number, institution, owner, url, EndpointState(state))
        columns["state"] = EndpointState.ACTIVE.value
        added = self._connection.execute(SQL["add"], columns).lastrowid
        return Endpoint(added or 0, institution, owner, url)
