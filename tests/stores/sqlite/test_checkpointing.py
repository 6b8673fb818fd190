"""The log is folded into the file beside the writer."""

import sqlite3
import threading
from pathlib import Path

import pytest

from bitewing.stores.sqlite.checkpointing import Checkpointer
from bitewing.stores.sqlite.connection import connect_to_write

Pair = tuple[sqlite3.Connection, sqlite3.Connection, threading.Event]


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Give a writer's connection with rows in the log, another one, and when that begins."""
    writing, folding = (connect_to_write(str(tmp_path / "s.db")) for _ in range(2))
    writing.execute("CREATE TABLE t (x BLOB)")
    writing.executemany("INSERT INTO t VALUES (?)", [(b"x" * 9000,)] * 50)
    began = threading.Event()
    folding.set_trace_callback(lambda _: began.set())
    return writing, folding, began


def size(tmp_path: Path) -> int:
    """Give how large the file is, without its log."""
    return (tmp_path / "s.db").stat().st_size


def test_much_that_was_changed_is_folded(pair: Pair, tmp_path: Path) -> None:
    """The writer has nothing to do for it, and may have a transaction open meanwhile."""
    writing, folding, began = pair
    before = size(tmp_path)
    writing.execute("BEGIN IMMEDIATE")
    checkpointer = Checkpointer(folding)
    checkpointer.note(5000)
    assert began.wait(10)
    checkpointer.finish()

    assert before < 9000 * 50 < size(tmp_path)
    writing.close()


def test_little_is_left_for_later(pair: Pair) -> None:
    """What is counted is what has changed since the last time."""
    writing, folding, began = pair
    checkpointer = Checkpointer(folding)
    checkpointer.note(5000)
    assert began.wait(10)
    began.clear()
    checkpointer.note(9000)
    checkpointer.finish()

    assert not began.is_set()
    writing.close()


def test_one_that_fails_is_left_to_the_next(pair: Pair) -> None:
    """A full disk, say: the thread goes on."""
    writing, folding, began = pair
    failed = threading.Event()

    def refuse(*_: object) -> int:
        failed.set()
        return sqlite3.SQLITE_DENY

    folding.set_authorizer(refuse)
    checkpointer = Checkpointer(folding)
    checkpointer.note(5000)
    assert failed.wait(10)
    folding.set_authorizer(None)
    began.clear()
    checkpointer.note(10_000)
    assert began.wait(10)
    checkpointer.finish()
    writing.close()
