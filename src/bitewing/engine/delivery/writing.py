"""Writing the headers of an Attempt: the dialect's, the signature, the Endpoint's own."""

from collections.abc import Callable
from datetime import datetime

from bitewing.model.delivery import Delivery, Headers
from bitewing.model.subscription import Endpoint
from bitewing.ports.dialect import Dialect
from bitewing.ports.signer import Signer

Write = Callable[[Delivery], Headers]
"""Writes the header lines of one Delivery.

Raises NotFoundError where the credential that they need is no longer configured.
"""


def writing_to(endpoint: Endpoint, dialect: Dialect, signer: Signer, at: datetime) -> Write:
    """Make ready to write as it is sent to an Endpoint at this moment (our clock, UTC).

    Whatever the dialect, it is signed as Standard Webhooks are, by the new secret first and,
    while the one before is still good, by that one too.

    Raises:
        InvalidRequestError: a secret cannot be signed with.
    """
    secrets = _secrets(endpoint, at)
    sign = signer.signing_with(secrets) if secrets else None
    seconds, own = int(at.timestamp()), endpoint.headers

    def write(delivery: Delivery) -> Headers:
        headers = dialect.headers(delivery, endpoint, at)
        if sign is not None:
            signature = sign(delivery.message_id, seconds, delivery.body)
            headers = (*headers, ("webhook-signature", signature))
        return (*headers, *own) if own else headers

    return write


def _secrets(endpoint: Endpoint, at: datetime) -> tuple[str, ...]:
    if not endpoint.secret:
        return ()
    until = endpoint.old_secret_until
    is_changing = until is not None and at < until and endpoint.old_secret
    return (endpoint.secret, endpoint.old_secret) if is_changing else (endpoint.secret,)
