"""The lock that keeps a second process off a store.

SQLite lets several processes write one file in turn, but two programs that capture and deliver
from one store would each believe that they are alone. So whoever opens a store holds an exclusive
lock on a small file beside it. That file is an SQLite database too: its locks work on every
system that SQLite runs on, and the operating system frees them when a process dies.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from bitewing.model.errors import StoreInUseError
from bitewing.stores.sqlite.failures import unavailable


class Lock:
    """Holds ``<path>.lock`` (of the file itself, if ``path`` is a link) until it is released."""

    def __init__(self, path: str) -> None:
        """Take the lock.

        Raises:
            StoreInUseError: another process has it.
            StoreUnavailableError: the file cannot be written.
        """
        self._connection: sqlite3.Connection | None = None
        try:
            connection = sqlite3.connect(
                f"{Path(path).resolve()}.lock",
                timeout=0,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise unavailable(path, error) from error
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            connection.close()
            if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY:
                raise StoreInUseError(
                    f"The store {path} is in use by another bitewing. Stop that one first, "
                    "or give this one a store of its own."
                ) from error
            raise unavailable(path, error) from error
        self._connection = connection

    def release(self) -> None:
        """Let others have the store. The file stays: removing it could split the lock in two."""
        if self._connection is not None:
            with closing(self._connection) as connection:
                connection.rollback()
            self._connection = None
