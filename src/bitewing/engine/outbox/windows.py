"""Windows: how a Subscription's Bookmark moves, page by page. Pure.

Open Dental's rule (API Events page, "Database Event"): DateTimeStart moves to the polled time
only when everything was acknowledged; otherwise all is sent again, three days back at most.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bitewing.model.subscription import THREE_DAYS, Bookmark, Subscription, Window

FIRST_PLACE = (-(2**63), -(2**63))
"""Before every place: keys may be negative."""

_LONGEST_BACKOFF = timedelta(minutes=1)
"""A receiver that comes back hears from us within this time."""


def floor_of(subscription: Subscription, polled_at: datetime) -> datetime:
    """Give the moment before which Records are left out: three days back, or a later start."""
    floor = polled_at - THREE_DAYS
    since = subscription.bookmark.since
    return max(floor, since) if since and subscription.bookmark.after is None else floor


def is_due(subscription: Subscription, *, now: datetime, polled_at: datetime) -> bool:
    """Tell whether a new window may be opened.

    ``now`` is our clock, ``polled_at`` the database's. At most one window in ``every``; none
    after DateTimeStop, before a start in the future, or while backing off.
    """
    if subscription.stops_at is not None and subscription.stops_at <= polled_at:
        return False
    if subscription.bookmark.after is None and subscription.starts_at > polled_at:
        return False
    return now >= due_at(subscription, now=now)


def due_at(subscription: Subscription, *, now: datetime) -> datetime:
    """Give the earliest moment of the next window (our clock)."""
    earliest = now
    if subscription.last_sent_at is not None and subscription.every is not None:
        # A clock that was set back must not silence the Subscription for longer than `every`.
        earliest = min(subscription.last_sent_at, now) + subscription.every
    if subscription.resume_at is not None:
        earliest = max(earliest, subscription.resume_at)
    return earliest


def opened(
    subscription: Subscription, window: Window, *, place: tuple[int, int], now: datetime
) -> Subscription:
    """The first page of a window has been composed."""
    return replace(subscription, window=replace(window, sent=place), last_sent_at=now)


def continued(subscription: Subscription, window: Window, place: tuple[int, int]) -> Subscription:
    """A further page of the open window has been composed."""
    return replace(subscription, window=replace(window, sent=place))


def completed(subscription: Subscription, window: Window) -> Subscription:
    """Every page of the window was acknowledged, or there was nothing to send."""
    return replace(
        subscription,
        bookmark=Bookmark(after=window.up_to),
        starts_at=window.polled_at,
        window=None,
        delivered=subscription.delivered + window.changes,
        expired=subscription.expired + window.expired,
        failures=0,
        failure="",
        resume_at=None,
    )


def failed(subscription: Subscription, *, reason: str, now: datetime) -> Subscription:
    """A page was not acknowledged: the Bookmark stays, all is composed anew after a pause."""
    failures = subscription.failures + 1
    every = subscription.every or timedelta(0)
    pause = min(timedelta(seconds=2 ** min(failures - 1, 10)), _LONGEST_BACKOFF)
    return replace(
        subscription,
        window=None,
        failures=failures,
        failure=reason,
        resume_at=now + max(pause, every),
    )
