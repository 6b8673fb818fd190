"""The envelope: the JSON object of a Message around the resources that it tells of."""

from collections.abc import Sequence
from datetime import datetime

from bitewing.dialects.nexhealth.catalogue import announced_as
from bitewing.dialects.nexhealth.office_time import write_moment
from bitewing.dialects.nexhealth.resource import encode
from bitewing.model.event import Event
from bitewing.model.subscription import Subscription


def compose(
    subscription: Subscription, events: Sequence[Event], *, institution: int, at: datetime
) -> bytes:
    """Render a Message; the keys stand in the order of the examples.

    Args:
        subscription: whose wish this answers.
        events: several only if they have one name and share an array.
        institution: our id of the Subscription's Institution.
        at: ``event_time``.

    Raises:
        NotFoundError: there is no such Event.
        ValueError: these Events cannot share a Message.
    """
    first = events[0]
    announced = announced_as(first.name)
    if len(events) > 1 and not (announced.is_many and all(e.name == first.name for e in events)):
        raise ValueError(f"{len(events)} Events cannot share a Message of {first.name}")
    head = {
        "institution_id": institution,
        "subdomain": subscription.institution,
        "webhook_subscription_id": subscription.number,
        "resource_type": announced.resource_type,
        "event_name": f"{first.name}.{first.suffix}" if first.suffix else first.name,
        "event_time": write_moment(at),
    }
    content = b",".join([event.content for event in events])
    if announced.is_many:
        content = b"[%b]" % content
    previous = b"" if first.previous is None else b',"previous_attributes":' + first.previous
    # The resources are rendered already: the head is closed after them, not before.
    return b'%b,"data":{"%b":%b%b}}' % (
        encode(head)[:-1],
        announced.key.encode(),
        content,
        previous,
    )
