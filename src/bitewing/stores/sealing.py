"""Sealing: secrets at rest, readable only with a key that does not lie in the store."""

import os
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bitewing.model.errors import SettingsError

KEY_BYTES = 32
_FORM = b"\x01"
_NAME_BYTES = 4
_NONCE_BYTES = 12
_HEAD_BYTES = len(_FORM) + _NAME_BYTES + _NONCE_BYTES

LoadKeys = Callable[[], "Keys"]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys at hand: the first one seals, all of them open.

    Attributes:
        found: the keys, 32 bytes each; none while there is no key yet.
        place: where they were found, for people (``the file bitewing.db.key``).
    """

    found: tuple[bytes, ...] = field(repr=False)
    place: str


class KeyedSeal:
    """Seals with AES-256-GCM, a fresh random nonce each time.

    What is sealed bears the name of its key, and opens only at the place that it was sealed for:
    whoever can write the store cannot move one Endpoint's secret to another's row.
    """

    def __init__(self, load: LoadKeys, make: LoadKeys) -> None:
        """Name where keys come from.

        Args:
            load: gives the keys at hand; may raise SettingsError.
            make: makes the first key where there is none; may raise SettingsError.
        """
        self._load = load
        self._make = make
        self._ciphers: dict[bytes, AESGCM] = {}
        self._current = b""
        self._place = ""

    def make_ready(self) -> None:
        """Load the keys, making the first one if there is none.

        Raises:
            SettingsError: a key cannot be read, used or made.
        """
        if not self._read():
            self._take(self._make())

    def seal(self, plain: bytes, place: str) -> bytes:
        """Give what may lie on a disk in place of these bytes; opens at this place alone."""
        if not self._current:
            self.make_ready()
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORM + self._current + nonce
        return head + self._ciphers[self._current].encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Give the bytes back.

        Raises:
            SettingsError: the key is not at hand, or this was not sealed for this place.
        """
        self._read()
        name, nonce = sealed[1 : 1 + _NAME_BYTES], sealed[1 + _NAME_BYTES : _HEAD_BYTES]
        cipher = self._ciphers.get(name)
        try:
            if sealed[:1] != _FORM or len(sealed) <= _HEAD_BYTES:
                raise InvalidTag  # noqa: TRY301 - the same words for all that is not ours
            if cipher is not None:
                return cipher.decrypt(nonce, sealed[_HEAD_BYTES:], place.encode())
        except InvalidTag as error:
            raise SettingsError(
                f"A secret in the store ({place}) was changed or belongs to another place; "
                "restore the store from a copy."
            ) from error
        at_hand = ", ".join(known.hex() for known in self._ciphers) or "none"
        raise SettingsError(
            f"A secret in the store ({place}) is sealed with the key {name.hex()}, which is "
            f"missing; at hand in {self._place}: {at_hand}. Put the key back that was used last. "
            "If it is lost, the secrets in the store are, too: begin with a new store."
        )

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed with the key that seals now."""
        return sealed.startswith(_FORM + self._current)

    def _read(self) -> bool:
        """Load the keys once; give whether there is one."""
        if not self._current:
            self._take(self._load())
        return bool(self._current)

    def _take(self, keys: Keys) -> None:
        self._place = keys.place
        ciphers = {_name(key): AESGCM(key) for key in keys.found}
        self._ciphers = ciphers
        self._current = next(iter(ciphers), b"")


def new_key() -> str:
    """Make a key, as people keep it."""
    return b64encode(os.urandom(KEY_BYTES)).decode()


def keys_from(text: str, place: str) -> Keys:
    """Read keys apart by blanks or line ends, the one that seals first.

    Raises:
        SettingsError: one is not the base64 of 32 bytes.
    """
    found: list[bytes] = []
    for word in text.split():
        try:
            key = b64decode(word, validate=True)
        except (Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise SettingsError(
                f"Key {len(found) + 1} in {place} is not the base64 of {KEY_BYTES} bytes. Make "
                "one with: openssl rand -base64 32"
            )
        found.append(key)
    return Keys(tuple(found), place)


def _name(key: bytes) -> bytes:
    """Give what tells a key from others and says nothing about it."""
    return sha256(b"bitewing key\0" + key).digest()[:_NAME_BYTES]
