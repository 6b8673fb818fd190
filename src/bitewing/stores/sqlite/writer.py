"""The writer: one thread that runs pieces of work and commits them together.

A commit waits for the disk, a piece of work does not. So the thread takes whatever has arrived
while the last commit was on its way, runs it piece by piece, and commits once. A quiet store
commits every piece at once; a busy one commits hundreds together, and nobody sets a timer.
"""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from time import perf_counter
from typing import Any

from bitewing.ports.outbox import Reception
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite.failures import is_of_the_store, unavailable
from bitewing.stores.sqlite.transaction import SqliteTransaction

MOST_PIECES = 256
"""So many pieces share a commit at most."""

LONGEST_GROUP_SECONDS = 0.020
"""After so much work no further piece joins, so that the first one need not wait for ever."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work, and who waits for it."""

    work: Callable[[Transaction], Any]
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a piece: a result, or what it raised."""

    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None


class Writer:
    """Owns the only connection that writes.

    Work that was handed in is done even if its caller is cancelled meanwhile: whoever gives up
    waiting has not taken anything back.
    """

    def __init__(
        self,
        path: str,
        transaction: SqliteTransaction,
        loop: asyncio.AbstractEventLoop,
        reception: Reception | None,
        note_changes: Callable[[int], object],
    ) -> None:
        """``note_changes`` is told behind every commit how many rows were changed so far."""
        self._path = path
        self._note_changes = note_changes
        self._reception = reception
        self._connection = transaction.connection
        self._transaction = transaction
        self._loop = loop
        self._arrived: SimpleQueue[Piece | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="bitewing-writer", daemon=True)
        self._thread.start()

    def hand(self, piece: Piece) -> None:
        """Give the thread something to do. Call it in the loop, never after ``finish``."""
        self._arrived.put(piece)

    def finish(self) -> None:
        """Do what has been handed in, then stop. Blocks: call it in a thread."""
        self._arrived.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while (first := self._arrived.get()) is not None:
            answers = self._commit(first)
            with suppress(RuntimeError):  # the loop has ended, nobody is left to hear it
                self._loop.call_soon_threadsafe(_deliver, answers)

    def _commit(self, first: Piece) -> list[Answer]:
        """Run a group of pieces in one transaction: all of it counts, or none of it."""
        waiting = [first]
        answers = []
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            answers.append(self._attempt(first))
            for piece in self._followers():
                waiting.append(piece)
                answers.append(self._attempt(piece))
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon()
            return [Answer(piece.future, error=unavailable(self._path, error)) for piece in waiting]
        self._hand_on()
        self._note_changes(self._connection.total_changes)
        return answers

    def _hand_on(self) -> None:
        """Tell the Reception what concerns it, now that it is durable."""
        handing = self._transaction.handing
        if self._reception is None:
            handing.undo()
            return
        for call in handing.hand_on(self._reception):
            with suppress(RuntimeError):  # the loop has ended: the next process rescues them
                self._loop.call_soon_threadsafe(call)

    def _followers(self) -> Iterator[Piece]:
        """Give what has arrived meanwhile, as long as the group may grow."""
        closes_at = perf_counter() + LONGEST_GROUP_SECONDS
        for _ in range(MOST_PIECES - 1):
            if perf_counter() > closes_at:
                return
            try:
                piece = self._arrived.get_nowait()
            except Empty:
                return
            if piece is None:  # the end: keep it for the thread, nothing comes behind it
                self._arrived.put(None)
                return
            yield piece

    def _attempt(self, piece: Piece) -> Answer:
        """Run one piece; if it raises, undo it alone."""
        before = self._transaction.mark()
        self._connection.execute("SAVEPOINT piece")
        try:
            result = piece.work(self._transaction)
        except BaseException as error:  # whatever it is, it is the caller's
            if is_of_the_store(error):
                raise
            self._connection.execute("ROLLBACK TO piece")
            self._connection.execute("RELEASE piece")
            self._transaction.undo(before)
            return Answer(piece.future, error=_fit_for_a_future(error))
        self._connection.execute("RELEASE piece")
        return Answer(piece.future, result)

    def _abandon(self) -> None:
        """Undo the group. SQLite may have done so by itself, and may fail again: then so be it."""
        with suppress(sqlite3.Error):
            self._connection.rollback()
        self._transaction.undo_all()


def _deliver(answers: list[Answer]) -> None:
    """In the loop: wake those who still wait."""
    for answer in answers:
        if answer.future.done():
            continue
        if answer.error is None:
            answer.future.set_result(answer.result)
        else:
            answer.future.set_exception(answer.error)


def _fit_for_a_future(error: BaseException) -> BaseException:
    """Futures take every exception but StopIteration (documentation of ``set_exception``)."""
    if isinstance(error, StopIteration):
        return RuntimeError("a piece of work let a StopIteration escape")
    return error
