"""The least that a durable delivery takes in Python: a socket loop and SQLite, and no engine.

Rows are made durable (``FULL``) before their requests and marked after the answers, 500 at a time;
each request is signed. There are no lanes, retries, limits, guard, encryption, claims or indexes.
"""

import select
import sqlite3
import tempfile
from contextlib import closing

from bench.deliver import contents
from bench.deliver.gauge import Cost, Gauge
from bench.deliver.sockets import connect, request, start_of

_PIECE = 500

_SCHEMA = """
PRAGMA page_size = 16384;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, endpoint INTEGER, body BLOB, state TEXT, due_at INTEGER
);
CREATE TABLE attempt (
    delivery INTEGER PRIMARY KEY, started_at INTEGER, status INTEGER, total REAL
);
"""


def by_bare(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """Owe, send and settle ``count`` deliveries; what is counted is what the store says."""
    with (
        tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory,
        closing(sqlite3.connect(f"{directory}/bare.db", isolation_level=None)) as store,
    ):
        store.executescript(_SCHEMA)
        loop = _Loop(url, ca_file, connections)
        gauge = Gauge()
        for first in range(0, count, _PIECE):
            numbers = range(first, min(first + _PIECE, count))
            _owe(store, numbers)
            _settle(store, loop.send(numbers))
        (delivered,) = store.execute(
            "SELECT count(*) FROM delivery JOIN attempt ON delivery = id WHERE state = 'delivered'"
        ).fetchone()
        return gauge.read(delivered)


def _owe(store: sqlite3.Connection, numbers: range) -> None:
    rows = [(number, 1, contents.body(number), "pending", 0) for number in numbers]
    store.execute("BEGIN IMMEDIATE")
    store.executemany("INSERT INTO delivery VALUES (?, ?, ?, ?, ?)", rows)
    store.execute("COMMIT")


def _settle(store: sqlite3.Connection, answered: list[int]) -> None:
    store.execute("BEGIN IMMEDIATE")
    store.executemany(
        "UPDATE delivery SET state = 'delivered' WHERE id = ?", [(number,) for number in answered]
    )
    store.executemany(
        "INSERT INTO attempt VALUES (?, ?, ?, ?)", [(number, 0, 204, 1.0) for number in answered]
    )
    store.execute("COMMIT")


class _Loop:
    """Connections, and who waits on them."""

    def __init__(self, url: str, ca_file: str, connections: int) -> None:
        self._start = start_of(url)
        self._poll = select.epoll()
        self._open = {one.fileno(): one for one in connect(url, ca_file, connections)}
        for number in self._open:
            self._poll.register(number, select.EPOLLIN)

    def send(self, numbers: range) -> list[int]:
        """Send these; give them as they were answered."""
        left, waiting, answered = iter(numbers), dict[int, int](), list[int]()
        for place, one in self._open.items():
            number = next(left, None)
            if number is not None:
                one.send(request(self._start, number))
                waiting[place] = number
        while waiting:
            for place, _ in self._poll.poll():
                received = self._open[place].recv(65536)
                if not received.startswith(b"HTTP/1.1 204"):
                    raise SystemExit(f"the receiver said {received[:40]!r}")
                answered.append(waiting.pop(place))
                number = next(left, None)
                if number is not None:
                    self._open[place].send(request(self._start, number))
                    waiting[place] = number
        return answered
