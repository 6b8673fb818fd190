"""Statements that wait for somebody else's lock, in threads of their own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.adversarial.rig import Rig

PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.02


@dataclass
class Waiting:
    """A statement under way in a session of its own.

    Attributes:
        number: the session's number on the server.
    """

    rig: Rig
    connection: Any
    statement: str
    number: int = 0
    _thread: threading.Thread = field(init=False)
    _failures: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.number = self.connection.thread_id()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def until_blocked(self, *, seconds: int = 0) -> None:
        """Return when the statement has waited so long, by the server's whole seconds."""
        until_blocked(self.rig, self.number, seconds=seconds)

    def finish(self) -> None:
        """Return when the statement is over; nothing must hold it back any more."""
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "the statement still waits"
        assert not self._failures, self._failures

    def abandon(self) -> None:
        """End the statement if it still waits, since a test has failed."""
        if self._thread.is_alive():
            self.rig.run(f"KILL {self.number}")
            self._thread.join(PATIENCE_SECONDS)

    def _run(self) -> None:
        try:
            with self.connection.cursor() as cursor:
                cursor.execute(self.statement)
        except Exception as error:  # noqa: BLE001 - told by finish, in the test's own thread
            self._failures.append(error)


@contextmanager
def waiting(rig: Rig, statement: str, *, began_ago: int = 0) -> Iterator[Waiting]:
    """Begin a statement, which the server stamps with its beginning: so many seconds ago."""
    with rig.connection() as connection:
        if began_ago:
            with connection.cursor() as cursor:
                cursor.execute(f"SET timestamp = UNIX_TIMESTAMP() - {began_ago}")
        begun = Waiting(rig, connection, statement)
        try:
            yield begun
        finally:
            begun.abandon()


@contextmanager
def holding(rig: Rig, *statements: str) -> Iterator[Any]:
    """Give a cursor of a session that has run these statements and keeps its locks."""
    with rig.connection() as connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        yield cursor


def until_blocked(rig: Rig, number: int | None = None, *, user: str = "", seconds: int = 0) -> None:
    """Return when a session, named by its number or its user, waits for a lock."""
    who = f"ID = {number}" if number is not None else f"USER = '{user}'"
    question = (
        f"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE {who} AND COMMAND = 'Query' "
        f"AND TIME >= {seconds} AND (STATE LIKE 'Waiting for%' OR STATE = 'User lock' OR ID IN "
        "(SELECT trx_mysql_thread_id FROM information_schema.INNODB_TRX"
        " WHERE trx_state = 'LOCK WAIT'))"
    )
    never = threading.Event()
    with holding(rig) as looker:
        for _ in range(int(PATIENCE_SECONDS / _PAUSE_SECONDS)):
            looker.execute(question)
            if looker.fetchall()[0][0]:
                return
            never.wait(_PAUSE_SECONDS)
    raise AssertionError("nothing waits for a lock")
