"""Tokens: what an API key is changed for: a JSON Web Token, signed with HS256 (RFC 7519).

The secret is derived from the API key, so tokens outlive a restart, and die with their key. Only
our own tokens are read, so what their header says of the algorithm is never asked.
"""

import hmac
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec

_CONTEXT = b"bitewing: tokens of the NexHealth face"
_LONGEST = 2048


class Claims(msgspec.Struct, frozen=True):
    """What a token says; clients read ``exp`` in it (all times in seconds since 1970, UTC)."""

    sub: str
    scp: str
    iat: int
    exp: int
    jti: str


_HEADER = msgspec.json.encode({"alg": "HS256", "typ": "JWT"})
_read_claims = msgspec.json.Decoder(Claims).decode


def issue(key: str, *, owner: str, at: datetime, lifetime: timedelta) -> str:
    """Give a token for the bearer of an API key."""
    begins = int(at.timestamp())
    ends = begins + int(lifetime.total_seconds())
    claims = Claims(sub=owner, scp="api_user", iat=begins, exp=ends, jti=str(uuid4()))
    signed = f"{_encoded(_HEADER)}.{_encoded(msgspec.json.encode(claims))}"
    return f"{signed}.{_encoded(sign(_secret(key), signed))}"


def sign(secret: bytes, text: str) -> bytes:
    """Give the HS256 signature of a token's first two parts (RFC 7515, A.1)."""
    return hmac.digest(secret, text.encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Shown:
    """A token that somebody has shown us; nothing in it is believed before ``is_good``."""

    signed: str
    claims: Claims
    signature: bytes

    def is_good(self, key: str, at: datetime) -> bool:
        """Tell whether this key's bearer was given it, and it has not run out."""
        is_ours = hmac.compare_digest(sign(_secret(key), self.signed), self.signature)
        return is_ours and at.timestamp() < self.claims.exp


def read(token: str) -> Shown | None:
    """Take a token apart; None if it is none."""
    signed, _, signature = token.rpartition(".")
    _, dot, claims = signed.partition(".")
    if not dot or len(token) > _LONGEST or not token.isascii():
        return None
    try:
        return Shown(signed, _read_claims(_decoded(claims)), _decoded(signature))
    except (ValueError, msgspec.DecodeError):
        return None


def _secret(key: str) -> bytes:
    return hmac.digest(key.encode(), _CONTEXT, "sha256")


def _encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
