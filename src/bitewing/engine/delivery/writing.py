"""Writing the Message of one Attempt: the dialect's headers, the signature, the Endpoint's own."""

from datetime import datetime

from bitewing.model.delivery import Delivery, Message
from bitewing.model.subscription import Endpoint
from bitewing.ports.dialect import Dialect
from bitewing.ports.signer import Signer


def write_message(
    dialect: Dialect, signer: Signer, delivery: Delivery, endpoint: Endpoint, at: datetime
) -> Message:
    """Write it as it is sent at this moment (our clock, UTC).

    Whatever the dialect, it is signed as Standard Webhooks are, by the new secret first and,
    while the one before is still good, by that one too.

    Raises:
        NotFoundError: the credential that the headers need is no longer configured.
        InvalidRequestError: a secret cannot be signed with.
    """
    headers = dialect.headers(delivery, endpoint, at)
    if endpoint.secret:
        until = endpoint.old_secret_until
        is_changing = until is not None and at < until and endpoint.old_secret
        secrets = (endpoint.secret, endpoint.old_secret) if is_changing else (endpoint.secret,)
        signature = signer.sign(secrets, delivery.message_id, int(at.timestamp()), delivery.body)
        headers = (*headers, ("webhook-signature", signature))
    if endpoint.headers:
        headers = (*headers, *endpoint.headers)
    return Message(endpoint.url, headers, delivery.body, dialect.timeout, endpoint.ca_pem)
