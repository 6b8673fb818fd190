"""A Pool: open connections, kept for the next exchange and watched over by one timer."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from bitewing.transport.connection import Connection, ConnectionKey

_IDLE_SECONDS = 70.0  # nginx waits 75: better that we go first
_MOST_IDLE = 512
_MOST_OPEN = 896  # below the 1,024 files that many systems allow; the rest is for our own
_PATROL_SECONDS = 0.1
_PRUNE_SECONDS = 1.0


class Pool:
    """Owns every connection from its opening to its end.

    One timer looks at all of them ten times a second, which costs far less than a timer for
    every exchange; a timeout is therefore late by up to a tenth of a second.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        most_idle: int = _MOST_IDLE,
        most_open: int = _MOST_OPEN,
    ) -> None:
        self._monotonic = monotonic
        self._most_idle = most_idle
        self._most_open = most_open
        self._open: set[Connection] = set()
        self._idle: dict[ConnectionKey, list[Connection]] = {}
        self._idle_count = self._opening = 0
        self._patrol: asyncio.TimerHandle | None = None
        self._prune_at = 0.0

    def take(self, keys: Iterable[ConnectionKey], most: int, now: float) -> list[Connection]:
        """Give so many idle connections at most that may be used, those used last.

        Of the first key as many as there are, then of the next; ``now`` is monotonic seconds.
        """
        oldest, taken = now - _IDLE_SECONDS, list[Connection]()
        for key in keys:
            idle = self._idle.get(key, [])
            before = len(idle)
            while idle and len(taken) < most:
                connection = idle.pop()
                if connection.is_closed or connection.last_byte_at <= oldest:
                    self._discard(connection)
                else:
                    taken.append(connection)
            self._idle_count -= before - len(idle)
        return taken

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Count one that is being opened; an idle one may have to go."""
        if len(self._open) + self._opening >= self._most_open:
            self._make_way()
        self._opening += 1
        try:
            yield
        finally:
            self._opening -= 1

    def add(self, connection: Connection) -> None:
        """Watch over a new connection, which is about to be used."""
        self._open.add(connection)
        if self._patrol is None:
            self._schedule()

    def give_back(self, connection: Connection) -> None:
        """Keep a connection whose exchange has ended, unless it is closed or there are enough."""
        if self._idle_count >= self._most_idle:
            self._prune_idle()  # some may be dead
        if connection.is_closed or self._idle_count >= self._most_idle:
            self._discard(connection)
            return
        self._idle.setdefault(connection.key, []).append(connection)
        self._idle_count += 1

    def close(self) -> None:
        """Close the idle connections now and the others when they are given back."""
        self._most_idle = 0
        for connection in [one for idle in self._idle.values() for one in idle]:
            self._discard(connection)
        self._idle.clear()
        self._idle_count = 0
        if self._patrol is not None and not self._open:
            self._patrol.cancel()
            self._patrol = None

    def _discard(self, connection: Connection) -> None:
        connection.close()
        self._open.discard(connection)

    def _schedule(self) -> None:
        loop = asyncio.get_running_loop()
        self._patrol = loop.call_later(_PATROL_SECONDS, self._walk) if self._open else None

    def _walk(self) -> None:
        """Expire the exchanges whose time is up and forget the connections that have ended."""
        try:
            self._expire()
            if self._monotonic() >= self._prune_at:
                self._prune_idle()
        finally:
            self._schedule()

    def _expire(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in tuple(self._open):
            if connection.is_closed:
                self._open.discard(connection)
            elif connection.deadline is not None and connection.deadline <= now:
                connection.expire()

    def _make_way(self) -> None:
        """Close the connection that has been idle for longest."""
        longest = min(
            (idle[0] for idle in self._idle.values() if idle),
            key=lambda connection: connection.last_byte_at,
            default=None,
        )
        if longest is not None:
            self._discard(longest)
            self._prune_idle()

    def _prune_idle(self) -> None:
        now = self._monotonic()
        self._prune_at, oldest = now + _PRUNE_SECONDS, now - _IDLE_SECONDS
        for key, idle in tuple(self._idle.items()):
            for connection in idle:
                if connection.is_closed or connection.last_byte_at <= oldest:
                    self._discard(connection)
            kept = [connection for connection in idle if not connection.is_closed]
            self._idle_count -= len(idle) - len(kept)
            if kept:
                self._idle[key] = kept
            else:
                del self._idle[key]
