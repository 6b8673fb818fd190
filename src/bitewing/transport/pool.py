"""A Pool: open connections, kept for the next exchange and watched over by one timer."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from operator import attrgetter

from bitewing.transport.connection import Connection, ConnectionKey
from bitewing.transport.lookout import OnEnded

_IDLE_SECONDS = 70.0  # nginx waits 75: better that we go first
_SHARE_THAT_GOES = 16
_PATROL_SECONDS = 0.1
_PRUNE_SECONDS = 1.0

_used_at = attrgetter("used_at")


class Pool:
    """Owns every connection from its opening to its end.

    One timer looks at all of them ten times a second, which costs far less than a timer for
    every exchange; a timeout is therefore late by up to a tenth of a second.
    """

    def __init__(
        self,
        *,
        monotonic: Callable[[], float],
        on_ended: OnEnded,
        most_open: int,
    ) -> None:
        """``on_ended`` is told where exchanges have ended because their time was up.

        All of ``most_open`` may be idle; who needs another has some of them closed. How many
        are in use is for others to bound.
        """
        self._monotonic = monotonic
        self._on_ended = on_ended
        self._most_open = most_open
        self._open: set[Connection] = set()
        self._shelves: dict[ConnectionKey, list[Connection]] = {}
        self._opening = 0
        self._is_closed = False
        self._patrol: asyncio.TimerHandle | None = None
        self._prune_at = 0.0

    def take(self, keys: Iterable[ConnectionKey], most: int, now: float) -> list[Connection]:
        """Give so many idle connections at most that may be used, those used last.

        Of the first key as many as there are, then of the next; ``now`` is monotonic seconds.
        """
        oldest, taken = now - _IDLE_SECONDS, list[Connection]()
        for key in keys:
            shelf = self._shelves.get(key)
            while shelf and (wanted := most - len(taken)):
                last = shelf[-wanted:]
                del shelf[-wanted:]
                last.reverse()
                fit = [one for one in last if not one.is_closed and one.used_at > oldest]
                if len(fit) < len(last):
                    self._discard(set(last).difference(fit))
                taken += fit
        return taken

    @contextmanager
    def opening(self) -> Iterator[None]:
        """Count one that is being opened; idle ones may have to go."""
        if self._is_full:
            self._prune_idle()  # some may be dead
        if self._is_full:
            self._make_way()
        self._opening += 1
        try:
            yield
        finally:
            self._opening -= 1

    @property
    def _is_full(self) -> bool:
        return len(self._open) + self._opening >= self._most_open

    def add(self, connection: Connection) -> None:
        """Watch over a new connection, which is about to be used."""
        connection.shelf = self._shelves.setdefault(connection.key, [])
        self._open.add(connection)
        if self._patrol is None:
            self._schedule()

    def give_back(self, connections: Sequence[Connection], now: float) -> None:
        """Keep connections whose exchanges have ended, but for the closed ones.

        ``now`` is monotonic seconds.
        """
        if self._is_closed:
            self._discard(connections)
            return
        living = [one for one in connections if not one.is_closed]
        if len(living) < len(connections):
            self._discard(set(connections).difference(living))
        for connection in living:
            connection.used_at = now
            connection.shelf.append(connection)

    def close(self) -> None:
        """Close the idle connections now and the others when they are given back."""
        self._is_closed = True
        for shelf in self._shelves.values():
            self._discard(shelf)
            shelf.clear()
        if self._patrol is not None and not self._open:
            self._patrol.cancel()
            self._patrol = None

    def _discard(self, connections: Iterable[Connection]) -> None:
        for connection in connections:
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
        self._open = {one for one in self._open if not one.is_closed}
        late = [one for one in self._open if one.deadline is not None and one.deadline <= now]
        for connection in late:
            connection.expire()
        if late:
            self._on_ended(late)

    def _make_way(self) -> None:
        """Close those that have been idle for longest, some at once: to find them takes time."""
        idle = sorted(chain.from_iterable(self._shelves.values()), key=_used_at)
        self._discard(idle[: len(idle) // _SHARE_THAT_GOES + 1])

    def _prune_idle(self) -> None:
        """Close those that have been idle too long, and forget the shelves that nobody needs."""
        now = self._monotonic()
        self._prune_at, oldest = now + _PRUNE_SECONDS, now - _IDLE_SECONDS
        for shelf in self._shelves.values():
            self._discard([one for one in shelf if one.is_closed or one.used_at <= oldest])
            shelf[:] = [one for one in shelf if not one.is_closed]
        needed = {one.key for one in self._open}
        for key in self._shelves.keys() - needed:
            del self._shelves[key]
