"""Versions of Open Dental, by which its API is dated ("Added in version 24.2.11")."""

from bitewing.model.errors import SettingsError

Version = tuple[int, ...]
"""``24.2.11`` is (24, 2, 11); () is older than all."""

DEFAULT_VERSION = "24.4.30"
"""The newest version that the API Events page names for its Watch tables."""


def parse_version(text: str) -> Version:
    """Read ``24.4.30``, or the empty text as older than all.

    Raises:
        SettingsError: it is not numbers with dots between them.
    """
    if not text:
        return ()
    parts = text.split(".")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise SettingsError(
            f"The Open Dental version {text!r} is not one; write numbers and dots: "
            f"{DEFAULT_VERSION!r}."
        )
    return tuple(int(part) for part in parts)
