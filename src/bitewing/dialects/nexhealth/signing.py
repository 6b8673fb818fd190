"""Signing: the pair of headers by which a receiver knows that a Message is NexHealth's.

The signature is the lower-case hexadecimal HMAC-SHA256, under the Endpoint's secret as UTF-8,
over the ``timestamp`` header as it is sent, a full stop, and the body in base64 (webhook guide).
It is made anew at each Attempt; the bytes of the body stay.

The pair has room for one signature. While the secret before is still valid beside the new one,
Attempts are signed with the old and the new in turn, the old one first: a receiver that has not
yet changed loses nothing, and one that has is reached by the first retry.
"""

import hmac
from base64 import b64encode
from datetime import datetime

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.model.delivery import Delivery, Headers
from bitewing.model.subscription import Endpoint


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Give the signature of a body sent with this ``timestamp`` header."""
    signed = b"%b.%b" % (timestamp.encode(), b64encode(body))
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def signature_headers(secret: str, body: bytes, at: datetime) -> Headers:
    """Give the two header lines of an Attempt at this moment (our clock, UTC)."""
    timestamp = write_moment(at)
    return (("signature", signature(secret, timestamp, body)), ("timestamp", timestamp))


def valid_secrets(endpoint: Endpoint, at: datetime) -> tuple[str, ...]:
    """Give the secrets that are valid at a moment (our clock, UTC), the newest first."""
    until = endpoint.old_secret_until
    is_overlap = endpoint.old_secret and until is not None and at < until
    secrets = (endpoint.secret, endpoint.old_secret if is_overlap else "")
    return tuple(secret for secret in secrets if secret)


def secret_of_attempt(delivery: Delivery, secrets: tuple[str, ...]) -> str:
    """Choose the secret for the pair; see above. ``secrets`` are the valid ones, newest first."""
    return secrets[-1 - delivery.attempts % len(secrets)]
