"""StandardSigner: signatures of Standard Webhooks, v1 (HMAC-SHA256) and v1a (Ed25519)."""

from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Sequence
from hashlib import sha256

from bitewing.ports.signer import Sign
from bitewing.signing.keys import PRIVATE, private_key, symmetric_key

_MOST_REMEMBERED = 4096
_BLOCK_BYTES = 64  # SHA-256's


class StandardSigner:
    """Implements the port ``Signer``. What a secret means is worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, Sign] = {}

    def signing_with(self, secrets: Sequence[str]) -> Sign:
        """See the port."""
        signs = [self._known.get(secret) or self._learn(secret) for secret in secrets]
        if len(signs) == 1:
            return signs[0]
        return lambda message_id, seconds, body: " ".join(
            [sign(message_id, seconds, body) for sign in signs]
        )

    def require_fit(self, secret: str) -> None:
        """See the port."""
        _ready(secret)

    def _learn(self, secret: str) -> Sign:
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        sign = self._known[secret] = _ready(secret)
        return sign


def _ready(secret: str) -> Sign:
    return _asymmetric(secret) if secret.startswith(PRIVATE) else _symmetric(symmetric_key(secret))


def _symmetric(key: bytes) -> Sign:
    """Sign as v1: HMAC (RFC 2104) from two digests that have taken in the key already.

    Copying them costs less than beginning anew with the key for every Message.
    """
    padded = (sha256(key).digest() if len(key) > _BLOCK_BYTES else key).ljust(_BLOCK_BYTES, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def sign(message_id: str, seconds: int, body: bytes) -> str:
        within, without = inner.copy(), outer.copy()
        within.update(f"{message_id}.{seconds}.".encode())
        within.update(body)  # putting them together first would copy the body
        without.update(within.digest())
        return "v1," + b2a_base64(without.digest(), newline=False).decode()

    return sign


def _asymmetric(secret: str) -> Sign:
    """Sign as v1a."""
    key = private_key(secret)

    def sign(message_id: str, seconds: int, body: bytes) -> str:
        signed = f"{message_id}.{seconds}.".encode() + body
        return "v1a," + b64encode(key.sign(signed)).decode()

    return sign
