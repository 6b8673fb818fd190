"""A Seal: what closes secrets before they are written, and opens them again."""

from typing import Protocol


class Seal(Protocol):
    """Closes and opens secrets.

    ``place`` says where in the store a secret stands (``endpoint 7 secret``); it opens nowhere
    else. All methods may raise SettingsError: a key is missing or cannot be used.
    """

    def make_ready(self) -> None:
        """See that there is a key, making the first one."""
        ...

    def seal(self, plain: bytes, place: str) -> bytes:
        """Give what may lie on a disk in place of these bytes; they are never empty."""
        ...

    def open(self, sealed: bytes, place: str) -> bytes:
        """Give the bytes back."""
        ...

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed as it would be sealed now."""
        ...


class NoSeal:
    """Leaves secrets as they are; the file is readable by its owner alone."""

    def make_ready(self) -> None:
        """See ``Seal``."""

    def seal(self, plain: bytes, place: str) -> bytes:
        """See ``Seal``."""
        del place
        return plain

    def open(self, sealed: bytes, place: str) -> bytes:
        """See ``Seal``."""
        del place
        return sealed

    def is_current(self, sealed: bytes) -> bool:
        """See ``Seal``."""
        del sealed
        return True
