"""A wire between us and the database that cuts off, or changes words, when a test says so."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

_CHUNK_BYTES = 512
_MIDDLE_BYTES = 150
"""Beyond the names of the columns, before the last row."""


@dataclass
class Wire:
    """Passes bytes on between a client and the server behind ``url``.

    Attributes:
        url: where the server is.
        bytes_left: so many more bytes come back from the server before the wire is cut; None
            is no end.
        doomed: words of the client whose answer is cut in its middle.
        swap: words of the client, and what the server hears in their place (equally long).
        cuts: how often the wire was cut.
    """

    url: str
    bytes_left: int | None = None
    doomed: bytes = b""
    swap: tuple[bytes, bytes] = (b"", b"")
    cuts: int = 0
    _server: asyncio.Server | None = None
    _ends: list[asyncio.StreamWriter] = field(default_factory=list)

    async def open(self) -> str:
        """Begin; give the URL that leads through the wire."""
        self._server = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        parts = urlsplit(self.url)
        account = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{account}@127.0.0.1:{port}"))

    async def close(self) -> None:
        """Hang up and listen no more."""
        if self._server is not None:
            self._server.close()
            for end in self._ends:
                end.close()
            for end in self._ends:
                with suppress(ConnectionError):
                    await end.wait_closed()
            await self._server.wait_closed()

    async def _join(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        parts = urlsplit(self.url)
        server, forth = await asyncio.open_connection(parts.hostname, parts.port)
        self._ends += [back, forth]
        with suppress(ConnectionError):
            async with asyncio.TaskGroup() as group:
                group.create_task(self._say(client, forth))
                group.create_task(self._answer(server, back, forth))

    async def _say(self, client: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        while words := await client.read(65536):
            if self.doomed and self.doomed in words:
                self.bytes_left, self.doomed = _MIDDLE_BYTES, b""
            forth.write(words.replace(*self.swap) if self.swap[0] else words)
            await forth.drain()
        forth.close()

    async def _answer(
        self, server: asyncio.StreamReader, back: asyncio.StreamWriter, forth: asyncio.StreamWriter
    ) -> None:
        while words := await server.read(_CHUNK_BYTES):
            if self.bytes_left is not None:
                words = words[: self.bytes_left]
                self.bytes_left -= len(words)
            back.write(words)
            await back.drain()
            if self.bytes_left == 0:
                self.cuts += 1
                self.bytes_left = None
                break
        back.close()
        forth.close()
