"""Disks that are full, forbidden or gone, and files that are not ours."""

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.stores.sqlite.connections import connection_of

from bitewing.model.errors import SettingsError, StoreUnavailableError
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.seal import NoSeal

POSIX_ONLY = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX limits and rights")

LIMITED = """
import asyncio, os, resource, sys
from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite import SqliteStore
from tests.stores.samples import a_delivery, add_deliveries

async def fill(store, start):
    for number in range(start, start + 200):
        await store.write(lambda t: add_deliveries(t, a_delivery(f"d{number}")))
        print("stored", number)

async def main():
    store = SqliteStore(sys.argv[1])
    await store.open()
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    size = os.path.getsize(sys.argv[1] + "-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 2_000_000, hard))
    try:
        await fill(store, 0)
    except StoreUnavailableError as error:
        print("refused", error)
    print("still", (await store.read(lambda t: sum(t.outbox.tally().values()))))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await fill(store, 1000)
    print("finally", (await store.read(lambda t: sum(t.outbox.tally().values()))))
    await store.close()

asyncio.run(main())
"""

UNPRIVILEGED = """
import asyncio, concurrent.futures.thread, os, sys
from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite import SqliteStore
if os.getuid() == 0:  # whom rights do not stop
    os.setgid(65534)
    os.setuid(65534)
try:
    asyncio.run(SqliteStore(sys.argv[1]).open())
    print("opened")
except StoreUnavailableError as error:
    print(error)
"""


def refusal(path: str) -> str:
    """Give what a store at this path says when it cannot open."""
    with pytest.raises(StoreUnavailableError) as refused:
        asyncio.run(SqliteStore(path).open())
    return str(refused.value)


@POSIX_ONLY
def test_a_store_that_may_not_grow_says_so_and_goes_on_when_it_may(path: str) -> None:
    """All that was acknowledged is there, what was refused is not, and no restart is needed."""
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, path], capture_output=True, text=True, check=True
    )
    lines = [line.partition(" ")[::2] for line in ran.stdout.splitlines()]
    stored = [int(rest) for word, rest in lines if word == "stored"]
    refused = next(rest for word, rest in lines if word == "refused")

    assert path in refused
    assert "Nothing was changed" in refused
    assert ("still", str(sum(number < 1000 for number in stored))) in lines
    assert ("finally", str(len(stored))) in lines
    assert 0 < len(stored) - 200 < 200


@POSIX_ONLY
@pytest.mark.parametrize("is_there", [False, True], ids=["to be made", "there"])
def test_a_directory_without_rights_is_refused_in_plain_words(*, is_there: bool) -> None:
    """Whether the store would have to be made, or lies there already."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "store.db"
        if is_there:
            asyncio.run(_make(str(path)))
            for file in Path(directory).iterdir():
                file.chmod(0o444)
        Path(directory).chmod(0o555)
        ran = subprocess.run(
            [sys.executable, "-c", UNPRIVILEGED, str(path)],
            capture_output=True,
            text=True,
            check=True,
        )
        Path(directory).chmod(0o755)

    assert ran.stdout.startswith(f"The store {path} ")
    assert "this account" in ran.stdout


async def _make(path: str) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.close()


def test_a_missing_directory_is_named(tmp_path: Path) -> None:
    """The path is in the sentence, and what to look after."""
    path = str(tmp_path / "missing" / "store.db")
    said = refusal(path)

    assert path in said
    assert "directory exists" in said


def test_a_directory_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """No account, not even root, can write below a file."""
    (tmp_path / "file").write_bytes(b"")

    assert "cannot be opened" in refusal(str(tmp_path / "file" / "store.db"))


def test_a_file_that_is_no_database_is_left_alone(path: str) -> None:
    """It is refused, and not a byte of it changes."""
    text = b"Dear diary, " * 1000
    Path(path).write_bytes(text)
    said = refusal(path)

    assert "damaged or is no SQLite file" in said
    assert Path(path).read_bytes() == text


def test_another_programs_database_is_left_alone(path: str) -> None:
    """A practice's own SQLite file, given as the store by mistake, is refused."""
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE patient (PatNum INTEGER)")
    said = refusal(path)
    with closing(sqlite3.connect(path)) as other:
        tables = other.execute("SELECT name FROM sqlite_master").fetchall()

    assert "another program's tables" in said
    assert tables == [("patient",)]


def test_a_refused_store_can_be_opened_once_it_is_mended(path: str) -> None:
    """Nothing of the failed attempt stays, its lock least of all."""
    Path(path).write_bytes(b"no database" * 999)
    said = refusal(path)
    Path(path).unlink()
    asyncio.run(_make(path))

    assert "damaged" in said


def peek_refusal(path: str) -> str:
    """Give what a store at this path says when nobody may look into it."""
    with pytest.raises(StoreUnavailableError) as refused:
        asyncio.run(SqliteStore(path).peek(lambda t: t.subscriptions.all()))
    return str(refused.value)


def test_a_store_that_cannot_be_opened_is_let_go(path: str) -> None:
    """Whatever the reason was: SQLite folds its log as the last connection closes."""

    class Broken(NoSeal):
        def make_ready(self) -> None:
            raise RuntimeError("no such token")

    with pytest.raises(RuntimeError, match="no such token") as kept:
        asyncio.run(SqliteStore(path, Broken()).open())

    assert kept.value is not None  # with its traceback, and whatever that still names
    assert not Path(f"{path}-wal").exists()


def test_peeking_makes_no_store(path: str) -> None:
    """Where there is none, none appears."""
    assert "cannot be opened" in peek_refusal(path)
    assert not Path(path).exists()


def test_only_our_store_in_our_version_is_peeked_into(path: str) -> None:
    """Anything else is named for what it is."""
    Path(path).touch()
    said = [peek_refusal(path)]
    Path(path).write_bytes(b"Dear diary, " * 1000)
    said.append(peek_refusal(path))
    Path(path).unlink()
    asyncio.run(_make(path))
    with closing(sqlite3.connect(path)) as newer:
        newer.execute("INSERT INTO migration VALUES (9999, '9999_from_the_future', 0)")
        newer.commit()
    said.append(peek_refusal(path))

    assert "not been brought up to date" in said[0]
    assert "is no SQLite file" in said[1]
    assert "newer bitewing" in said[2]


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_store_must_be_a_file(path: str) -> None:
    """Memory forgets; that is no store."""
    with pytest.raises(SettingsError, match="must be a file"):
        SqliteStore(path)


@POSIX_ONLY
async def test_nobody_else_may_read_the_file(sqlite_store: SqliteStore, path: str) -> None:
    """Health data lies in it, in the log beside it too."""
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 1))
    modes = {stat.S_IMODE(os.stat(path + ending).st_mode) for ending in ("", "-wal", "-shm")}  # noqa: PTH116

    assert modes == {0o600}


async def test_the_file_is_made_as_it_was_measured(sqlite_store: SqliteStore) -> None:
    """Large pages, a write-ahead log, and full synchronisation."""
    names = ("page_size", "journal_mode", "synchronous", "foreign_keys")
    found = await sqlite_store.write(
        lambda t: [connection_of(t).execute(f"PRAGMA {name}").fetchone()[0] for name in names]
    )

    assert found == [16384, "wal", 2, 1]
