"""Many rows in few statements: a statement gives up the interpreter's lock, not each row."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby

from bitewing.stores.rows import InColumns

Values = tuple[object, ...]

_MOST_ROWS = 128
"""Above this nothing is gained; SQLite allows 32,766 values in a statement (limits, 9).

Where there are fewer, it is 64 at once, 32 and so on: SQLite keeps eight statements for a query.
"""

_NAME = re.compile(r":(\w+)")


def run_many(connection: sqlite3.Connection, query: str, rows: Sequence[Values]) -> None:
    """Run a statement with one ``VALUES (:name, ...)`` for all these rows, many at a time.

    The values of a row are in the order in which the names are first mentioned in it.
    """
    run_columns(connection, query, list(zip(*rows, strict=True)))


def run_columns(connection: sqlite3.Connection, query: str, columns: InColumns) -> None:
    """Do the same for rows that come as columns."""
    if columns:
        _run(connection, query, (), columns)


def run_alike(
    connection: sqlite3.Connection,
    query: str,
    alike: Iterable[Values],
    columns: InColumns,
    write: Callable[[Values], Values],
) -> None:
    """Do the same for rows many of which are alike in all but a few values.

    Of each row ``alike`` gives what it shares with others, which ``write`` makes values of; the
    columns are the own values. In ``VALUES (...)`` the own ones are named first; the shared ones
    behind them, or anywhere else in the query. What is shared is bound once for a whole
    statement: handing a value over costs more than what SQLite then does with it.
    """
    groups: defaultdict[Values, list[int]] = defaultdict(list)
    rows = 0
    for shared, following in groupby(alike):  # who is alike often comes together
        places = range(rows, rows + len(list(following)))
        groups[shared].extend(places)
        rows = places.stop
    for shared, group in groups.items():
        of_group = columns if len(group) == rows else _chosen(columns, group)
        _run(connection, query, write(shared), of_group)


def parted(rows: Sequence[tuple[Values, Values]]) -> tuple[Sequence[Values], InColumns]:
    """Give what rows share, and their own values as columns, for ``run_alike``."""
    alike, own = zip(*rows, strict=True) if rows else ((), ())
    return alike, list(zip(*own, strict=True))


def _chosen(columns: InColumns, places: Sequence[int]) -> InColumns:
    return [[column[place] for place in places] for column in columns]


def _run(connection: sqlite3.Connection, query: str, shared: Values, columns: InColumns) -> None:
    width, rows = len(columns), len(columns[0])
    values: list[object] = [None] * (width * rows)
    for place, column in enumerate(columns):
        values[place::width] = column
    start = 0
    while left := rows - start:
        number = min(_MOST_ROWS, 1 << left.bit_length() - 1)
        own = values[start * width : (start + number) * width]
        connection.execute(_expanded(query, number, len(shared)), (*shared, *own))
        start += number


@lru_cache(maxsize=2048)
def _expanded(query: str, rows: int, shared: int) -> str:
    """Write the statement for so many rows; the last ``shared`` names are one value for all."""
    start = query.index("(", query.index("VALUES"))
    row = query[start : query.index(")", start) + 1]
    names = list(dict.fromkeys([*_NAME.findall(row), *_NAME.findall(query)]))
    own, common = names[: len(names) - shared], names[len(names) - shared :]
    places = {name: place for place, name in enumerate(common, 1)}
    written = []
    for number in range(rows):
        first = shared + number * len(own) + 1
        of_row = {name: place for place, name in enumerate(own, first)}
        written.append(_placed(row, places | of_row))
    return _placed(query.replace(row, ", ".join(written)), places)


def _placed(text: str, places: Mapping[str, int]) -> str:
    """Put numbered places where these names are."""
    return _NAME.sub(lambda found: f"?{places[found[1]]}", text)
