"""Sender: one exchange with a receiver."""

from collections.abc import Callable
from typing import Protocol

from bitewing.model.delivery import Message, Outcome

OnOutcome = Callable[[Outcome], object]
"""Is told what came of an exchange."""


class Sender(Protocol):
    """Sends Messages."""

    def post(self, message: Message, on_end: OnOutcome) -> None:
        """Begin to send it once; ``on_end`` is told what came of it, by the event loop.

        ``on_end`` is called once, never from within ``post``; it may post the next Message, and
        must not raise.
        """
        ...

    async def send(self, message: Message) -> Outcome:
        """Send it once. Never raises for what a receiver, a network or a policy does."""
        ...

    async def probe(self, url: str) -> Outcome | None:
        """Connect and send nothing; give None if that works, else what came of it."""
        ...

    async def close(self) -> None:
        """Close the idle connections."""
        ...
