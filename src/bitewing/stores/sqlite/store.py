"""The store in one SQLite file."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from bitewing.model.errors import SettingsError, StoreUnavailableError
from bitewing.ports.outbox import Reception
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite.checkpointing import Checkpointer
from bitewing.stores.sqlite.connection import connect_to_read, connect_to_write
from bitewing.stores.sqlite.endpoints import SqliteEndpoints
from bitewing.stores.sqlite.failures import unavailable
from bitewing.stores.sqlite.lock import Lock
from bitewing.stores.sqlite.migrating import migrate, migrations, require_all_taken
from bitewing.stores.sqlite.outbox import SqliteOutbox
from bitewing.stores.sqlite.readers import Readers
from bitewing.stores.sqlite.seal import NoSeal, Seal
from bitewing.stores.sqlite.transaction import SqliteTransaction
from bitewing.stores.sqlite.writer import Piece, Writer

T = TypeVar("T")

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What an open store holds."""

    lock: Lock
    writer: Writer
    readers: Readers
    checkpointer: Checkpointer


class SqliteStore:
    """Implements the port ``Store`` for one process.

    Beside ``path`` SQLite keeps its write-ahead log (``-wal``, ``-shm``), and we a lock
    (``.lock``).
    """

    def __init__(
        self, path: str, seal: Seal | None = None, reception: Reception | None = None
    ) -> None:
        """Name the file, and what seals the secrets; nothing is touched before ``open``.

        ``reception`` is given what was added and could go out at once.

        Raises:
            SettingsError: ``path`` names no file.
        """
        if path in {"", ":memory:"}:
            raise SettingsError("The store must be a file. Give it a path, such as bitewing.db.")
        self._path = path
        self._seal = seal or NoSeal()
        self._reception = reception
        self._opened: _Opened | None = None

    async def open(self) -> None:
        """See the port. Opening an open store does nothing."""
        if self._opened is None:
            self._opened = await asyncio.to_thread(self._open, asyncio.get_running_loop())

    async def close(self) -> None:
        """See the port."""
        opened, self._opened = self._opened, None
        if opened is not None:
            await asyncio.to_thread(_close, opened)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """See the port. Work that was handed in is done even if the caller is cancelled."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._require_open().writer.hand(Piece(work, future))
        return await future

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """See the port. Raises RuntimeError if the work tries to write."""
        return await self._require_open().readers.run(work)

    async def peek(self, work: Callable[[Transaction], T]) -> T:
        """See the port. Raises StoreUnavailableError also if the tables are not up to date."""
        await asyncio.to_thread(self._require_up_to_date)
        readers = Readers(self._path, self._seal)
        try:
            return await readers.run(work)
        finally:
            await asyncio.to_thread(readers.finish)

    def _require_open(self) -> _Opened:
        if self._opened is None:
            raise StoreUnavailableError(f"The store {self._path} is not open.")
        return self._opened

    def _require_up_to_date(self) -> None:
        with closing(connect_to_read(self._path)) as connection:
            try:
                require_all_taken(self._path, connection, migrations())
            except sqlite3.Error as error:
                raise unavailable(self._path, error) from error

    def _open(self, loop: asyncio.AbstractEventLoop) -> _Opened:
        with ExitStack() as undoing:
            lock = Lock(self._path)
            undoing.callback(lock.release)
            connection = self._connect()
            undoing.callback(connection.close)
            checkpointer = Checkpointer(connect_to_write(self._path))
            undoing.pop_all()
        transaction = SqliteTransaction(connection, self._seal, self._reception, is_writer=True)
        writer = Writer(self._path, transaction, loop, self._reception, checkpointer.note)
        return _Opened(lock, writer, Readers(self._path, self._seal), checkpointer)

    def _connect(self) -> sqlite3.Connection:
        connection = connect_to_write(self._path)
        try:
            migrate(self._path, connection, migrations())
            # Whoever claimed these is dead: only one process may have the store, and it is us.
            connection.execute("BEGIN IMMEDIATE")
            outbox = SqliteOutbox(connection)
            outbox.passing.recount()
            outbox.rescue(_END_OF_TIME)
            connection.execute("COMMIT")
            self._make_sure_of_secrets(connection)
        except BaseException as error:
            connection.close()
            if isinstance(error, sqlite3.Error):
                raise unavailable(self._path, error) from error
            raise
        return connection

    def _make_sure_of_secrets(self, connection: sqlite3.Connection) -> None:
        """See now, not at the first Attempt, that every secret can be read."""
        connection.execute("BEGIN IMMEDIATE")
        SqliteEndpoints(connection, self._seal).reseal()
        connection.execute("COMMIT")
        self._seal.make_ready()


def _close(opened: _Opened) -> None:
    """Finish the readers first: the last connection to close folds the log into the file."""
    opened.readers.finish()
    opened.checkpointer.finish()
    opened.writer.finish()
    opened.lock.release()
