"""Speaking: the Dialect of what the operator is told, body and headers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bitewing.model.delivery import Delivery, Headers
from bitewing.model.errors import NotFoundError
from bitewing.model.record import Record
from bitewing.model.retry import RetrySchedule
from bitewing.model.subscription import Endpoint
from bitewing.model.tiding import Tiding

A_DAY = RetrySchedule(
    (
        timedelta(seconds=30),
        timedelta(minutes=2),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=2),
        timedelta(hours=4),
        timedelta(hours=8),
        timedelta(hours=16),
        timedelta(hours=24),
    ),
    disables=False,
)
"""Older news is no use; and nobody but the operator could activate the operator's Endpoint."""


class Operator:
    """Speaks to the operator; implements the ports ``Dialect`` and ``TidingWriter``.

    Attributes:
        page_size: each thing that happened has a Message of its own.
        timeout: as long as a monitoring service should need at the most.
        retries: through one day.
    """

    name = "operator"
    page_size = 1
    timeout = timedelta(seconds=10)
    retries: RetrySchedule | None = A_DAY

    def write(self, tiding: Tiding) -> bytes:
        """See the port; ``type``, ``timestamp`` and ``data`` are as Standard Webhooks advise."""
        body = {
            "type": tiding.kind.value,
            "timestamp": _text(tiding.at),
            "data": {
                "institution": tiding.institution or None,
                "source": tiding.source or None,
                "endpoint": _endpoint(tiding),
                "since": _text(tiding.since),
                "detail": tiding.detail or None,
                "held": dict(tiding.held),
            },
        }
        return msgspec.json.encode(body)

    def compose(self, event_name: str, source: str, records: Sequence[Record]) -> bytes:  # noqa: ARG002 - the port's
        """Compose nothing: no Record is told of here.

        Raises:
            NotFoundError: always.
        """
        raise NotFoundError(f"The operator is told of no Records, so not of {event_name!r}.")

    def headers(
        self,
        delivery: Delivery,
        endpoint: Endpoint,  # noqa: ARG002 - the signature is its sender's matter
        at: datetime,
    ) -> Headers:
        """Give the headers of Standard Webhooks; whoever sends adds ``webhook-signature``."""
        return (
            ("Content-Type", "application/json"),
            ("webhook-id", delivery.message_id),
            ("webhook-timestamp", str(int(at.timestamp()))),
        )


def _endpoint(tiding: Tiding) -> dict[str, Any] | None:
    if tiding.endpoint is None:
        return None
    return {"id": tiding.endpoint, "dialect": tiding.dialect, "address": tiding.address}


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
