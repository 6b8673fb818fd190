"""The composer: from Records to the Deliveries that one Subscription is owed."""

from collections.abc import Sequence
from datetime import datetime

from bitewing.engine.outbox.naming import new_id
from bitewing.model.delivery import Delivery
from bitewing.model.lanes import lane_of
from bitewing.model.record import Record
from bitewing.model.subscription import Subscription
from bitewing.ports.dialect import Dialect


def compose(
    dialect: Dialect,
    subscription: Subscription,
    records: Sequence[Record],
    *,
    now: datetime,
    workstation: str,
    is_ordered: bool,
) -> Delivery:
    """Render one Message; its bytes stay the same at every Attempt.

    ``is_ordered`` puts it into the Subscription's lane: one after another.
    """
    return Delivery(
        id=new_id(now),
        institution=subscription.institution,
        source=subscription.source,
        subscription=subscription.number,
        endpoint=subscription.endpoint,
        dialect=subscription.dialect,
        owner=subscription.owner,
        lanes=(lane_of(subscription.endpoint, subscription.number),) if is_ordered else (),
        event_name=subscription.event_name,
        records=tuple(record.key.number for record in records),
        workstation=workstation,
        body=dialect.compose(subscription.event_name, subscription.source, records),
        created_at=now,
        due_at=now,
    )
