"""Presenting: our Subscription as Open Dental's Subscriptions resource shows it."""

from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.catalogue import Family, announced_as
from bitewing.dialects.opendental.office_time import NO_MOMENT, write_wall
from bitewing.model.subscription import Subscription


def present(
    subscription: Subscription, *, customer_key: str, zone: ZoneInfo
) -> dict[str, str | int]:
    """Give the ten fields of the API Subscriptions page, in its order.

    DateTimeStart is the lower edge of the next window: it moves at every answered poll, which is
    how integrators see that their Subscription lives. Times are the office's.

    Raises:
        NotFoundError: the Subscription is for no Event of this dialect.
    """
    announced = announced_as(subscription.event_name)
    stops_at, every = subscription.stops_at, subscription.every
    return {
        "SubscriptionNum": subscription.number,
        "EndPointUrl": subscription.url,
        "Workstation": subscription.workstation,
        "CustomerKey": customer_key,
        "WatchTable": announced.name if announced.family is Family.WATCH_TABLE else "",
        "PollingSeconds": int(every.total_seconds()) if every else 0,
        "UiEventType": announced.name if announced.family is Family.UI_EVENT_TYPE else "",
        "DateTimeStart": write_wall(subscription.starts_at, zone),
        "DateTimeStop": write_wall(stops_at, zone) if stops_at else NO_MOMENT,
        "Note": subscription.note,
    }
