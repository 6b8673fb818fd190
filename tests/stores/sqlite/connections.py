"""Looking at the connection under a piece of work, and holding the writer still."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.transaction import SqliteTransaction


def connection_of(transaction: Transaction) -> sqlite3.Connection:
    """Give the connection that this work is done on."""
    assert isinstance(transaction, SqliteTransaction)
    return transaction.connection


@asynccontextmanager
async def writer_held(store: SqliteStore) -> AsyncIterator[None]:
    """Keep the writer busy with one piece of work, so that others gather behind it."""
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        begun.set()
        go_on.wait(30)

    async def write() -> None:
        with suppress(StoreUnavailableError):  # it shares the fate of those behind it
            await store.write(hold)

    async with asyncio.TaskGroup() as group:
        group.create_task(write())
        await asyncio.to_thread(begun.wait, 30)
        try:
            yield
            await asyncio.to_thread(lambda: None)  # meanwhile new tasks come to their first wait
        finally:
            go_on.set()


def fail_to_commit(tx: Transaction) -> None:
    """Leave behind what cannot be committed."""
    connection = connection_of(tx)
    connection.execute("PRAGMA defer_foreign_keys = ON")
    connection.execute("INSERT INTO content (delivery, records, body) VALUES (-1, '[]', x'')")
