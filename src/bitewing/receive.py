"""A receiver on the standard library alone: takes Messages, answers when they are handled."""

import asyncio
import contextlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

_LARGEST_HEAD = 64 * 1024
_MOST_HEADERS = 100
_LARGEST_BODY = 64 * 1024 * 1024
_TOLERANCE_SECONDS = 300
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Received:
    """One Message as it arrived.

    Attributes:
        headers: names in lower case.
        body: the exact bytes.
    """

    path: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def event_name(self) -> str:
        """The ``Event-Type`` header."""
        return self.headers.get("event-type", "")

    @property
    def id(self) -> str:
        """The key for telling repeats: ``webhook-id``."""
        return self.headers.get("webhook-id", "")

    @property
    def elements(self) -> list[dict[str, Any]]:
        """The Records it is about; a UI event is about one."""
        parsed = json.loads(self.body)
        return parsed if isinstance(parsed, list) else [parsed]


def is_genuine(received: Received, keys: Sequence[str], now: float) -> bool:
    """Whether one of the keys' owners signed this within five minutes of ``now`` (Unix seconds).

    Keys are ``whsec_…``, ``whpk_…`` (these need the package ``cryptography``) or any other text,
    as Standard Webhooks and bitewing's documentation describe them. Give two while the sender
    changes from one to the other.
    """
    timestamp = received.headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or len(timestamp) > _MOST_DIGITS:
        return False
    if abs(now - int(timestamp)) > _TOLERANCE_SECONDS:
        return False
    content = f"{received.id}.{timestamp}.".encode() + received.body
    given = received.headers.get("webhook-signature", "").split()
    return any(_fits(one, key, content) for key in keys for one in given)


def _fits(signature: str, key: str, content: bytes) -> bool:
    version, _, text = signature.partition(",")
    if key.startswith("whpk_"):
        return version == "v1a" and _is_of_pair(text, key, content)
    bare = b64decode(key[6:]) if key.startswith("whsec_") else key.encode()
    expected = b64encode(hmac.digest(bare, content, "sha256"))
    return version == "v1" and hmac.compare_digest(expected, text.encode())


def _is_of_pair(text: str, key: str, content: bytes) -> bool:
    # The only thing here that the standard library cannot do.
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    public = Ed25519PublicKey.from_public_bytes(b64decode(key.removeprefix("whpk_")))
    try:
        public.verify(b64decode(text), content)
    except (InvalidSignature, ValueError):
        return False
    return True


Take = Callable[[Received], Awaitable[int]]
"""Handles a Message and gives the status to answer with."""


@dataclass(slots=True)
class Receiver:
    """Listens for POST requests; keep-alive, one connection at a time each in order."""

    take: Take
    _server: asyncio.Server | None = None
    _open: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Listen; give the port."""
        self._server = await asyncio.start_server(self._converse, host, port, limit=_LARGEST_HEAD)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Stop listening and hang up; a sender sees that and sends again later."""
        if self._server is not None:
            self._server.close()
            for writer in list(self._open):
                writer.close()
                with contextlib.suppress(ConnectionError):
                    await writer.wait_closed()
            await self._server.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (received := await _read(reader)) is not None:
                status = await self.take(received)
                answer = f"HTTP/1.1 {status} {'OK' if status == 200 else 'No'}\r\n"  # noqa: PLR2004 - OK
                writer.write(answer.encode() + b"Content-Length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            return  # the sender sees the closed connection and sends again
        finally:
            self._open.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    """Read one request; None at the end of the connection.

    Raises:
        ValueError: it is not a request that a sender of ours would make.
    """
    line = await reader.readline()
    if not line:
        return None
    _, path, _ = line.decode("latin-1").split(" ", 2)
    headers: dict[str, str] = {}
    while (line := await reader.readline()) not in {b"\r\n", b"\n"}:
        if not line.endswith(b"\n") or len(headers) >= _MOST_HEADERS:
            raise ValueError("the head is cut off or has too many lines")
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if length > _LARGEST_BODY:
        raise ValueError("the body is too large")
    return Received(path, headers, await reader.readexactly(length))
