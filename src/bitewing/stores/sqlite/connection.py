"""Connections to the file: one that writes, others that read."""

import sqlite3
from pathlib import Path

from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite.failures import unavailable

OLDEST_SQLITE = (3, 38, 0)
"""STRICT tables came with 3.37, JSON functions in every build with 3.38 (SQLite release log)."""

_STATEMENTS_KEPT = 256
_LOCK_SECONDS = 5.0

_WRITING = """
    PRAGMA page_size = 16384;           -- counts at creation; fewer, fuller pages
    PRAGMA journal_mode = WAL;          -- who reads does not wait for who writes
    PRAGMA synchronous = FULL;          -- what is acknowledged survives a loss of power
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;          -- what is removed leaves no trace in the file
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -65536;         -- 64 MiB
    PRAGMA wal_autocheckpoint = 4096;   -- 64 MiB of pages
    PRAGMA journal_size_limit = 67108864;
"""
_READING = """
    PRAGMA query_only = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16384;         -- 16 MiB
"""


def connect_to_write(path: str) -> sqlite3.Connection:
    """Open the file for writing, creating it if there is none, readable by its owner alone.

    Raises:
        StoreUnavailableError: it cannot be opened, or cannot have a write-ahead log.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreUnavailableError(
            f"The store needs SQLite {'.'.join(map(str, OLDEST_SQLITE))} or newer; this Python "
            f"brings {sqlite3.sqlite_version}. Use a newer Python."
        )
    try:
        Path(path).touch(mode=0o600)
    except OSError as error:
        raise StoreUnavailableError(
            f"The store {path} cannot be created or written ({error.strerror}). See that its "
            "directory exists and that this account may write there."
        ) from error
    connection = _connect(path, path, _WRITING)
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.close()
        raise StoreUnavailableError(
            f"The store {path} cannot have a write-ahead log. Put it on a disk of this machine, "
            "not on a network drive."
        )
    return connection


def connect_to_read(path: str) -> sqlite3.Connection:
    """Open the file for reading.

    Raises:
        StoreUnavailableError: it cannot be opened.
    """
    return _connect(path, f"{Path(path).absolute().as_uri()}?mode=ro", _READING)


def _connect(path: str, database: str, settings: str) -> sqlite3.Connection:
    """Open a connection on which transactions begin and end only where we say so."""
    try:
        connection = sqlite3.connect(
            database,
            timeout=_LOCK_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS_KEPT,
            uri=database != path,
        )
    except sqlite3.Error as error:
        raise unavailable(path, error) from error
    try:
        connection.executescript(settings)
    except sqlite3.Error as error:
        connection.close()
        raise unavailable(path, error) from error
    return connection
