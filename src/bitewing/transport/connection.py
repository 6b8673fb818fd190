"""A Connection to a receiver: one exchange after another, driven by the event loop's readers."""

import asyncio
import socket
import ssl
from collections.abc import Callable

from bitewing.transport import classify
from bitewing.transport.answer import Answer
from bitewing.transport.failure import Failure, timed_out

ConnectionKey = tuple[str, str, int, str, str | None]
"""Scheme, host, port, the vetted address, and the authorities of the Endpoint's own that have
verified it: exchanges that agree in these may share."""

OnEnd = Callable[[Failure | None], object]

_RECEIVE_BYTES = 65536
"""Below the size from which the C library maps and unmaps memory for every single read.

Above the 16 KiB of a TLS record: OpenSSL reads no further ahead than one record, so nothing
that it has decrypted stays behind unseen while the socket is not readable.
"""

_TRY_AGAIN = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """An open, vetted (and for https verified) socket.

    ``post`` starts an exchange and returns; its ``on_end`` is called once, from the event loop
    and never from within ``post``. No task and no timer is made per exchange: whoever owns the
    connection calls ``expire`` when ``deadline`` has passed. The reader stays registered while
    the connection is idle, so that it notices at once when the receiver closes it.

    Attributes:
        key: what may share it.
        answer: what the receiver says; valid from ``on_end`` to the next ``post``.
            A connection that can carry no further exchange is closed before ``on_end``.
        deadline: when the exchange must be over (the loop's time); None while idle.
        first_byte_at: when the answer began (monotonic seconds); None before.
        last_byte_at: when its latest bytes came, or it was opened.
        is_closed: whether it is of no more use.
    """

    __slots__ = (
        "_allowed_seconds",
        "_is_cut",
        "_keep",
        "_loop",
        "_monotonic",
        "_on_end",
        "_receive",
        "_socket",
        "_transmit",
        "_unsent",
        "answer",
        "deadline",
        "first_byte_at",
        "is_closed",
        "key",
        "last_byte_at",
    )

    def __init__(
        self,
        opened: socket.socket,
        *,
        key: ConnectionKey,
        monotonic: Callable[[], float],
        keep: Callable[[ssl.SSLSession], None] | None = None,
    ) -> None:
        """Take over a connected, non-blocking socket. Must be called on the event loop.

        ``keep`` is given the TLS session after the first exchange that was answered: in TLS 1.3
        what a receiver leaves for the next connection comes after the handshake.
        """
        self._loop = asyncio.get_running_loop()
        self._monotonic = monotonic
        self._socket = opened
        self._receive, self._transmit = _ways(opened)
        self._on_end: OnEnd | None = None
        self._unsent: memoryview | None = None
        self._is_cut = False
        self._keep = keep
        self._allowed_seconds = 0.0
        self.key = key
        self.answer = Answer()
        self.deadline: float | None = None
        self.first_byte_at: float | None = None
        self.last_byte_at = monotonic()
        self.is_closed = False
        self._loop.add_reader(opened, self._read)

    @property
    def is_unanswered(self) -> bool:
        """Whether no answer to the latest exchange began."""
        return self.first_byte_at is None

    def post(self, request: bytes, *, seconds: float, on_end: OnEnd) -> None:
        """Start an exchange that may take so many seconds; the connection must be idle."""
        self._on_end = on_end
        self._allowed_seconds = seconds
        self.deadline = self._loop.time() + seconds
        self.first_byte_at = None
        self.answer.expect()
        try:
            sent = self._transmit(request)
        except OSError as error:
            sent = self._unless_cut(error, request)
        if sent < len(request):
            self._unsent = memoryview(request)[sent:]
            self._loop.add_writer(self._socket, self._write)

    def expire(self) -> None:
        """End the exchange because its time is up; the connection is closed."""
        if self.answer.status:
            self._end(None)
            return
        if self._unsent is not None:
            phase = "sending the request"
        elif self.first_byte_at is None:
            phase = "waiting for the answer"
        else:
            phase = "reading the answer"
        self._end(timed_out(phase, self._allowed_seconds))

    def close(self) -> None:
        """Close at once; an exchange under way ends without a word."""
        if self.is_closed:
            return
        self.is_closed = True
        self._on_end = None
        self.deadline = None
        self._loop.remove_reader(self._socket)
        self._stop_sending()
        self._socket.close()

    def _unless_cut(self, error: OSError, request: bytes | memoryview) -> int:
        """Give how many bytes of what could not be sent need no further sending."""
        if isinstance(error, _TRY_AGAIN):
            return 0
        # The receiver may have answered before it hung up, so what it said is read first;
        # if it said nothing, reading tells what happened.
        self._is_cut = True
        return len(request)

    def _write(self) -> None:
        if self._unsent is None:
            return
        try:
            sent = self._transmit(self._unsent)
        except OSError as error:
            sent = self._unless_cut(error, self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._stop_sending()

    def _stop_sending(self) -> None:
        if self._unsent is not None:
            self._unsent = None
            self._loop.remove_writer(self._socket)

    def _read(self) -> None:
        try:
            received = self._receive(_RECEIVE_BYTES)
        except _TRY_AGAIN:
            return
        except OSError as error:
            self._hang_up(classify.broken(error, is_answering=self.first_byte_at is not None))
            return
        if not received:
            self._hang_up(classify.closed(is_answering=self.first_byte_at is not None))
        elif self._on_end is None:
            self.close()  # nobody asked
        else:
            self.last_byte_at = now = self._monotonic()
            if self.first_byte_at is None:
                self.first_byte_at = now
            if self.answer.feed(received):
                self._end(self.answer.failure)

    def _hang_up(self, failure: Failure) -> None:
        """The receiver is gone; an answer whose end only its going could tell is complete."""
        self._is_cut = True
        self._end(None if self.answer.status else failure)

    def _end(self, failure: Failure | None) -> None:
        on_end, self._on_end = self._on_end, None
        self.deadline = None
        if self._keep is not None and failure is None:
            self._give_session()
        if self._unsent is not None:  # an answer before the end of the request
            self._is_cut = True
            self._stop_sending()
        if failure is not None or self._is_cut or not self.answer.leaves_open:
            self.close()
        if on_end is not None:
            on_end(failure)

    def _give_session(self) -> None:
        keep, self._keep = self._keep, None
        session = self._socket.session if isinstance(self._socket, ssl.SSLSocket) else None
        if keep is not None and session is not None:
            keep(session)


def _ways(
    opened: socket.socket,
) -> tuple[Callable[[int], bytes], Callable[[bytes | memoryview], int]]:
    """Give how to receive and how to send; an SSLSocket's own read and write are the short way."""
    if isinstance(opened, ssl.SSLSocket):
        return opened.read, opened.write
    return opened.recv, opened.send
