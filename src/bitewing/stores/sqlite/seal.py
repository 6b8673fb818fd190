"""A Seal: what closes secrets before they are written, and opens them again."""

from typing import Protocol


class Seal(Protocol):
    """Closes and opens secrets."""

    def seal(self, plain: bytes) -> bytes:
        """Give what may lie on a disk in place of these bytes; they are never empty."""
        ...

    def open(self, sealed: bytes) -> bytes:
        """Give the bytes back."""
        ...


class NoSeal:
    """Leaves secrets as they are; the file is readable by its owner alone."""

    def seal(self, plain: bytes) -> bytes:
        """See ``Seal``."""
        return plain

    def open(self, sealed: bytes) -> bytes:
        """See ``Seal``."""
        return sealed
