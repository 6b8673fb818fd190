"""Receivers of every temper, each at a path of its own, and what they know of their Messages."""

import asyncio
import contextlib
import hashlib
import json
import random
import socket
import struct
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from bitewing.clock import SystemClock

HOST = "127.0.0.1"
TAKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
REFUSED = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
LATE_SECONDS = (0.2, 3.0)
TAKEN_BEFORE_GONE = 0.9
_HALVES = (
    b"HTTP/1.1 20",
    b"HTTP/1.1 200 OK\r\nContent-Le",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0",
)


class HungUpError(ConnectionError):
    """Ends a conversation."""


@dataclass(slots=True)
class Conversation:
    """One connection; senders may use it for Messages to several receivers.

    Attributes:
        shift: by how many seconds the clocks are wrong, the receiver's as the sender's.
        is_doubled: whether a Message on it has been answered twice.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    shift: float
    is_doubled: bool = False

    async def say(self, answer: bytes) -> None:
        self.writer.write(answer)
        await self.writer.drain()

    def reset(self) -> None:
        """Let the sender see a reset, as of a machine that has crashed."""
        own: socket.socket = self.writer.get_extra_info("socket")
        own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise HungUpError


Temper = Callable[[Conversation, random.Random], Awaitable[bool]]
"""Answers; tells whether the Message was acknowledged."""


async def healthy(talk: Conversation, _: random.Random) -> bool:
    await talk.say(TAKEN)
    return True


async def late(talk: Conversation, dice: random.Random) -> bool:
    await asyncio.sleep(dice.uniform(*LATE_SECONDS))
    return await healthy(talk, dice)


async def never(talk: Conversation, _: random.Random) -> bool:
    await talk.reader.read()  # until the sender loses patience, or its life
    raise HungUpError


async def twice(talk: Conversation, dice: random.Random) -> bool:
    """Answer one Message twice; whoever takes the second for the next one's is wrong."""
    if talk.is_doubled:
        return await failing(talk, dice)
    talk.is_doubled = True
    await talk.say(TAKEN + TAKEN)
    return True


async def half(talk: Conversation, dice: random.Random) -> bool:
    if dice.random() < 0.3:
        return await healthy(talk, dice)
    await talk.say(dice.choice(_HALVES))
    raise HungUpError


async def failing(talk: Conversation, _: random.Random) -> bool:
    await talk.say(REFUSED)
    return False


async def throttling(talk: Conversation, dice: random.Random) -> bool:
    """Say in seconds or as a date when to come back."""
    if dice.random() < 0.5:
        return await healthy(talk, dice)
    soon = format_datetime(SystemClock().now() + timedelta(seconds=talk.shift + 2), usegmt=True)
    after = dice.choice(("1", "2", soon))
    await talk.say(f"HTTP/1.1 429 No\r\nRetry-After: {after}\r\nContent-Length: 0\r\n\r\n".encode())
    return False


async def resetting(talk: Conversation, dice: random.Random) -> bool:
    if dice.random() < 0.3:
        return await healthy(talk, dice)
    talk.reset()
    return False


async def dripping(talk: Conversation, dice: random.Random) -> bool:
    pause = dice.choice((0.01, 0.05))
    for place in range(len(TAKEN)):
        await asyncio.sleep(pause)  # none after the last: the next Message may be on its way
        await talk.say(TAKEN[place : place + 1])
    return True


async def gone(talk: Conversation, dice: random.Random) -> bool:
    if dice.random() < TAKEN_BEFORE_GONE:
        return await healthy(talk, dice)
    await talk.say(b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n")
    return False


async def moody(talk: Conversation, dice: random.Random) -> bool:
    """Throw dice for every Message."""
    return await dice.choice((healthy, healthy, late, half, failing, resetting, dripping))(
        talk, dice
    )


TEMPERS: dict[str, Temper] = {
    one.__name__: one
    for one in (
        *(healthy, late, never, twice, half, failing, throttling, resetting, dripping, gone),
        moody,
    )
}
HOPELESS = frozenset({"never", "failing", "gone"})
"""Those that stay as they are."""


@dataclass
class Receivers:
    """All of them, behind one port.

    Attributes:
        came: path → the ids of the Messages as they came, repeats included.
        taken: path → the ids that were acknowledged, or may have been: the connection broke.
        altered: ids that came once more with other bytes; there must be none.
        notes: path → foreign key → the note of the Message that came last and was acknowledged.
        is_calm: whether all behave that are not hopeless.
        shift: by how many seconds all clocks are wrong.
    """

    dice: random.Random
    came: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    altered: list[str] = field(default_factory=list)
    notes: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    is_calm: bool = False
    shift: float = 0.0
    port: int = 0
    _newest: Counter[tuple[str, int]] = field(default_factory=Counter)
    _digests: dict[str, bytes] = field(default_factory=dict)
    _server: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._begin, HOST)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Hang up."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def url(self, path: str) -> str:
        return f"http://{HOST}:{self.port}/{path}"

    @property
    def repeats(self) -> int:
        """How many Messages came again."""
        return sum(len(ids) - len(set(ids)) for ids in self.came.values())

    def _begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = Conversation(reader, writer, self.shift)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await self._answer(talk)
        writer.close()

    async def _answer(self, talk: Conversation) -> None:
        head = (await talk.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip() for name, _, value in (x.partition(":") for x in head[1:])
        }
        body = await talk.reader.readexactly(int(headers["content-length"]))
        talk.shift = self.shift
        path = head[0].split(" ")[1][1:]
        message, digest = headers["webhook-id"], hashlib.sha256(body).digest()
        self.came[path].append(message)
        place = len(self.came[path])
        if self._digests.setdefault(message, digest) != digest:
            self.altered.append(message)
        temper = path.partition("/")[0]
        if self.is_calm and temper not in HOPELESS:
            temper = "healthy"
        try:
            is_taken = await TEMPERS[temper](talk, self.dice)
        except HungUpError:
            raise
        except ConnectionError:
            self.taken[path].add(message)  # it may have heard enough before it died
            raise
        if is_taken:
            self.taken[path].add(message)
            self._note(path, place, _notes(json.loads(body)))

    def _note(self, path: str, place: int, told: dict[int, str]) -> None:
        """Believe what came last, even if an older Message is acknowledged after it.

        A late answer outlives its sender: born again, that one has sent something newer meanwhile.
        """
        for number, note in told.items():
            if place > self._newest[path, number]:
                self._newest[path, number], self.notes[path][number] = place, note


def _notes(message: Any) -> dict[int, str]:
    """Give what a Message tells of the notes of appointments, in either dialect."""
    if isinstance(message, list):
        return {int(one["AptNum"]): one["Note"] for one in message}
    told = message["data"]
    appointments = told["appointments"] if "appointments" in told else [told["appointment"]]
    return {int(one["foreign_id"]): one["note"] for one in appointments}
