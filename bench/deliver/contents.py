"""What is sent: a body of 1.5 KiB and the headers of a signed delivery."""

import hmac
import time
from base64 import b64encode

BODY_BYTES = 1536
SECRET = b"a secret of thirty-two bytes ..."
SECRET_TEXT = "whsec_" + b64encode(SECRET).decode()

_RECORD = b'[{"AptNum":%d,"PatNum":1234,"AptStatus":"Scheduled","Note":"%s"}]'
_NOTE = b"An ordinary note about a filling. " * 50


def _compose(number: int) -> bytes:
    spare = BODY_BYTES - len(_RECORD % (number, b""))
    return _RECORD % (number, _NOTE[:spare])


_READY = [_compose(number) for number in range(1000, 1256)]


def body(number: int) -> bytes:
    """Give one of some bodies that were made beforehand."""
    return _READY[number % len(_READY)]


def sign(identity: str, seconds: int, content: bytes) -> str:
    """Sign as Standard Webhooks do (v1), the plain way."""
    signed = b"%s.%d.%s" % (identity.encode(), seconds, content)
    return "v1," + b64encode(hmac.digest(SECRET, signed, "sha256")).decode()


def lines(identity: str, seconds: int) -> tuple[tuple[str, str], ...]:
    """Give the header lines but for the signature."""
    return (
        ("Authorization", "VzkmZEaUWOjnQX2z"),
        ("Workstation", "BITEWING"),
        ("Event-Type", "WatchTable: Appointment"),
        ("webhook-id", identity),
        ("webhook-timestamp", str(seconds)),
    )


def headers(identity: str, content: bytes) -> tuple[tuple[str, str], ...]:
    """Give what bitewing sends, signed now."""
    seconds = int(time.time())
    signature = sign(identity, seconds, content)
    return (*lines(identity, seconds), ("webhook-signature", signature))
