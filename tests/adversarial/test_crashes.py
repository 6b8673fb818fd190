"""Case 23: the process is killed at every point at which it writes; full and locked stores."""

import asyncio
import itertools
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.adversarial.rig import Rig
from tests.engine.flow import A_WISH, OWNER
from tests.servers.mariadb import Database as Place
from tests.stores.sqlite.connections import connection_of

from bitewing.engine.operations.enquiries import ledger
from bitewing.engine.operations.subscriptions import Desk
from bitewing.engine.signals import Signals
from bitewing.model.change import ChangeKind
from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.store import Transaction
from bitewing.practice.database import connect
from bitewing.stores.sqlite import SqliteStore

ROWS = 2300
"""So many that a poll stores them in three batches."""

on_sqlite = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)


async def run_dying(url: str, store: Path, stage: str) -> int:
    """Let process after process die, each in a later write; give how many it took."""
    for dies_in in itertools.count(1):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.adversarial.dying", url, str(store), stage),
            str(dies_in),
            stderr=asyncio.subprocess.PIPE,
        )
        _, words = await process.communicate()
        if process.returncode == 0:
            return dies_in - 1
        assert process.returncode == -signal.SIGKILL, words.decode()
    raise AssertionError


@asynccontextmanager
async def left_to_others(rig: Rig) -> AsyncIterator[Path]:
    """Close the rig's store meanwhile, since only one process may have it; give its file."""
    await rig.source.close()
    await rig.store.close()
    yield Path(rig.store._path)  # type: ignore[attr-defined]
    await rig.store.open()
    await rig.restart()


def add_fields(rig: Rig, count: int) -> None:
    """Add so many patient fields."""
    columns = ("PatNum", "FieldName", "FieldValue", "SecUserNumEntry")
    rows = [(1, "Shade", f"A{number}", 1) for number in range(count)]
    with rig.writer.transaction():
        rig.writer.insert_many("patfield", columns, rows)


def received_keys(file: Path) -> set[int]:
    """Give the patient fields that the receiver was sent, whichever process sent them."""
    bodies = [json.loads(line) for line in file.read_bytes().splitlines()]
    return {element["PatFieldNum"] for body in bodies for element in body}


async def rewind(rig: Rig, by: timedelta) -> None:
    """Set all Cursors back, as if nobody had polled meanwhile."""
    name, watches = rig.source.name, rig.source.watches

    def work(tx: Transaction) -> None:
        for watch in watches:
            cursor = tx.cursors.get(name, watch.name)
            assert cursor is not None
            tx.cursors.put(name, watch.name, replace(cursor, read_up_to=cursor.read_up_to - by))

    await rig.store.write(work)


async def test_case_23_the_first_reading_survives_kill_9(sqlite: Place, tmp_path: Path) -> None:
    """Killed in every write of the first reading, it goes on where it was and announces nothing."""
    with connect(sqlite.url) as writer:
        columns = ("PatNum", "FieldName", "FieldValue", "SecUserNumEntry")
        with writer.transaction():
            writer.insert_many("patfield", columns, [(1, "Shade", "A", 1)] * ROWS)
        deaths = await run_dying(sqlite.url, tmp_path / "store.db", "poll")
        store = SqliteStore(str(tmp_path / "store.db"))
        await store.open()
        rig = Rig(sqlite.url, sqlite.url, writer, store)
        await rig.start()

        assert deaths >= 4
        assert await rig.verify() == []

        await rig.source.close()
        await store.close()


@on_sqlite
async def test_case_23_a_poll_survives_kill_9_between_and_inside_its_batches(rig: Rig) -> None:
    """Whatever was not committed is read again; nothing is noticed twice."""
    add_fields(rig, ROWS)
    async with left_to_others(rig) as store:
        deaths = await run_dying(rig.url, store, "poll")

    assert deaths >= 3
    changes = await rig.verify()
    assert len(changes) == ROWS


