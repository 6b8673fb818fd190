"""Sender: exchanges with receivers."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from bitewing.model.delivery import Destination, Headers, Outcome

Posting = tuple[Any, Headers, bytes]
"""A token of whoever posts, the header lines and the body."""

Ended = tuple[Any, Outcome]
"""The token of an exchange, and what came of it."""

OnEnds = Callable[[Sequence[Ended]], object]
"""Is told which exchanges have ended."""


class Sender(Protocol):
    """Sends Messages."""

    def post(self, destination: Destination, posted: Sequence[Posting], on_ends: OnEnds) -> None:
        """Begin to send each of these once; ``on_ends`` is told of their ends, by the event loop.

        What ends at about the same time is told together. ``on_ends`` is told of each exchange
        once, never from within ``post``; it may post the next ones. Neither may raise.
        """
        ...

    async def probe(self, url: str) -> Outcome | None:
        """Connect and send nothing; give None if that works, else what came of it."""
        ...

    async def close(self) -> None:
        """Close the idle connections."""
        ...
