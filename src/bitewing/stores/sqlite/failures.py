"""What SQLite's errors mean for the people who run the store."""

import sqlite3

from bitewing.model.errors import StoreUnavailableError

_UNOPENED = "cannot be opened: see that its directory exists and that this account may write there"
_UNWRITABLE = "is read-only: let this account write the file and its directory"
_DAMAGED = "is damaged or is no SQLite file: give it another path, or bring back a backup"
_LOCKED = "is locked by another program: close that program"

_MEANINGS = {
    sqlite3.SQLITE_FULL: "cannot grow, because the disk is full: free some space",
    sqlite3.SQLITE_IOERR: "cannot be read or written: look after the disk (or the quota)",
    sqlite3.SQLITE_READONLY: _UNWRITABLE,
    sqlite3.SQLITE_PERM: _UNWRITABLE,
    sqlite3.SQLITE_CANTOPEN: _UNOPENED,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_NOMEM: "cannot be used, because memory ran out: give this machine more",
    sqlite3.SQLITE_INTERRUPT: "was interrupted: try again",
}


def is_of_the_store(error: BaseException) -> bool:
    """Tell whether the store itself failed, as against the one piece of work that asked."""
    return isinstance(error, sqlite3.Error) and _code(error) in _MEANINGS


def unavailable(path: str, error: sqlite3.Error) -> StoreUnavailableError:
    """Say what happened to the store at ``path``, and how to mend it."""
    meaning = _MEANINGS.get(_code(error), "cannot be used")
    return StoreUnavailableError(f"The store {path} {meaning}. Nothing was changed. ({error})")


def _code(error: sqlite3.Error) -> int:
    """Give the primary code; errors of the Python module itself have none."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF
