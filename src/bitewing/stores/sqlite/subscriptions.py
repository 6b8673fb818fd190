"""The wishes, in SQLite."""

import sqlite3
from dataclasses import replace

from bitewing.model.subscription import Subscription
from bitewing.stores.rows import subscription_columns, subscription_from
from bitewing.stores.sqlite.named import queries

SQL = queries("subscriptions")


class SqliteSubscriptions:
    """Implements the port ``Subscriptions``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, subscription: Subscription) -> Subscription:
        """See the port."""
        added = self._connection.execute(SQL["add"], subscription_columns(subscription)).lastrowid
        return replace(subscription, number=added or 0)

    def get(self, number: int) -> Subscription | None:
        """See the port."""
        row = self._connection.execute(SQL["get"], {"number": number}).fetchone()
        return None if row is None else subscription_from(row)

    def of_owner(self, owner: str) -> list[Subscription]:
        """See the port."""
        return [
            subscription_from(row)
            for row in self._connection.execute(SQL["of_owner"], {"owner": owner})
        ]

    def of_endpoint(self, endpoint: int) -> list[Subscription]:
        """See the port."""
        rows = self._connection.execute(SQL["of_endpoint"], {"endpoint": endpoint})
        return [subscription_from(row) for row in rows]

    def active(self, institution: str, dialect: str) -> list[Subscription]:
        """See the port."""
        columns = {"institution": institution, "dialect": dialect}
        return [subscription_from(row) for row in self._connection.execute(SQL["active"], columns)]

    def all(self) -> list[Subscription]:
        """See the port."""
        return [subscription_from(row) for row in self._connection.execute(SQL["all"])]

    def put(self, subscription: Subscription) -> None:
        """See the port."""
        self._connection.execute(SQL["put"], subscription_columns(subscription))

    def remove(self, number: int) -> None:
        """See the port."""
        self._connection.execute(SQL["remove"], {"number": number})
