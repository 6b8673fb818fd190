"""History: copies of one settled Delivery, as many as are wanted, written by SQLite itself."""

import sqlite3
from contextlib import closing

_PIECE = 500_000

_KEYS = {"delivery": "ordinal", "content": "delivery", "attempt": "delivery"}

_COPY = """
WITH RECURSIVE number (value) AS (
    SELECT :first UNION ALL SELECT value + 1 FROM number WHERE value < :last
)
INSERT INTO {table} ({columns})
SELECT {values} FROM number CROSS JOIN {table} AS old WHERE old.{key} = :template
"""


def grow(path: str, rows: int) -> None:
    """Let a closed store remember so many ended Deliveries, with bodies and Attempts."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        template = _one(
            connection, "SELECT min(ordinal) FROM delivery_now WHERE state = 'delivered'"
        )
        last = _one(connection, "SELECT max(ordinal) FROM delivery")
        known = _one(connection, "SELECT known FROM delivery_tally WHERE state = 'delivered'")
        for first in range(last + 1, last + 1 + rows - known, _PIECE):
            end = min(first + _PIECE - 1, last + rows - known)
            connection.execute("BEGIN")
            for table, key in _KEYS.items():
                copy = _copying(connection, table, key)
                connection.execute(copy, {"first": first, "last": end, "template": template})
            connection.execute("COMMIT")
        connection.execute(
            "UPDATE delivery_tally SET known = max(known, ?) WHERE state = 'delivered'", (rows,)
        )
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _copying(connection: sqlite3.Connection, table: str, key: str) -> str:
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = [
        "number.value" if one == key else "'old_' || number.value" if one == "id" else f"old.{one}"
        for one in columns
    ]
    return _COPY.format(table=table, columns=", ".join(columns), values=", ".join(values), key=key)


def _one(connection: sqlite3.Connection, query: str) -> int:
    number: int = connection.execute(query).fetchone()[0]
    return number
