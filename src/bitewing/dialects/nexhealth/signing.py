"""Signing: the pair of headers by which a receiver knows that a Message is NexHealth's.

The signature is the lower-case hexadecimal HMAC-SHA256, under the Endpoint's secret as UTF-8,
over the ``timestamp`` header as it is sent, a full stop, and the body in base64 (webhook guide).
It is made anew at each Attempt; the bytes of the body stay.
"""

import hmac
from base64 import b64encode
from datetime import datetime

from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.model.delivery import Headers


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Give the signature of a body sent with this ``timestamp`` header."""
    signed = b"%b.%b" % (timestamp.encode(), b64encode(body))
    return hmac.digest(secret.encode(), signed, "sha256").hex()


def signature_headers(secret: str, body: bytes, at: datetime) -> Headers:
    """Give the two header lines of an Attempt at this moment (our clock, UTC)."""
    timestamp = write_moment(at)
    return (("signature", signature(secret, timestamp, body)), ("timestamp", timestamp))
