"""Checkpointing: folds SQLite's log back into its file beside the writer."""

import sqlite3
import threading
from contextlib import suppress

_MOST_CHANGES = 4096
"""Rows that were changed since the last time, before it is worth while: some 1,000 Deliveries."""


class Checkpointer:
    """A thread with a connection of its own.

    SQLite would do it within a commit when the log has grown, and everybody would wait for it
    (documentation of WAL, "Performance Considerations"). What is left of it for the writer then
    is little. Passive checkpoints wait for nobody and keep nobody waiting; one that fails, as on
    a full disk, is left to the next.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over a connection that can write."""
        self._connection = connection
        self._wanted = threading.Event()
        self._changes = 0
        self._is_over = False
        self._thread = threading.Thread(target=self._run, name="bitewing-checkpoint", daemon=True)
        self._thread.start()

    def note(self, changes: int) -> None:
        """Note how many rows the writer has changed in all; called behind its commits."""
        if changes - self._changes >= _MOST_CHANGES:
            self._changes = changes
            self._wanted.set()

    def finish(self) -> None:
        """Stop. Blocks: call it in a thread."""
        self._is_over = True
        self._wanted.set()
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            if self._is_over:
                return
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
