"""Signer: what proves to a receiver that a Message is ours and as we wrote it."""

from collections.abc import Sequence
from typing import Protocol


class Signer(Protocol):
    """Signs Messages as Standard Webhooks describe it."""

    def sign(self, secrets: Sequence[str], message_id: str, seconds: int, body: bytes) -> str:
        """Give the value of ``webhook-signature``: one signature a secret, in their order.

        Args:
            secrets: ``whsec_…``, ``whsk_…`` or any other text; at least one.
            message_id: the value of ``webhook-id``.
            seconds: the value of ``webhook-timestamp``.
            body: the exact bytes.

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
