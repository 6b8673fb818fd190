"""Sessions: what earlier TLS handshakes left, so that the next one with a receiver costs less."""

import ssl
from collections.abc import Callable
from typing import NamedTuple

from bitewing.transport.connection import ConnectionKey

MOST_SESSIONS = 4096

TRUSTED_SECONDS = 3600.0
"""So long after a whole handshake certificates are not verified anew.

Otherwise a certificate could expire, or be found to be another's, without our noticing.
"""


class Session(NamedTuple):
    """What a handshake left.

    Attributes:
        tls: OpenSSL's session.
        verified_at: when the receiver's certificate was verified (monotonic seconds).
    """

    tls: ssl.SSLSession
    verified_at: float


class Sessions:
    """What the latest whole handshake with each receiver left.

    One is offered for the same scheme, host, port, address and authorities alone: the receiver
    shows no certificate then, and is who it was. A receiver that no longer knows the session
    makes a whole handshake, with all of the verifying.

    One is offered many times, because copying a new one out of OpenSSL costs nearly what it saves.
    That lets people who listen see that two connections have the same ends (RFC 8446, C.4), which
    the addresses of two servers tell them anyway.
    """

    def __init__(self, *, monotonic: Callable[[], float], most: int = MOST_SESSIONS) -> None:
        self._monotonic = monotonic
        self._most = most
        self._kept: dict[ConnectionKey, tuple[ssl.SSLContext, Session]] = {}

    def find(self, key: ConnectionKey, context: ssl.SSLContext) -> Session | None:
        """Give the session to offer, if there is one that this very context has verified."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        verified_by, session = kept
        is_old = self._monotonic() - session.verified_at >= TRUSTED_SECONDS
        if is_old or verified_by is not context:
            del self._kept[key]
            return None
        return session

    def keep(self, key: ConnectionKey, context: ssl.SSLContext, session: Session) -> None:
        """Keep it instead of the one before; of too many the oldest goes."""
        self._kept.pop(key, None)
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = (context, session)

    def forget(self, key: ConnectionKey) -> None:
        """Offer none next time."""
        self._kept.pop(key, None)
