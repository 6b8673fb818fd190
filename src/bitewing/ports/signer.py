"""Signer: what proves to a receiver that a Message is ours and as we wrote it."""

from collections.abc import Callable, Sequence
from typing import Protocol

Sign = Callable[[str, int, bytes], str]
"""Gives the value of ``webhook-signature``, one signature a secret.

Of the values of ``webhook-id`` and ``webhook-timestamp`` (seconds), and of the exact body.
"""


class Signer(Protocol):
    """Signs Messages as Standard Webhooks describe it."""

    def signing_with(self, secrets: Sequence[str]) -> Sign:
        """Make ready to sign by each of these secrets, in their order.

        Args:
            secrets: ``whsec_…``, ``whsk_…`` or any other text; at least one.

        Raises:
            InvalidRequestError: a secret cannot be used; the message says why, not which.
        """
        ...

    def require_fit(self, secret: str) -> None:
        """Let a secret pass that can be signed with.

        Raises:
            InvalidRequestError: it cannot; the message says why.
        """
        ...
