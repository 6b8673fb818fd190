"""Connections without a sender, and waiting for what ends on them."""

import asyncio
import socket
from collections.abc import Callable, Sequence

from tests.fakes.clock import FakeClock
from tests.transport.scripted import ScriptedServer

from bitewing.transport.connection import Connection, Lookout
from bitewing.transport.lookout import OnEnded

REQUEST = b"POST / HTTP/1.1\r\nHost: r.example\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Driver:
    """Opens connections, posts on them, and takes part in what their Lookout tells."""

    def __init__(self, clock: FakeClock, lookout: Callable[[OnEnded], Lookout]) -> None:
        self.clock = clock
        self.told: list[list[Connection]] = []
        self.then: Callable[[Connection], object] = lambda _: None
        self._lookout = lookout(self.tell)
        self._waiting: dict[Connection, asyncio.Future[None]] = {}

    def connect(
        self, server: ScriptedServer, *, monotonic: Callable[[], float] | None = None
    ) -> Connection:
        """Open a connection to this server."""
        opened = socket.create_connection(("127.0.0.1", server.port))
        opened.settimeout(0)
        key = ("http", "127.0.0.1", server.port, "127.0.0.1", None)
        monotonic = monotonic or self.clock.monotonic
        return Connection(opened, key=key, lookout=self._lookout, monotonic=monotonic)

    def post(self, connection: Connection, seconds: float = 5.0, request: bytes = REQUEST) -> None:
        """Start an exchange."""
        deadline = asyncio.get_running_loop().time() + seconds
        connection.post(request, seconds=seconds, deadline=deadline, errand=None)

    async def until_ended(self, connection: Connection) -> None:
        """Wait for the end of its exchange."""
        ended = self._waiting[connection] = asyncio.get_running_loop().create_future()
        async with asyncio.timeout(10):
            await ended

    def tell(self, ended: Sequence[Connection]) -> None:
        """Hear of ends: do with each what ``then`` says."""
        self.told.append(list(ended))
        for connection in ended:
            self.then(connection)
            if connection in self._waiting:
                self._waiting.pop(connection).set_result(None)
