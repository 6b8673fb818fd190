"""Many rows in few statements."""

import sqlite3
from contextlib import closing

import pytest

from bitewing.stores.sqlite.many import parted, run_alike, run_many

NAME_ALL = "UPDATE thing SET name = :name WHERE number IN (VALUES (:number)) AND name <> :name"
ADD = "INSERT INTO thing (number, name) VALUES (:number, :name)"
RENAME = """
WITH wished (number, name) AS (VALUES (:number, :name))
UPDATE thing SET name = wished.name FROM wished WHERE thing.number = wished.number
"""


@pytest.mark.parametrize("rows", [0, 1, 127, 128, 129, 300])
def test_every_row_is_written_once(rows: int) -> None:
    """Also those that fill no whole statement."""
    things = [(number, f"n{number}") for number in range(rows)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE thing (number INTEGER PRIMARY KEY, name TEXT)")
        run_many(connection, ADD, things)
        run_many(connection, RENAME, [(number, "x") for number, _ in things[::2]])
        found = connection.execute("SELECT number, name FROM thing ORDER BY number").fetchall()

    assert found == [(number, f"n{number}" if number % 2 else "x") for number in range(rows)]


@pytest.mark.parametrize("rows", [0, 1, 129, 300])
def test_what_rows_share_is_written_into_all_of_them(rows: int) -> None:
    """However many share it, in a row of values and beside it."""
    things = [(("even" if number % 2 == 0 else "odd",), (number,)) for number in range(rows)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE thing (number INTEGER PRIMARY KEY, name TEXT)")
        run_alike(connection, ADD, *parted(things), lambda alike: (f"is {alike[0]}",))
        added = connection.execute("SELECT number, name FROM thing ORDER BY number").fetchall()
        run_alike(connection, NAME_ALL, [("x",)] * 5, [range(5)], tuple)
        found = connection.execute("SELECT number, name FROM thing ORDER BY number").fetchall()

    assert added == [(n, "is odd" if n % 2 else "is even") for n in range(rows)]
    assert found == [(n, "x" if n < 5 else name) for n, name in added]
