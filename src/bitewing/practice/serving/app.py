"""The app: the office's API as an ASGI application, one call at a time in order of arrival."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol
from urllib.parse import parse_qsl

from bitewing.practice.serving.call import Answer, Call
from bitewing.practice.serving.fields import LONGEST_BODY

BASE = "/api/v1"
MOST_BYTES = 4 * LONGEST_BODY  # a character of UTF-8 has four bytes at most

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Mishaps(Protocol):
    """What may befall a call; tests bring their own."""

    async def before(self, call: Call) -> Answer | None:
        """Take as long as you like; an Answer stands in for the office's: nothing is done."""
        ...

    async def after(self, call: Call, answer: Answer) -> bool:
        """Tell whether the answer arrives. What was asked for has been done in any case."""
        ...


class NoMishaps:
    """A good day."""

    async def before(self, call: Call) -> Answer | None:  # noqa: ARG002 - see Mishaps
        """Let the office answer."""
        return None

    async def after(self, call: Call, answer: Answer) -> bool:  # noqa: ARG002 - see Mishaps
        """Let the answer through."""
        return True


class App:
    """Serves an office over ASGI."""

    def __init__(self, answer: Callable[[Call], Answer], mishaps: Mishaps | None = None) -> None:
        self._answer = answer
        self._mishaps = mishaps or NoMishaps()
        # The real one, too, does one thing after another.
        self._turn = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        call = await _read(scope, receive)
        answer = await self._mishaps.before(call)
        if answer is not None:
            await _send(answer, send, arrives=True)
            return
        async with self._turn:
            answer = await asyncio.to_thread(self._answer, call)
        await _send(answer, send, arrives=await self._mishaps.after(call, answer))


async def _read(scope: Scope, receive: Receive) -> Call:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            break
        if len(body) > MOST_BYTES:
            body = bytearray(b"too long")  # refused like any other text that is not JSON
            break
    path = scope["path"].removeprefix(BASE) if scope["path"].startswith(BASE) else ""
    return Call(
        method=scope["method"],
        path=path.strip("/"),
        root=f"{scope['scheme']}://{headers.get('host', 'localhost')}{BASE}",
        asked=dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)),
        authorization=headers.get("authorization", ""),
        content_type=headers.get("content-type", ""),
        body=bytes(body),
    )


async def _send(answer: Answer, send: Send, *, arrives: bool) -> None:
    body = b"" if answer.content is None else json.dumps(answer.content).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body) if arrives else len(body) + 1),
        **answer.headers,
    }
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                (name.encode(), value.encode("latin-1")) for name, value in headers.items()
            ],
        }
    )
    if arrives:
        await send({"type": "http.response.body", "body": body})
    # Otherwise the server closes the connection upon an answer that was never finished.
