"""Many rows in few statements: a statement gives up the interpreter's lock, not each row."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import chain

_MOST_ROWS = 32
"""Above this nothing is gained; SQLite allows 32,766 values in a statement (limits, 9)."""


def run_many(
    connection: sqlite3.Connection, query: str, rows: Sequence[Mapping[str, object]]
) -> None:
    """Run a statement with one ``VALUES (:name, ...)`` for all these rows, many at a time."""
    if not rows:
        return
    names, single = _parts(query)
    values = [tuple([row[name] for name in names]) for row in rows]
    whole = len(values) - len(values) % _MOST_ROWS
    for start in range(0, whole, _MOST_ROWS):
        chunk = values[start : start + _MOST_ROWS]
        connection.execute(_expanded(query, _MOST_ROWS), tuple(chain.from_iterable(chunk)))
    if whole < len(values):
        connection.executemany(single, values[whole:])


@lru_cache(maxsize=64)
def _parts(query: str) -> tuple[tuple[str, ...], str]:
    """Give the names of the values and the statement for a single row."""
    group = _group(query)
    names = tuple(name.strip().removeprefix(":") for name in group[1:-1].split(","))
    return names, _expanded(query, 1)


@lru_cache(maxsize=64)
def _expanded(query: str, rows: int) -> str:
    group = _group(query)
    one = "(" + ", ".join("?" * (group.count(",") + 1)) + ")"
    return query.replace(group, ", ".join([one] * rows))


def _group(query: str) -> str:
    start = query.index("(", query.index("VALUES"))
    return query[start : query.index(")", start) + 1]
