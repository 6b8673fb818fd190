"""A server that does on each connection what a script says, byte for byte, over real sockets."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

GIVE_UP_SECONDS = 20.0


class Visit:
    """One connection, as the server sees it."""

    def __init__(self, accepted: socket.socket, stopping: threading.Event) -> None:
        self.socket = accepted
        self.requests: list[bytes] = []
        self._stopping = stopping
        self._rest = b""

    def read_head(self) -> int | None:
        """Read until a head is there; give the length of its body, None if the client has gone."""
        while b"\r\n\r\n" not in self._rest:
            more = self.socket.recv(65536)
            if not more:
                return None
            self._rest += more
        head, _, _ = self._rest.partition(b"\r\n\r\n")
        return next(
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )

    def read_request(self) -> bytes:
        """Read one request with its body; b"" if the client has gone."""
        length = self.read_head()
        if length is None:
            return b""
        head, _, body = self._rest.partition(b"\r\n\r\n")
        pieces = bytearray(body)
        while len(pieces) < length:
            more = self.socket.recv(1 << 20)
            if not more:
                return b""
            pieces += more
        self._rest = bytes(pieces[length:])
        request = head + b"\r\n\r\n" + bytes(pieces[:length])
        self.requests.append(request)
        return request

    def say(self, *pieces: bytes, pause: float = 0.0) -> None:
        """Send the pieces one by one, each in a packet of its own if there is a pause."""
        for piece in pieces:
            self.socket.sendall(piece)
            if pause and self._stopping.wait(pause):
                return

    def answer(self, *pieces: bytes, pause: float = 0.0) -> None:
        """Read one request, then say the pieces."""
        if self.read_request():
            self.say(*pieces, pause=pause)

    def reset(self) -> None:
        """Close with a reset instead of a farewell."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def hang(self) -> None:
        """Say nothing until the test is over."""
        self._stopping.wait(GIVE_UP_SECONDS)

    def until_gone(self) -> None:
        """Wait until the client closes."""
        with suppress(OSError):
            while self.socket.recv(65536):
                pass


Script = Callable[[Visit], None]


class ScriptedServer:
    """Plays the first script on the first connection, and so on; the last one for all others."""

    def __init__(
        self, scripts: Sequence[Script], *, context: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.visits: list[Visit] = []
        self._scripts = scripts
        self._context = context
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]

    @property
    def url(self) -> str:
        """The address for plain http."""
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def requests(self) -> list[bytes]:
        """All requests, in order of connections."""
        return [request for visit in self.visits for request in visit.requests]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for visit in self.visits:
            with suppress(OSError):
                visit.socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(GIVE_UP_SECONDS)

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.settimeout(GIVE_UP_SECONDS)
            script = self._scripts[min(len(self.visits), len(self._scripts) - 1)]
            visit = Visit(accepted, self._stopping)
            self.visits.append(visit)
            thread = threading.Thread(target=self._play, args=(script, visit))
            self._threads.append(thread)
            thread.start()

    def _play(self, script: Script, visit: Visit) -> None:
        try:
            if self._context is not None:
                visit.socket = self._context.wrap_socket(visit.socket, server_side=True)
            script(visit)
        except OSError:
            pass  # the client went away, which the test judges from the client's side
        finally:
            visit.socket.close()


NO_CONTENT = b"HTTP/1.1 204 No Content\r\n\r\n"


def always(*pieces: bytes) -> Script:
    """Answer every request on the connection with these bytes."""

    def play(visit: Visit) -> None:
        while visit.read_request():
            visit.say(*pieces)

    return play


def deaf_to_large(visit: Visit) -> None:
    """Answer every request with a small body; leave the rest of a large one unread."""
    while (length := visit.read_head()) is not None:
        if length > 65536:
            visit.hang()
            return
        visit.answer(NO_CONTENT)


def patient(may_read: threading.Event) -> Script:
    """Read nothing before that is set, then answer every request."""

    def play(visit: Visit) -> None:
        may_read.wait(GIVE_UP_SECONDS)
        always(NO_CONTENT)(visit)

    return play


def counting(said: threading.Semaphore, *answers: bytes) -> Script:
    """Give each of these answers to a request, count that up, and wait for the client to go."""

    def play(visit: Visit) -> None:
        for answer in answers:
            visit.answer(answer)
        said.release()
        visit.until_gone()

    return play


def once(*pieces: bytes, pause: float = 0.0) -> Script:
    """Answer one request with these bytes, then close."""
    return lambda visit: visit.answer(*pieces, pause=pause)
