"""Connections without a sender, and waiting for what ends on them."""

import asyncio
import errno
import os
import select
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Sequence

from tests.fakes.clock import FakeClock
from tests.transport.scripted import ScriptedServer

from bitewing.transport.connection import Connection, Lookout
from bitewing.transport.lookout import OnEnded

REQUEST = b"POST / HTTP/1.1\r\nHost: r.example\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

LARGE = bytes(9_000_000)
"""More than the system takes for a receiver that reads nothing."""
LARGE_REQUEST = REQUEST.replace(b": 0", b": %d" % len(LARGE)) + LARGE


def wait_for(said: threading.Semaphore, connections: Collection[Connection]) -> None:
    """Hold the loop up until all have been answered, and the system has the answers ready."""
    for _ in connections:
        assert said.acquire(timeout=10)
    for connection in connections:
        assert select.select([connection._number], [], [], 10)[0]


class Driver:
    """Opens connections, posts on them, and takes part in what their Lookout tells."""

    def __init__(self, clock: FakeClock, lookout: Callable[[OnEnded], Lookout]) -> None:
        self.clock = clock
        self.told: list[list[Connection]] = []
        self.then: Callable[[Connection], object] = lambda _: None
        self._lookout = lookout(self.tell)
        self._ends: dict[Connection, asyncio.Event] = {}

    def connect(
        self,
        server: ScriptedServer,
        *,
        monotonic: Callable[[], float] | None = None,
        context: ssl.SSLContext | None = None,
        keep: Callable[[ssl.SSLSession], None] | None = None,
        shape: Callable[[socket.socket], socket.socket] = lambda opened: opened,
    ) -> Connection:
        """Open a connection to this server, encrypted if there is a context.

        ``shape`` makes another socket of the one that is opened.
        """
        opened = shape(socket.create_connection(("127.0.0.1", server.port)))
        if context is not None:
            opened = context.wrap_socket(opened, server_hostname="receiver.example")
        opened.settimeout(0)
        key = ("http", "127.0.0.1", server.port, "127.0.0.1", None)
        monotonic = monotonic or self.clock.monotonic
        return Connection(opened, key=key, lookout=self._lookout, monotonic=monotonic, keep=keep)

    def post(self, connection: Connection, seconds: float = 5.0, request: bytes = REQUEST) -> None:
        """Start an exchange."""
        self._ends[connection] = asyncio.Event()
        deadline = asyncio.get_running_loop().time() + seconds
        connection.post(request, seconds=seconds, deadline=deadline, errand=None)

    async def until_ended(self, connection: Connection) -> None:
        """Wait until the end of what was posted last has been told, if it has not been yet."""
        async with asyncio.timeout(10):
            await self._ends[connection].wait()

    def tell(self, ended: Sequence[Connection]) -> None:
        """Hear of ends: do with each what ``then`` says."""
        self.told.append(list(ended))
        for connection in ended:
            end = self._ends[connection]  # "then" may post again
            self.then(connection)
            end.set()


class Deaf:
    """A Lookout of a loop that is held up: it lets nobody read."""

    def add(self, number: int, connection: Connection) -> None:
        pass

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        pass

    def remove(self, number: int) -> None:
        pass


class Failing:
    """A Lookout like another that does what it shall, and then breaks, in some of its ways.

    It is made by being called, as lookouts are, and counts how often it has broken.
    """

    def __init__(
        self,
        make: Callable[[OnEnded], Lookout],
        *,
        room: bool | None = None,
        is_clinging: bool = False,
    ) -> None:
        self._make = make
        self._room = room
        self._is_clinging = is_clinging
        self.failed = 0

    def __call__(self, on_ended: OnEnded) -> Lookout:
        self._real = self._make(on_ended)
        return self

    def add(self, number: int, connection: Connection) -> None:
        self._real.add(number, connection)

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        if is_wanted is self._room:
            self.failed += 1
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        self._real.want_room(number, is_wanted=is_wanted)

    def remove(self, number: int) -> None:
        self._real.remove(number)
        if self._is_clinging:
            self.failed += 1
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
