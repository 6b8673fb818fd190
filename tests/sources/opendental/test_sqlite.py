"""The demo practice's file: missing, broken, busy, and given as MySQL would give it."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.sources.opendental.office import DentalOffice, practice_at, source_at

from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.sources.opendental.sqlite import SqliteDatabase


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("practice")}


async def test_a_missing_file_is_told_and_may_come_later(tmp_path: Path) -> None:
    """The sentence says how to make one; nothing is created by looking; once there it is read."""
    url = f"sqlite:///{tmp_path / 'later.db'}"
    source = source_at(url)
    with pytest.raises(SourceUnavailableError, match="bitewing practice create") as caught:
        await source.open()
    exists = (tmp_path / "later.db").exists()
    with practice_at(url):
        await source.open()
        await source.close()

    assert "later.db" in str(caught.value)
    assert not exists
    assert "Patient" in {watch.name for watch in source.watches}


@pytest.mark.parametrize("content", [b"this is no database, but a letter to the dentist" * 99])
async def test_a_file_that_is_no_database_is_told(tmp_path: Path, content: bytes) -> None:
    """SQLite's own words are shown, and nothing of the file."""
    (tmp_path / "letter.txt").write_bytes(content)
    source = source_at(f"sqlite:///{tmp_path / 'letter.txt'}")
    with pytest.raises(SourceUnavailableError, match="not a database") as caught:
        await source.open()
    await source.close()

    assert "letter.txt" in str(caught.value)
    assert "dentist" not in str(caught.value)


async def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A database without tables is not Open Dental's."""
    (tmp_path / "empty.db").touch()
    source = source_at(f"sqlite:///{tmp_path / 'empty.db'}")
    with pytest.raises(SourceRefusedError, match="does not look like"):
        await source.open()
    await source.close()


async def test_reading_goes_on_while_somebody_writes(file_office: DentalOffice) -> None:
    """What is committed is seen, what is not is not, and nobody waits."""
    file_office.add("Patient", 1)
    with file_office.writer.transaction():
        file_office.add("Patient", 2)
        during = await file_office.records("Patient")
    after = await file_office.records("Patient")

    assert [record.key.number for record in during] == [1]
    assert [record.key.number for record in after] == [1, 2]


async def test_a_locked_file_is_told(tmp_path: Path) -> None:
    """A program that locks the whole file keeps us out for a while only."""
    path = tmp_path / "practice.db"
    with practice_at(f"sqlite:///{path}") as office:
        office.writer.run("PRAGMA journal_mode = DELETE")
    database = SqliteDatabase(path, busy_milliseconds=50)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(SourceUnavailableError, match="locked"):
            await database.query("SELECT COUNT(*) FROM patient")
        other.execute("ROLLBACK")
    rows = await database.query("SELECT COUNT(*) FROM patient")
    await database.close()

    assert rows == [(b"0",)]


@pytest.mark.parametrize(
    "statement", ["DELETE FROM patient", "DROP TABLE patient", "INSERT INTO site DEFAULT VALUES"]
)
async def test_nothing_can_be_written(file_office: DentalOffice, statement: str) -> None:
    """The file is opened read only."""
    with pytest.raises(SourceUnavailableError, match="readonly"):
        await file_office.source.polling.query(statement)


async def test_closing_ends_the_threads(file_office: DentalOffice) -> None:
    """A closed source leaves no thread behind, and closing one that was never open starts none."""
    before = threads()
    await file_office.source.close()
    unopened = threads()
    await file_office.records("Patient")
    during = threads()
    await file_office.source.close()
    for thread in threading.enumerate():
        if thread.name in during - before:
            thread.join(5)

    assert unopened == before
    assert during - before
    assert threads() == before


async def test_numbers_are_written_as_mysql_writes_them(file_office: DentalOffice) -> None:
    """Whole doubles without a point, others in full; letters and nothing as they are."""
    [row] = await file_office.source.polling.query(
        "SELECT 2.0, -3, 0.1, 1e14, 9223372036854775807, NULL, '', 'é', x'c328'"
    )

    assert row == (
        *(b"2", b"-3", b"0.1", b"100000000000000", b"9223372036854775807", None),
        *(b"", "é".encode(), b"\xc3\x28"),
    )
