"""Lookouts: see which connections have something to read, and tell together what has ended."""

import asyncio
import select
from collections.abc import Callable, Sequence

from bitewing.transport.connection import Connection, Lookout

OnEnded = Callable[[Sequence[Connection]], object]
"""Is told on which connections an exchange has ended, of each once; must not raise."""

_MOST_AT_ONCE = 256


def usual_lookout(on_ended: OnEnded) -> Lookout:
    """Give the one that costs least on this system."""
    return EpollLookout(on_ended) if hasattr(select, "epoll") else LoopLookout(on_ended)


class EpollLookout:
    """Looks at all connections together, with an epoll that the event loop looks at itself.

    A reader of the event loop's for each connection costs a handle, a context and two calls
    for each answer; here many answers are one call of one reader.

    What has ended is told when all have read. Until then none is closed but the one that is
    being read, and none is opened, so that no file descriptor comes to mean another connection
    while there are still some to be read.
    """

    def __init__(self, on_ended: OnEnded, *, most_at_once: int = _MOST_AT_ONCE) -> None:
        """Prepare; what is needed is opened with the first connection, closed with the last.

        ``most_at_once`` are read before the event loop does other work.
        """
        self._on_ended = on_ended
        self._most_at_once = most_at_once
        self._connections: dict[int, Connection] = {}
        self._epoll: select.epoll | None = None

    def add(self, number: int, connection: Connection) -> None:
        """See the protocol."""
        epoll = self._epoll or self._start()
        self._connections[number] = connection
        try:
            epoll.register(number, select.EPOLLIN)
        except Exception:
            self._forget(number)
            raise

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        """See the protocol."""
        if self._epoll is not None:
            self._epoll.modify(number, select.EPOLLIN | (select.EPOLLOUT if is_wanted else 0))

    def remove(self, number: int) -> None:
        """See the protocol."""
        if self._epoll is not None:
            try:
                self._epoll.unregister(number)
            finally:
                self._forget(number)

    def _start(self) -> select.epoll:
        """Have the event loop look; if it cannot, the next connection is a new beginning."""
        epoll = select.epoll()
        try:
            asyncio.get_running_loop().add_reader(epoll.fileno(), self._look)
        except Exception:
            epoll.close()
            raise
        self._epoll = epoll
        return epoll

    def _forget(self, number: int) -> None:
        del self._connections[number]
        if self._epoll is not None and not self._connections:
            asyncio.get_running_loop().remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def _look(self) -> None:
        """Let all read that can, then tell whose exchanges have ended.

        Those beyond the most are next: the system has moved these behind them.
        """
        if self._epoll is None:
            return
        connections, ended, room = self._connections, list[Connection](), select.EPOLLOUT
        try:
            for number, events in self._epoll.poll(0, self._most_at_once):
                connection = connections[number]
                if events & room:
                    connection.write()
                if connection.read():
                    ended.append(connection)
        finally:
            if ended:
                self._on_ended(ended)


class LoopLookout:
    """Has the event loop look at each connection, where there is no epoll."""

    def __init__(self, on_ended: OnEnded) -> None:
        self._on_ended = on_ended
        self._connections: dict[int, Connection] = {}
        self._ended: list[Connection] = []

    def add(self, number: int, connection: Connection) -> None:
        """See the protocol."""
        asyncio.get_running_loop().add_reader(number, self._read, connection)
        self._connections[number] = connection

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        """See the protocol."""
        loop = asyncio.get_running_loop()
        if is_wanted:
            loop.add_writer(number, self._connections[number].write)
        else:
            loop.remove_writer(number)

    def remove(self, number: int) -> None:
        """See the protocol."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(number)
        loop.remove_writer(number)
        del self._connections[number]

    def _read(self, connection: Connection) -> None:
        """Let it read; what has ended is told when the loop has looked at all of them."""
        if connection.read():
            if not self._ended:
                asyncio.get_running_loop().call_soon(self._tell)
            self._ended.append(connection)

    def _tell(self) -> None:
        ended, self._ended = self._ended, []
        self._on_ended(ended)
