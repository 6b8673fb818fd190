"""A Connection to a receiver: one exchange after another, driven by a Lookout."""

import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from bitewing.transport import classify
from bitewing.transport.answer import Answer
from bitewing.transport.failure import Failure, timed_out

ConnectionKey = tuple[str, str, int, str, str | None]
"""Scheme, host, port, the vetted address, and the authorities of the Endpoint's own that have
verified it: exchanges that agree in these may share."""


class Lookout(Protocol):
    """Lets connections read and write when they can. Belongs to one event loop."""

    def add(self, number: int, connection: "Connection") -> None:
        """Let it read whenever there is something at this file descriptor.

        Raises:
            OSError: this machine has no room for another.
        """
        ...

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        """Let it write, or no longer, whenever there is room."""
        ...

    def remove(self, number: int) -> None:
        """Forget it; must come before the file descriptor is closed."""
        ...


_RECEIVE_BYTES = 65536
"""Below the size from which the C library maps and unmaps memory for every single read.

Above the 16 KiB of a TLS record: OpenSSL reads no further ahead than one record, so nothing
that it has decrypted stays behind unseen while the socket is not readable.
"""

_TRY_AGAIN = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection:
    """An open, vetted (and for https verified) socket.

    ``post`` starts an exchange and returns; whether it has ended is what ``read`` tells the
    Lookout. No task and no timer is made per exchange: whoever owns the connection calls
    ``expire`` when ``deadline`` has passed. It is looked after while it is idle, too, so that it
    notices at once when the receiver closes it.

    Attributes:
        key: what may share it.
        errand: what the exchange is for, as whoever posted it knows it.
        answer: what the receiver says; valid from the end to the next ``post``.
        failure: why there is no answer; as long.
            A connection that can carry no further exchange is closed when it ends.
        deadline: when the exchange must be over (the loop's time); None while idle.
        first_byte_at: when an answer began (monotonic seconds) that did not come in one piece.
        shelf, used_at: where its owner puts it while it is idle, and since when it was not used
            (monotonic seconds).
        is_closed: whether it is of no more use.
    """

    __slots__ = (
        "_allowed_seconds",
        "_is_cut",
        "_keep",
        "_lookout",
        "_monotonic",
        "_number",
        "_receive",
        "_socket",
        "_transmit",
        "_unsent",
        "answer",
        "deadline",
        "errand",
        "failure",
        "first_byte_at",
        "is_closed",
        "key",
        "shelf",
        "used_at",
    )

    def __init__(
        self,
        opened: socket.socket,
        *,
        key: ConnectionKey,
        lookout: Lookout,
        monotonic: Callable[[], float],
        keep: Callable[[ssl.SSLSession], None] | None = None,
    ) -> None:
        """Take over a connected, non-blocking socket. Must be called on the event loop.

        ``keep`` is given the TLS session after the first exchange that was answered: in TLS 1.3
        what a receiver leaves for the next connection comes after the handshake.

        Raises:
            OSError: this machine has no room for another; the socket is closed.
        """
        self._monotonic = monotonic
        self._socket = opened
        self._receive, self._transmit = _ways(opened)
        self._unsent: memoryview | None = None
        self._is_cut = False
        self._keep = keep
        self._allowed_seconds = 0.0
        self.key = key
        self.errand: Any = None
        self.answer = Answer()
        self.failure: Failure | None = None
        self.deadline: float | None = None
        self.first_byte_at: float | None = None
        self.shelf: list[Connection] = []
        self.used_at = monotonic()
        self.is_closed = False
        self._lookout = lookout
        self._number = opened.fileno()
        try:
            lookout.add(self._number, self)
        except Exception:
            opened.close()
            raise

    @property
    def _is_answered(self) -> bool:
        """Whether an answer has come, but for its end."""
        return self.answer.is_begun and self.answer.status > 0

    def post(self, request: bytes, *, seconds: float, deadline: float, errand: object) -> None:
        """Start an exchange that may take so many seconds, thus until then; it must be idle.

        Never raises: what cannot be sent is noticed when nothing is said to it.
        """
        self.errand = errand
        self._allowed_seconds = seconds
        self.deadline = deadline
        if self.answer.is_begun:
            self.answer.expect()
            self.first_byte_at = None
        try:
            sent = self._transmit(request)
        except Exception as error:  # noqa: BLE001 - those that are posted with it must go, too
            sent = self._unless_cut(error, request)
        if sent < len(request):
            self._wait_for_room(memoryview(request)[sent:])

    def read(self) -> bool:
        """Take what has come; tell whether the exchange has ended with it. Never raises."""
        try:
            received = self._receive(_RECEIVE_BYTES)
            if not received or self.deadline is None:  # or it says what nobody asked for
                return self._hang_up(classify.closed(is_answering=self.answer.is_begun))
            is_over = self.answer.feed(received)
            if is_over:
                self._end(self.answer.failure)
            elif self.first_byte_at is None:
                self.first_byte_at = self._monotonic()
        except _TRY_AGAIN:
            return False
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of an end
            return self._hang_up(classify.broken(error, is_answering=self.answer.is_begun))
        return is_over

    def write(self) -> None:
        """Send more of the request. Never raises."""
        if self._unsent is None:
            return
        try:
            sent = self._transmit(self._unsent)
        except Exception as error:  # noqa: BLE001 - those of the same look must be read
            sent = self._unless_cut(error, self._unsent)
        self._unsent = self._unsent[sent:]
        if not self._unsent:
            self._stop_sending()

    def expire(self) -> None:
        """End the exchange because its time is up, if its answer is not there by now.

        It may be: while we were held up nobody has read it. Never raises.
        """
        if self.read() or self.deadline is None:
            return
        if self._is_answered:
            self._end(None)
            return
        if self._unsent is not None:
            phase = "sending the request"
        elif not self.answer.is_begun:
            phase = "waiting for the answer"
        else:
            phase = "reading the answer"
        self._end(timed_out(phase, self._allowed_seconds))

    def close(self) -> None:
        """Close at once; an exchange under way ends without a word. Never raises."""
        if self.is_closed:
            return
        self.is_closed = True
        self.deadline = None
        self._unsent = None
        # The system forgets it in any case when it is closed; what has ended must be told.
        with suppress(Exception):
            self._lookout.remove(self._number)
        with suppress(OSError):
            self._socket.close()

    def _unless_cut(self, error: Exception, request: bytes | memoryview) -> int:
        """Give how many bytes of what could not be sent need no further sending."""
        if isinstance(error, _TRY_AGAIN):
            return 0
        # The receiver may have answered before it hung up, so what it said is read first;
        # if it said nothing, reading tells what happened.
        self._is_cut = True
        return len(request)

    def _wait_for_room(self, unsent: memoryview) -> None:
        try:
            self._lookout.want_room(self._number, is_wanted=True)
        except Exception:  # noqa: BLE001 - it cannot be sent whole: as if it had been cut
            self._is_cut = True
        else:
            self._unsent = unsent

    def _stop_sending(self) -> None:
        self._unsent = None
        try:
            self._lookout.want_room(self._number, is_wanted=False)
        except Exception:  # noqa: BLE001 - it would be looked at for ever: it ends with this one
            self._is_cut = True

    def _hang_up(self, failure: Failure) -> bool:
        """The receiver is gone; an answer whose end only its going could tell is complete."""
        if self.deadline is None:
            self.close()
            return False
        self._is_cut = True
        self._end(None if self._is_answered else failure)
        return True

    def _end(self, failure: Failure | None) -> None:
        self.failure = failure
        self.deadline = None
        if self._keep is not None and failure is None:
            with suppress(Exception):  # it only saves work
                self._give_session()
        is_cut = self._is_cut or self._unsent is not None  # an answer before the request's end
        if is_cut or failure is not None or not self.answer.leaves_open:
            self.close()

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
