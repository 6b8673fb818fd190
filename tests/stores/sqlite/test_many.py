"""Many rows in few statements."""

import sqlite3
from contextlib import closing

import pytest

from bitewing.stores.sqlite.many import run_many

ADD = "INSERT INTO thing (number, name) VALUES (:number, :name)"
RENAME = """
WITH wished (number, name) AS (VALUES (:number, :name))
UPDATE thing SET name = wished.name FROM wished WHERE thing.number = wished.number
"""


@pytest.mark.parametrize("rows", [0, 1, 31, 32, 33, 100])
def test_every_row_is_written_once(rows: int) -> None:
    """Also those that fill no whole statement."""
    things = [(number, f"n{number}") for number in range(rows)]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE thing (number INTEGER PRIMARY KEY, name TEXT)")
        run_many(connection, ADD, things)
        run_many(connection, RENAME, [(number, "x") for number, _ in things[::2]])
        found = connection.execute("SELECT number, name FROM thing ORDER BY number").fetchall()

    assert found == [(number, f"n{number}" if number % 2 else "x") for number in range(rows)]
