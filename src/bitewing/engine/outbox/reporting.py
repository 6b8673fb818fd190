"""Reporting: what the operator is told enters the outbox with what it tells of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bitewing.engine.outbox.naming import new_id
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import Delivery
from bitewing.model.lanes import lane_of
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.model.tiding import Tiding, TidingKind, about_endpoint
from bitewing.ports.store import Transaction
from bitewing.ports.tidings import TidingWriter

OWNER = "operator"
"""Whose the operator's Endpoint is: no credential has this fingerprint."""

FAILING_AFTER = timedelta(minutes=5)
"""An Endpoint that takes nothing for so long is told of; a hiccup is not."""


@dataclass(slots=True)
class Reporter:
    """Tells the operator, each thing once; of the operator's own Endpoint nothing.

    Attributes:
        writer: writes the bodies.
        endpoint: the id of the operator's Endpoint; None where nobody wants to be told.
    """

    writer: TidingWriter
    endpoint: int | None = None

    def report(self, tx: Transaction, tiding: Tiding) -> None:
        """Owe the operator a Message."""
        if self.endpoint is None:
            return
        delivery = Delivery(
            id=new_id(tiding.at),
            institution=tiding.institution,
            source=tiding.source,
            subscription=0,
            endpoint=self.endpoint,
            dialect=self.writer.name,
            owner=OWNER,
            lanes=(lane_of(self.endpoint, tiding.about),),
            event_name=tiding.kind.value,
            records=(),
            workstation="",
            body=self.writer.write(tiding),
            created_at=tiding.at,
            due_at=tiding.at,
        )
        owe(tx, [delivery])

    def fared(self, tx: Transaction, before: Endpoint, after: Endpoint, at: datetime) -> None:
        """Tell how an Endpoint fares after Attempts, if that is news."""
        if before.failing_since is None and after.failing_since is None:
            return
        if self.endpoint is None or after.dialect == self.writer.name:
            return
        about = about_endpoint(after.id)
        kind = _news(before, after, at, was_told=tx.told.get(about) is not None)
        if kind is None:
            return
        self.report(
            tx, _tiding(kind, after, since=before.failing_since or after.failing_since, at=at)
        )
        if kind is TidingKind.ENDPOINT_RECOVERED:
            tx.told.forget(about)
        else:
            tx.told.put(about, kind.value)

    def activated(self, tx: Transaction, before: Endpoint, after: Endpoint, at: datetime) -> None:
        """Tell that a person lets an Endpoint be sent to again of which worse was told."""
        about = about_endpoint(after.id)
        if tx.told.get(about) is None:
            return
        tx.told.forget(about)
        tiding = _tiding(TidingKind.ENDPOINT_ACTIVATED, after, since=before.failing_since, at=at)
        self.report(tx, tiding)


def _news(before: Endpoint, after: Endpoint, at: datetime, *, was_told: bool) -> TidingKind | None:
    if after.state is EndpointState.DISABLED:
        is_new = before.state is not EndpointState.DISABLED
        return TidingKind.ENDPOINT_DISABLED if is_new else None
    if after.failing_since is None:
        return TidingKind.ENDPOINT_RECOVERED if was_told else None
    is_long = at - after.failing_since >= FAILING_AFTER
    return TidingKind.ENDPOINT_FAILING if is_long and not was_told else None


def _tiding(
    kind: TidingKind, endpoint: Endpoint, *, since: datetime | None, at: datetime
) -> Tiding:
    parts = urlsplit(endpoint.url)
    host = parts.netloc.rpartition("@")[2]
    return Tiding(
        kind,
        at,
        endpoint.institution,
        endpoint=endpoint.id,
        dialect=endpoint.dialect,
        address=f"{parts.scheme}://{host}",
        since=since,
        detail=endpoint.reason,
    )
