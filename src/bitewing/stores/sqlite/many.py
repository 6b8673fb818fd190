"""Many rows in few statements: a statement gives up the interpreter's lock, not each row."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, groupby
from operator import itemgetter

Values = tuple[object, ...]

_MOST_ROWS = 32
"""Above this nothing is gained; SQLite allows 32,766 values in a statement (limits, 9)."""

_alike, _own = itemgetter(0), itemgetter(1)
_NAME = re.compile(r":(\w+)")


def run_many(connection: sqlite3.Connection, query: str, rows: Sequence[Values]) -> None:
    """Run a statement with one ``VALUES (:name, ...)`` for all these rows, many at a time.

    The values of a row are in the order in which the names are first mentioned in it.
    """
    _run(connection, query, (), rows)


def run_alike(
    connection: sqlite3.Connection,
    query: str,
    rows: Iterable[tuple[Values, Values]],
    write: Callable[[Values], Values],
) -> None:
    """Do the same for rows many of which are alike in all but a few values.

    A row is what it shares with others, which ``write`` makes values of, and its own values. In
    ``VALUES (...)`` the own ones are named first; the shared ones behind them, or anywhere else
    in the query. What is shared is bound once for a whole statement: handing a value over costs
    more than what SQLite then does with it.
    """
    groups: defaultdict[Values, list[Values]] = defaultdict(list)
    for alike, following in groupby(rows, key=_alike):  # who is alike often comes together
        groups[alike].extend(map(_own, following))
    for alike, group in groups.items():
        _run(connection, query, write(alike), group)


def _run(
    connection: sqlite3.Connection, query: str, shared: Values, rows: Sequence[Values]
) -> None:
    for start in range(0, len(rows), _MOST_ROWS):
        chunk = rows[start : start + _MOST_ROWS]
        statement = _expanded(query, len(chunk), len(shared))
        connection.execute(statement, (*shared, *chain.from_iterable(chunk)))


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
