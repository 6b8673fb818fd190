"""The readers: a few threads, each piece of work on its own picture of the store."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from bitewing.ports.store import Transaction
from bitewing.stores.sqlite.connection import connect_to_read
from bitewing.stores.sqlite.failures import is_of_the_store, unavailable
from bitewing.stores.sqlite.seal import Seal
from bitewing.stores.sqlite.transaction import SqliteTransaction

T = TypeVar("T")

MOST_READERS = 4


class Readers:
    """Owns the connections that read; they are opened when needed and kept."""

    def __init__(self, path: str, seal: Seal) -> None:
        self._path = path
        self._seal = seal
        self._idle: deque[SqliteTransaction] = deque()
        self._threads = ThreadPoolExecutor(MOST_READERS, thread_name_prefix="bitewing-reader")

    async def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a piece of work that only reads.

        Raises:
            StoreUnavailableError: the file could not be read.
            RuntimeError: the work tried to write.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    def finish(self) -> None:
        """Let the readers end, then close. Blocks: call it in a thread."""
        self._threads.shutdown()
        while self._idle:
            self._idle.pop().connection.close()

    def _read(self, work: Callable[[Transaction], T]) -> T:
        transaction = self._take()
        try:
            transaction.connection.execute("BEGIN")
            return work(transaction)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY:
                raise RuntimeError("work given to read() tried to write") from error
            if is_of_the_store(error):
                raise unavailable(self._path, error) from error
            raise
        finally:
            transaction.connection.rollback()
            self._idle.append(transaction)

    def _take(self) -> SqliteTransaction:
        try:
            return self._idle.pop()
        except IndexError:
            return SqliteTransaction(connect_to_read(self._path), self._seal)
