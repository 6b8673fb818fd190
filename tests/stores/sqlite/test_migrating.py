"""Migrations bring the tables up to date, and nothing else."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files

import pytest

from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.migrating import Migration, migrate, migrations

FIRST = Migration(1, "0001_first", "CREATE TABLE migration (number, name, applied_at);")
SECOND = Migration(2, "0002_second", "CREATE TABLE tooth (number);\nINSERT INTO tooth VALUES (8);")
BROKEN = Migration(2, "0002_broken", "CREATE TABLE tooth (number);\nINSERT INTO gum VALUES (8);")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give an empty database."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        yield opened


def schema_of(connection: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Give every table, index, trigger and view, whatever its spacing."""
    rows = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master")
    return {(kind, name, " ".join(sql.split())) for kind, name, sql in rows}


def test_all_migrations_make_the_schema(connection: sqlite3.Connection) -> None:
    """``schema.sql`` is what a reader may trust instead of reading every step."""
    schema = (files("bitewing.stores.sqlite") / "schema.sql").read_text("utf-8")
    migrate("store.db", connection, migrations())
    with closing(sqlite3.connect(":memory:")) as written_down:
        written_down.executescript(schema)
        expected = schema_of(written_down)

    assert schema_of(connection) == expected


def test_migrations_are_numbered_without_gaps() -> None:
    """0001, 0002 and so on, each with words."""
    steps = migrations()

    assert [step.number for step in steps] == list(range(1, len(steps) + 1))
    assert all(len(step.name) > len("0001_") for step in steps)


def test_each_step_is_taken_once(connection: sqlite3.Connection) -> None:
    """A file that has taken the first takes the second only, and then nothing."""
    migrate("store.db", connection, [FIRST])
    migrate("store.db", connection, [FIRST, SECOND])
    migrate("store.db", connection, [FIRST, SECOND])
    taken = connection.execute("SELECT number, name FROM migration").fetchall()

    assert taken == [(1, "0001_first"), (2, "0002_second")]
    assert connection.execute("SELECT number FROM tooth").fetchall() == [(8,)]


def test_a_step_that_fails_leaves_nothing_behind(connection: sqlite3.Connection) -> None:
    """The file is as it was before the step, and the step can be taken when it is mended."""
    migrate("store.db", connection, [FIRST])
    before = schema_of(connection)

    with pytest.raises(sqlite3.OperationalError, match="gum"):
        migrate("store.db", connection, [FIRST, BROKEN])

    assert schema_of(connection) == before
    migrate("store.db", connection, [FIRST, SECOND])


async def test_a_store_of_a_newer_version_is_refused(path: str) -> None:
    """An older program must not touch tables that it does not know."""
    store = SqliteStore(path)
    await store.open()
    await store.close()
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("INSERT INTO migration VALUES (9999, '9999_from_the_future', 0)")
        newer.commit()

    with pytest.raises(StoreUnavailableError, match=r"newer bitewing .*9999"):
        await store.open()


async def test_what_was_stored_is_there_after_opening_again(path: str) -> None:
    """Opening takes no step twice and loses nothing."""
    store = SqliteStore(path)
    await store.open()
    await store.write(lambda t: t.selections.put("main", "FRONT", 28))
    await store.close()
    await store.open()
    patient = await store.read(lambda t: t.selections.get("main", "FRONT"))
    await store.close()

    assert patient == 28
