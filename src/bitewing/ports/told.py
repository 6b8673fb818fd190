"""Told: what the operator was last told of each thing, so that nothing is told twice."""

from typing import Protocol


class Told(Protocol):
    """The last word about each thing."""

    def get(self, about: str) -> str | None:
        """Give it; None if there is nothing that the operator should still know."""
        ...

    def put(self, about: str, what: str) -> None:
        """Remember it."""
        ...

    def forget(self, about: str) -> None:
        """Let it be as if nothing had been told."""
        ...