@on_sqlite
async def test_case_23_nothing_is_lost_when_the_restart_is_later_than_the_overlap(rig: Rig) -> None:
    """The Cursor moves with the last batch and never before it: polls alone find everything."""
    await rewind(rig, timedelta(minutes=10))
    add_fields(rig, 1)
    rig.run("UPDATE patient SET AddrNote = 'moved', DateTStamp = DATETIME('now', '-5 minutes')")
    rig.run("UPDATE patfield SET FieldValue = 'B', SecDateTEdit = DATETIME('now', '-5 minutes')")
    async with left_to_others(rig) as store:
        deaths = await run_dying(rig.url, store, "poll")

    changes = await rig.replay()
    assert deaths >= 1
    assert {change.key.number for change in changes if change.key.watch == "Patient"} == set(
        rig.keys("patient", "PatNum")
    )
    assert {change.key.number for change in changes if change.key.watch == "PatField"} == set(
        rig.keys("patfield", "PatFieldNum")
    )


@on_sqlite
async def test_case_23_a_sweep_survives_kill_9(rig: Rig) -> None:
    """Killed in every write of a sweep, it begins anew, and each deletion is told once."""
    add_fields(rig, 300)
    await rig.poll()
    await rig.replay()
    gone = rig.keys("patfield", "PatFieldNum")[-30:]
    rig.run(f"DELETE FROM patfield WHERE PatFieldNum >= {gone[0]}")
    rig.run("DELETE FROM schedule WHERE ScheduleNum = (SELECT MIN(ScheduleNum) FROM schedule)")
    rig.run("UPDATE patient SET AddrNote = 'kept', DateTStamp = '2024-01-01 00:00:00'")
    async with left_to_others(rig) as store:
        deaths = await run_dying(rig.url, store, "sweep")

    assert deaths >= 3
    changes = (await rig.verify())[300:]
    deleted = [one.key.number for one in changes if one.kind is ChangeKind.DELETED]
    assert len(deleted) == 31


@on_sqlite
async def test_case_23_the_outbox_survives_kill_9(rig: Rig) -> None:
    """Killed in every write between a Change and its acknowledgement, all arrives in the end."""
    desk = Desk(
        rig.store,
        {rig.source.name: rig.source},
        lambda _: None,
        rig.clock,
        Signals(),
        "opendental",
    )
    wish = replace(A_WISH, watch="PatField", event_name="WatchTable: PatField")
    await desk.create(OWNER, rig.source.name, wish)
    add_fields(rig, ROWS)
    async with left_to_others(rig) as store:
        deaths = await run_dying(rig.url, store, "deliver")

    told = received_keys(Path(f"{store}.received"))
    books = await rig.store.read(lambda tx: ledger(tx, rig.source.name, ["PatField"]))
    await rig.replay()
    assert deaths >= 5
    assert told == {change.key.number for change in rig.told}
    assert (books.delivered, books.waiting, books.backing_off, books.adds_up) == (ROWS, 0, 0, True)


async def resize(store: SqliteStore, pages: int) -> int:
    """Let the store's file grow to so many pages at most; give how many it has."""

    def work(tx: Transaction) -> int:
        connection = connection_of(tx)
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()
        [(count,)] = connection.execute("PRAGMA page_count").fetchall()
        return int(count)

    return await store.write(work)


@on_sqlite
async def test_case_23_a_full_disk_delays_and_loses_nothing(rig: Rig) -> None:
    """While nothing can be stored no Cursor moves; with room again everything is noticed once."""
    store: Any = rig.store
    await resize(store, 1)
    add_fields(rig, ROWS)

    with pytest.raises(StoreUnavailableError, match="full"):
        await rig.poll()
    await resize(store, 2**30)

    assert len(await rig.verify()) == ROWS


@on_sqlite
async def test_case_23_a_locked_store_delays_and_loses_nothing(rig: Rig) -> None:
    """While another program holds the store no Cursor moves; then everything is noticed once."""
    store: Any = rig.store
    await store.write(lambda tx: connection_of(tx).execute("PRAGMA busy_timeout = 100").fetchall())
    add_fields(rig, 5)

    with closing(sqlite3.connect(store._path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="locked"):
            await rig.poll()
        other.execute("ROLLBACK")

    assert len(await rig.verify()) == 5
