"""Plain words for what the operating system and OpenSSL report."""

import errno
import ssl

import pytest

from bitewing.model.delivery import OutcomeKind
from bitewing.transport import classify


def tls_error(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "words of OpenSSL")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
            OutcomeKind.REFUSED,
            "192.0.2.1:443 refused the connection",
        ),
        (
            OSError(errno.ENETUNREACH, "Network is unreachable"),
            OutcomeKind.REFUSED,
            "there is no way to 192.0.2.1:443 from this machine",
        ),
        (
            OSError(errno.EMFILE, "Too many open files"),
            OutcomeKind.BROKEN,
            "connecting to 192.0.2.1:443 failed: this machine has no room for another connection",
        ),
        (
            ConnectionResetError(errno.ECONNRESET, "Connect call failed ('192.0.2.1', 443)"),
            OutcomeKind.BROKEN,
            "connecting to 192.0.2.1:443 failed: it was reset at once",
        ),
        (
            OSError(errno.EACCES, "Connect call failed ('192.0.2.1', 443)"),
            OutcomeKind.BROKEN,
            "connecting to 192.0.2.1:443 failed: Permission denied",
        ),
    ],
)
def test_a_connection_that_does_not_come_about(
    error: OSError, kind: OutcomeKind, detail: str
) -> None:
    """Refused and unreachable are the receiver's, the rest is named."""
    failure = classify.unconnected("192.0.2.1:443", error)

    assert (failure.kind, failure.detail) == (kind, detail)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (tls_error("TLSV1_ALERT_PROTOCOL_VERSION"), "TLS 1.2 or later is needed"),
        (tls_error("TLSV13_ALERT_CERTIFICATE_REQUIRED"), "it wants a certificate from us"),
        (tls_error("SOME_NEW_REASON"), "some new reason"),
        (ssl.SSLZeroReturnError(6, "closed"), "it closed the connection during the handshake"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), "it closed the connection"),
        (OSError(errno.ENOTCONN, "Not connected"), "Not connected"),
    ],
)
def test_a_session_that_does_not_come_about(error: OSError, words: str) -> None:
    """Known reasons have words of ours, new ones OpenSSL's."""
    failure = classify.unencrypted("r.example", error)

    assert failure.kind is OutcomeKind.TLS_FAILED
    assert words in failure.detail


@pytest.mark.parametrize(
    ("error", "is_answering", "detail"),
    [
        (ConnectionResetError(), True, "the receiver reset the connection in the middle of its"),
        (tls_error("BAD_RECORD"), False, "the connection broke before it answered: BAD_RECORD"),
        (OSError(errno.EIO, "Input/output error"), False, "answered: Input/output error"),
    ],
)
def test_an_exchange_that_breaks(error: OSError, is_answering: bool, detail: str) -> None:  # noqa: FBT001 - a case
    """When it happened matters as much as what."""
    failure = classify.broken(error, is_answering=is_answering)

    assert failure.kind is OutcomeKind.BROKEN
    assert detail in failure.detail
