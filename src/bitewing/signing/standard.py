"""StandardSigner: signatures of Standard Webhooks, v1 (HMAC-SHA256) and v1a (Ed25519)."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256

from bitewing.signing.keys import PRIVATE, private_key, symmetric_key

_MOST_REMEMBERED = 4096
_BLOCK_BYTES = 64  # SHA-256's

Sign = Callable[[bytes], str]


class StandardSigner:
    """Implements the port ``Signer``. What a secret means is worked out once."""

    def __init__(self) -> None:
        self._known: dict[str, Sign] = {}

    def sign(self, secrets: Sequence[str], message_id: str, seconds: int, body: bytes) -> str:
        """See the port."""
        content = f"{message_id}.{seconds}.".encode() + body
        known = self._known
        return " ".join([(known.get(one) or self._learn(one))(content) for one in secrets])

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

    def sign(content: bytes) -> str:
        within, without = inner.copy(), outer.copy()
        within.update(content)
        without.update(within.digest())
        return "v1," + b64encode(without.digest()).decode()

    return sign


def _asymmetric(secret: str) -> Sign:
    """Sign as v1a."""
    key = private_key(secret)
    return lambda content: "v1a," + b64encode(key.sign(content)).decode()
