"""An Answer: what a receiver's bytes say, as far as we want to know it."""

from contextlib import suppress

import httptools

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.failure import Failure

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 16 * 1024
FIRST_REFUSAL = 300
_FIRST_INTERIM = 100
_SWITCHING_PROTOCOLS = 101
_FIRST_FINAL = 200
_MOST_SEEN, _LONGEST_SEEN = 64, 512

_seen: dict[bytes, int] = {}
"""Short and whole acknowledgements to their status, as they came lately.

A receiver says the same, byte for byte, until its clock shows the next second. What has been read
once need not be read again.
"""

_NOT_HTTP = Failure(OutcomeKind.BROKEN, "the answer is not HTTP/1")
_SWITCHED = Failure(OutcomeKind.BROKEN, "the receiver switched protocols, which nobody asked for")
_HEAD_TOO_LARGE = Failure(
    OutcomeKind.TOO_LARGE, f"the answer's headers are longer than {MOST_HEAD_BYTES // 1024} KiB"
)


class Answer:
    """Reads the answers of one connection, one after another.

    The status counts as soon as the headers are complete. The body means nothing to us; it is
    read only so that the connection can be used again.

    Attributes:
        is_begun: whether bytes have been read. One that is known whole is not read.
        status: the final status, 0 until it is known, if it is begun or over.
            Interim answers (1xx) are skipped.
        retry_after: the Retry-After header as it came, unless the answer is a 2xx.
        failure: why this is no answer.
        leaves_open: whether the connection can carry another exchange.
    """

    __slots__ = (
        "_feed",
        "_head",
        "_is_complete",
        "_limit",
        "_parser",
        "_received",
        "failure",
        "is_begun",
        "leaves_open",
        "retry_after",
        "status",
    )

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._feed = self._parser.feed_data
        self._head: list[bytes] = []
        self._start_over()

    def expect(self) -> None:
        """Make ready for the next answer; one that was known whole has left nothing to forget."""
        self._start_over()

    def _start_over(self) -> None:
        self.status = 0
        self.retry_after: bytes | None = None
        self.failure: Failure | None = None
        self.leaves_open = False
        self._is_complete = False
        self.is_begun = False
        self._received = 0
        self._limit = MOST_HEAD_BYTES
        self._head.clear()

    def feed(self, received: bytes) -> bool:
        """Take bytes; tell whether there is nothing more to wait for."""
        if not self.is_begun:
            status = _seen.get(received)
            if status is not None:
                self.status, self.leaves_open = status, True
                return True
            self._start_over()  # what was known has left its status behind
            self.is_begun = True
        return self._read(received)

    def _read(self, received: bytes) -> bool:
        self._received += len(received)
        if not self.status:
            self._head.append(received)
        try:
            self._feed(received)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.leaves_open = False
            if not self.status and self.failure is None:
                self.failure = _NOT_HTTP
            return True
        if self._is_complete or self.failure is not None:
            self._remember(received)
            return True
        if self._received <= self._limit:
            return False
        if not self.status:
            self.failure = _HEAD_TOO_LARGE
        return True

    def _remember(self, received: bytes) -> None:
        """Know it again, if it came in one piece and says no more than that all is well."""
        is_whole = self._received == len(received) <= _LONGEST_SEEN
        if is_whole and self.leaves_open and self.status < FIRST_REFUSAL:
            if len(_seen) >= _MOST_SEEN:
                _seen.clear()
            _seen[received] = self.status

    def on_message_begin(self) -> None:
        """See an answer begin (called by the parser); a second one is one too many."""
        self.leaves_open = False

    def on_headers_complete(self) -> None:
        """See the end of the headers (called by the parser)."""
        status = self._parser.get_status_code()
        if self._is_complete or self.status:  # a second answer, or the trailers of the first
            return
        if status >= _FIRST_FINAL:
            self.status = status
            self._limit = self._received + MOST_BODY_BYTES
            if status >= FIRST_REFUSAL:
                self.retry_after = _retry_after(self._head)
        elif status == _SWITCHING_PROTOCOLS:
            self.failure = _SWITCHED
        elif status < _FIRST_INTERIM:
            self.failure = _NOT_HTTP

    def on_message_complete(self) -> None:
        """See the end of an answer (called by the parser)."""
        if self.status and not self._is_complete:
            self._is_complete = True
            self.leaves_open = self._parser.should_keep_alive()


class _Waiting:
    """Finds Retry-After in a head that is known to be sound.

    To hear of every header of every answer would cost a tenth of the whole exchange, so the few
    answers that may ask us to wait are read twice.
    """

    __slots__ = ("is_over", "parser", "value")

    def __init__(self) -> None:
        self.value: bytes | None = None
        self.is_over = False
        self.parser = httptools.HttpResponseParser(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        """See a header line (called by the parser)."""
        if not self.is_over and name.lower() == b"retry-after":
            self.value = value

    def on_headers_complete(self) -> None:
        """See the end of a head (called by the parser); that of an interim answer says nothing."""
        if self.parser.get_status_code() < _FIRST_FINAL:
            self.value = None
        else:
            self.is_over = True


def _retry_after(head: list[bytes]) -> bytes | None:
    reading = _Waiting()
    with suppress(httptools.HttpParserError, httptools.HttpParserUpgrade):
        for received in head:
            reading.parser.feed_data(received)
    return reading.value
