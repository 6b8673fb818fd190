"""Many rows in few statements: a statement gives up the interpreter's lock, not each row."""

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

_MOST_ROWS = 32
"""Above this nothing is gained; SQLite allows 32,766 values in a statement (limits, 9)."""


def run_many(
    connection: sqlite3.Connection, query: str, rows: Sequence[tuple[object, ...]]
) -> None:
    """Run a statement with one ``VALUES (:name, ...)`` for all these rows, many at a time.

    The values of a row are in the order of the names.
    """
    for start in range(0, len(rows), _MOST_ROWS):
        chunk = rows[start : start + _MOST_ROWS]
        connection.execute(_expanded(query, len(chunk)), tuple(chain.from_iterable(chunk)))


@lru_cache(maxsize=1024)
def _expanded(query: str, rows: int) -> str:
    start = query.index("(", query.index("VALUES"))
    group = query[start : query.index(")", start) + 1]
    one = "(" + ", ".join("?" * (group.count(",") + 1)) + ")"
    return query.replace(group, ", ".join([one] * rows))
