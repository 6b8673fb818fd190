"""The embedded store: one SQLite file."""

from bitewing.stores.sqlite.store import SqliteStore

__all__ = ["SqliteStore"]
