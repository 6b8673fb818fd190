"""An Answer: what a receiver's bytes say, as far as we want to know it."""

import httptools

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.failure import Failure

MOST_HEAD_BYTES = 64 * 1024
MOST_BODY_BYTES = 16 * 1024
_FIRST_INTERIM = 100
_SWITCHING_PROTOCOLS = 101
_FIRST_FINAL = 200

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
        status: the final status, 0 until it is known. Interim answers (1xx) are skipped.
        retry_after: the Retry-After header as it came.
        failure: why this is no answer.
        leaves_open: whether the connection can carry another exchange.
    """

    __slots__ = (
        "_is_complete",
        "_limit",
        "_parser",
        "_received",
        "failure",
        "leaves_open",
        "retry_after",
        "status",
    )

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.expect()

    def expect(self) -> None:
        """Make ready for the next answer."""
        self.status = 0
        self.retry_after: bytes | None = None
        self.failure: Failure | None = None
        self.leaves_open = False
        self._is_complete = False
        self._received = 0
        self._limit = MOST_HEAD_BYTES

    def feed(self, received: bytes) -> bool:
        """Take bytes; tell whether there is nothing more to wait for."""
        self._received += len(received)
        try:
            self._parser.feed_data(received)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.leaves_open = False
            if not self.status and self.failure is None:
                self.failure = _NOT_HTTP
            return True
        if self._is_complete or self.failure is not None:
            return True
        if self._received <= self._limit:
            return False
        if not self.status:
            self.failure = _HEAD_TOO_LARGE
        return True

    def on_message_begin(self) -> None:
        """See an answer begin (called by the parser); a second one is one too many."""
        self.leaves_open = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """See a header line (called by the parser)."""
        if len(name) == 11 and name.lower() == b"retry-after" and not self._is_complete:  # noqa: PLR2004 - the length of that name
            self.retry_after = value

    def on_headers_complete(self) -> None:
        """See the end of the headers (called by the parser)."""
        status = self._parser.get_status_code()
        if self._is_complete or self.status:  # a second answer, or the trailers of the first
            return
        if status >= _FIRST_FINAL:
            self.status = status
            self._limit = self._received + MOST_BODY_BYTES
        elif status == _SWITCHING_PROTOCOLS:
            self.failure = _SWITCHED
        elif status < _FIRST_INTERIM:
            self.failure = _NOT_HTTP
        else:
            self.retry_after = None

    def on_message_complete(self) -> None:
        """See the end of an answer (called by the parser)."""
        if self.status and not self._is_complete:
            self._is_complete = True
            self.leaves_open = self._parser.should_keep_alive()
