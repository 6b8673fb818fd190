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
"""A receiver that comes back hears from us within this time, unless it asked for more."""


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
    if is_over(subscription, polled_at=polled_at):
        return False
    if subscription.bookmark.after is None and subscription.starts_at > polled_at:
        return False
    return now >= due_at(subscription, now=now)


def is_over(subscription: Subscription, *, polled_at: datetime) -> bool:
    """Tell whether DateTimeStop has come; then neither a window nor a page of one follows."""
    return subscription.stops_at is not None and subscription.stops_at <= polled_at


def due_at(subscription: Subscription, *, now: datetime) -> datetime:
    """Give the earliest moment of the next window (our clock)."""
    last = subscription.last_sent_at
    if last is not None and last > now:
        # Our clock was set back: its moments mean nothing, and must not silence anybody.
        return now
    moments = [now]
    if last is not None and subscription.every is not None:
        moments.append(last + subscription.every)
    if subscription.resume_at is not None:
        moments.append(subscription.resume_at)
    return max(moments)


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


def ended(subscription: Subscription) -> Subscription:
    """DateTimeStop came between two pages: the Bookmark stays; a later stop composes all anew."""
    return replace(subscription, window=None)


def failed(
    subscription: Subscription,
    *,
    reason: str,
    now: datetime,
    retry_after: timedelta | None = None,
) -> Subscription:
    """A page was not acknowledged: the Bookmark stays, all is composed anew after a pause.

    The pause grows with the failures in a row; it is never shorter than ``every`` nor than
    what the receiver asked for (Retry-After, RFC 9110, 10.2.3).
    """
    failures = subscription.failures + 1
    every = subscription.every or timedelta(0)
    pause = min(timedelta(seconds=2 ** min(failures - 1, 10)), _LONGEST_BACKOFF)
    return replace(
        subscription,
        window=None,
        failures=failures,
        failure=reason,
        resume_at=now + max(pause, every, retry_after or pause),
    )
