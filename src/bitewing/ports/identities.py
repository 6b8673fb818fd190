"""Identities: the whole numbers that we give out for things of the practices' databases."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Native(NamedTuple):
    """Where a thing is known by what.

    Attributes:
        source: the Source's name; "" for what belongs to none.
        key: the practice's own key as text; None while the thing is not in its database.
    """

    source: str
    key: str | None


class Identities(Protocol):
    """(kind, Source, native key) ↔ our id. Ids are unique over all kinds and never given again.

    A kind is a resource in a Dialect's words (``Appointment``, ``Location``, ``Institution``).
    """

    def obtain(self, kind: str, source: str, natives: Sequence[str]) -> dict[str, int]:
        """Give the ids of these, making those that are missing (in this order)."""
        ...

    def find(self, kind: str, source: str, natives: Sequence[str]) -> dict[str, int]:
        """Give the ids of those that have one; makes none, so it may be used in reading work."""
        ...

    def native_of(self, kind: str, source: str | None, identity: int) -> Native | None:
        """Give what an id of this kind stands for; None if it is another kind's or Source's.

        With ``source`` None any Source will do.
        """
        ...

    def reserve(self, kind: str, source: str) -> int:
        """Give an id to a thing that is not yet in the practice's database."""
        ...

    def bind(self, identity: int, native: str) -> int:
        """Let a reserved id stand for this key; give the id that the key has from now on.

        That is another one if the key was given an id before: the reserved one then stands for
        the same key too, but is not given out any more.

        Raises:
            ValueError: there is no such id, or it stands for another key already.
        """
        ...
