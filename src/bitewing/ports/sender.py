"""Sender: one exchange with a receiver."""

from typing import Protocol

from bitewing.model.delivery import Message, Outcome


class Sender(Protocol):
    """Sends Messages."""

    async def send(self, message: Message) -> Outcome:
        """Send it once. Never raises for what a receiver, a network or a policy does."""
        ...

    async def probe(self, url: str) -> Outcome | None:
        """Connect and send nothing; give None if that works, else what came of it."""
        ...

    async def close(self) -> None:
        """Close the idle connections."""
        ...
