"""Keys: what a signing secret means, in each of the forms that people write it in.

Standard Webhooks (specification, "Signature scheme"): ``whsec_`` and the base64 of 24 to 64
bytes is an HMAC key; ``whsk_`` and the base64 of an Ed25519 private key signs for those who know
the public one, ``whpk_``. Any other text is a key by its UTF-8 bytes, as NexHealth's
``secret_key`` is.
"""

from base64 import b64decode, b64encode
from binascii import Error

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bitewing.model.errors import InvalidRequestError

SYMMETRIC, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
_FEWEST, _MOST = 24, 64
_FEWEST_CHARACTERS = 12
_SEED_BYTES = 32


def symmetric_key(secret: str) -> bytes:
    """Give the HMAC key of a secret that is no ``whsk_``.

    Raises:
        InvalidRequestError: it cannot be used.
    """
    if not secret.startswith(SYMMETRIC):
        if secret.startswith(PUBLIC):
            raise InvalidRequestError("A public key (whpk_) cannot sign; give the whsk_ to it.")
        if len(secret) < _FEWEST_CHARACTERS or not secret.isprintable():
            raise InvalidRequestError(
                f"The signing secret must have at least {_FEWEST_CHARACTERS} visible characters."
            )
        return secret.encode()
    key = _decoded(secret, SYMMETRIC)
    if not _FEWEST <= len(key) <= _MOST:
        raise InvalidRequestError(
            f"The signing secret holds {len(key)} bytes; Standard Webhooks want {_FEWEST} to "
            f"{_MOST} behind whsec_."
        )
    return key


def private_key(secret: str) -> Ed25519PrivateKey:
    """Give the private key of a ``whsk_``: the seed alone, or with the public key behind it.

    Raises:
        InvalidRequestError: it cannot be used.
    """
    key = _decoded(secret, PRIVATE)
    if len(key) not in {_SEED_BYTES, 2 * _SEED_BYTES}:
        raise InvalidRequestError(
            f"The signing key holds {len(key)} bytes; an Ed25519 key behind whsk_ has 32 or 64."
        )
    found = Ed25519PrivateKey.from_private_bytes(key[:_SEED_BYTES])
    if key[_SEED_BYTES:] not in {b"", found.public_key().public_bytes_raw()}:
        raise InvalidRequestError(
            "The two halves of the signing key (whsk_) do not belong together."
        )
    return found


def public_text(key: Ed25519PrivateKey) -> str:
    """Give what receivers verify with: ``whpk_…``."""
    return PUBLIC + b64encode(key.public_key().public_bytes_raw()).decode()


def new_pair() -> tuple[str, str]:
    """Make a private and a public key: ``whsk_…`` (with both halves) and ``whpk_…``."""
    key = Ed25519PrivateKey.generate()
    both = key.private_bytes_raw() + key.public_key().public_bytes_raw()
    return PRIVATE + b64encode(both).decode(), public_text(key)


def _decoded(secret: str, prefix: str) -> bytes:
    try:
        return b64decode(secret.removeprefix(prefix), validate=True)
    except (Error, ValueError) as error:
        raise InvalidRequestError(f"What follows {prefix} in the secret is not base64.") from error
