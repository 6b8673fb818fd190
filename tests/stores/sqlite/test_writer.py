"""The writer commits pieces of work together."""

import asyncio
import sqlite3
from collections.abc import Coroutine
from functools import partial

import pytest
from tests.stores.samples import a_record, put_some, seen
from tests.stores.sqlite.connections import connection_of, writer_held

from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.writer import MOST_PIECES


async def select_many(store: SqliteStore, count: int) -> list[BaseException | None]:
    """Ask at once for so many selections; give what each raised."""
    writes = (store.write(partial(_select, number=number)) for number in range(count))
    return await asyncio.gather(*writes, return_exceptions=True)


def _select(transaction: Transaction, number: int) -> None:
    transaction.selections.put("main", f"W{number}", number)


async def known_selections(store: SqliteStore, count: int) -> int:
    def known(transaction: Transaction) -> int:
        found = [transaction.selections.get("main", f"W{n}") for n in range(count)]
        return sum(patient is not None for patient in found)

    return await store.read(known)


async def test_what_gathers_during_a_commit_shares_the_next(sqlite_store: SqliteStore) -> None:
    """Three times as many pieces as fit in a group need few commits, not one each."""
    statements: list[str] = []
    await sqlite_store.write(lambda t: connection_of(t).set_trace_callback(statements.append))
    async with asyncio.TaskGroup() as group, writer_held(sqlite_store):
        group.create_task(select_many(sqlite_store, 3 * MOST_PIECES))
    await sqlite_store.write(lambda t: connection_of(t).set_trace_callback(None))

    assert await known_selections(sqlite_store, 3 * MOST_PIECES) == 3 * MOST_PIECES
    assert 4 <= statements.count("COMMIT") <= 40


async def test_nobody_is_told_before_the_commit(sqlite_store: SqliteStore) -> None:
    """When the commit begins, whoever waits still waits; a crash now breaks no word."""
    loop = asyncio.get_running_loop()
    told: list[bool] = []

    async def look() -> None:
        await asyncio.to_thread(lambda: None)  # what was told would come through meanwhile
        told.append(write.done())

    def watch(statement: str) -> None:
        if statement == "COMMIT" and not told:
            asyncio.run_coroutine_threadsafe(look(), loop).result(timeout=30)

    def select(transaction: Transaction) -> None:
        connection_of(transaction).set_trace_callback(watch)
        _select(transaction, 1)

    async with asyncio.TaskGroup() as group:
        write = group.create_task(sqlite_store.write(select))

    assert told == [False]


async def test_a_group_that_cannot_be_committed_fails_as_a_whole(
    sqlite_store: SqliteStore,
) -> None:
    """Every caller hears so in plain words, nothing is stored, and later work succeeds."""
    await sqlite_store.write(lambda t: connection_of(t).execute("PRAGMA max_page_count = 1"))
    limit = await sqlite_store.write(
        lambda t: connection_of(t).execute("PRAGMA max_page_count").fetchone()[0]
    )

    def fill(transaction: Transaction) -> None:
        put_some(transaction, *(seen(a_record(n, note=b"%d" % n * 999)) for n in range(500)))

    async with asyncio.TaskGroup() as group, writer_held(sqlite_store):
        small = group.create_task(select_many(sqlite_store, 10))
        large = group.create_task(_outcome(sqlite_store.write(fill)))
    stored = await known_selections(sqlite_store, 10)
    await sqlite_store.write(
        lambda t: connection_of(t).execute(f"PRAGMA max_page_count = {limit + 10_000}")
    )
    await sqlite_store.write(fill)

    assert isinstance(large.result(), StoreUnavailableError)
    assert "disk is full" in str(large.result())
    assert [type(error) for error in small.result()] == [StoreUnavailableError] * 10
    assert stored == 0
    assert await sqlite_store.read(lambda t: t.records.count("main", "Appointment")) == 500


async def _outcome(writing: Coroutine[None, None, None]) -> BaseException | None:
    return (await asyncio.gather(writing, return_exceptions=True))[0]


async def test_a_transaction_that_cannot_begin_fails_its_work(
    sqlite_store: SqliteStore, path: str
) -> None:
    """Somebody else holds the file: the work fails with a plain sentence, later work succeeds."""
    await sqlite_store.write(lambda t: connection_of(t).execute("PRAGMA busy_timeout = 1"))
    intruder = sqlite3.connect(path, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreUnavailableError, match="locked by another program"):
        await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 1))
    intruder.close()
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 2))

    assert await sqlite_store.read(lambda t: t.selections.get("main", "FRONT")) == 2


async def test_reading_work_cannot_write(sqlite_store: SqliteStore) -> None:
    """It is a mistake in our code, said as such; the reader goes on working."""
    with pytest.raises(RuntimeError, match="tried to write"):
        await sqlite_store.read(lambda t: t.selections.put("main", "FRONT", 1))

    assert await sqlite_store.read(lambda t: t.selections.get("main", "FRONT")) is None


async def test_more_readers_than_threads_take_turns(sqlite_store: SqliteStore) -> None:
    """Each gets its answer."""
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 1))
    reads = (sqlite_store.read(lambda t: t.selections.get("main", "FRONT")) for _ in range(50))

    assert await asyncio.gather(*reads) == [1] * 50


async def test_images_learnt_by_undone_neighbours_stay_readable(sqlite_store: SqliteStore) -> None:
    """In one group: a piece that learns, one that fails, one that packs with what was learnt."""
    batch = [seen(a_record(n, note=b"note %d" % n)) for n in range(300)]
    late = seen(a_record(900))

    def fail(_: Transaction) -> None:
        raise KeyError("on purpose")

    async with asyncio.TaskGroup() as group, writer_held(sqlite_store):
        group.create_task(sqlite_store.write(lambda t: put_some(t, *batch)))
        group.create_task(_outcome(sqlite_store.write(fail)))
        group.create_task(sqlite_store.write(lambda t: put_some(t, late)))
    numbers = [*range(300), 900]
    found = await sqlite_store.read(lambda t: t.records.images("main", "Appointment", numbers))

    assert list(found.values()) == [each.record for each in [*batch, late]]
