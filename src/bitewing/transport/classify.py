"""From what the operating system or OpenSSL reports to a Failure in plain words."""

import errno
import os
import socket
import ssl

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.failure import Failure

_NO_ROUTE = frozenset((errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN))
_OUR_LIMITS = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.ENOSPC))

# OpenSSL's X509_V_ERR codes (man page X509_STORE_CTX_get_error).
_CERTIFICATE_REASONS = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself, not by a known authority",
    19: "its certificate comes from an unknown authority",
    20: "its certificate comes from an unknown authority, or the server leaves out the "
    "intermediate certificate",
    21: "its certificate comes from an unknown authority, or the server leaves out the "
    "intermediate certificate",
    23: "its certificate has been revoked",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}

_NOT_TLS = "that port does not speak TLS; is it a plain http receiver?"
_OLD_TLS = "it offers no TLS version that is still safe; TLS 1.2 or later is needed"
_HANDSHAKE_REASONS = {
    "WRONG_VERSION_NUMBER": _NOT_TLS,
    "HTTP_REQUEST": _NOT_TLS,
    "PACKET_LENGTH_TOO_LONG": _NOT_TLS,
    "RECORD_LAYER_FAILURE": _NOT_TLS,
    "UNSUPPORTED_PROTOCOL": _OLD_TLS,
    "TLSV1_ALERT_PROTOCOL_VERSION": _OLD_TLS,
    "LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED": _OLD_TLS,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "it and we have no cipher in common",
    "NO_SHARED_CIPHER": "it and we have no cipher in common",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "it wants a certificate from us, and we have none",
    "TLSV1_UNRECOGNIZED_NAME": "it does not know the name that we asked for",
    "DH_KEY_TOO_SMALL": "its key is too short to be safe",
    "EE_KEY_TOO_SMALL": "its key is too short to be safe",
}


def unresolved(host: str, error: OSError) -> Failure:
    """Say why a name has no address."""
    if error.errno == socket.EAI_AGAIN:
        reason = "no name server answered"
    elif error.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}:
        reason = "there is no such name"
    else:
        reason = error.strerror or type(error).__name__
    return Failure(OutcomeKind.UNRESOLVED, f"{host} could not be resolved: {reason}")


def unconnected(where: str, error: OSError) -> Failure:
    """Say why no connection came about to ``where`` (address and port)."""
    if isinstance(error, ConnectionRefusedError):
        return Failure(OutcomeKind.REFUSED, f"{where} refused the connection")
    if error.errno in _NO_ROUTE:
        return Failure(OutcomeKind.REFUSED, f"there is no way to {where} from this machine")
    if error.errno in _OUR_LIMITS:
        reason = "this machine has no room for another connection"
    elif isinstance(error, ConnectionError):
        reason = "it was reset at once"
    else:
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
    return Failure(OutcomeKind.BROKEN, f"connecting to {where} failed: {reason}")


def unencrypted(host: str, error: OSError) -> Failure:
    """Say why no TLS session with ``host`` came about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _CERTIFICATE_REASONS.get(
            error.verify_code, f"its certificate is not valid: {error.verify_message}"
        )
    elif isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionError)):
        reason = "it closed the connection during the handshake"
    elif isinstance(error, ssl.SSLError):
        known = error.reason or "no reason given"
        reason = _HANDSHAKE_REASONS.get(known, known.lower().replace("_", " "))
    else:
        reason = error.strerror or type(error).__name__
    return Failure(OutcomeKind.TLS_FAILED, f"no TLS with {host}: {reason}")


def broken(error: Exception, *, is_answering: bool) -> Failure:
    """Say how a connection broke while a request or its answer was under way."""
    when = "in the middle of its answer" if is_answering else "before it answered"
    if isinstance(error, ConnectionError):
        return Failure(OutcomeKind.BROKEN, f"the receiver reset the connection {when}")
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None)
    reason = reason or type(error).__name__
    return Failure(OutcomeKind.BROKEN, f"the connection broke {when}: {reason}")


def closed(*, is_answering: bool) -> Failure:
    """Say that the receiver closed the connection without a whole answer."""
    when = "in the middle of its answer" if is_answering else "without an answer"
    return Failure(OutcomeKind.BROKEN, f"the receiver closed the connection {when}")
