"""A Subscription: a wish that these Events reach this Endpoint at this Pace."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

THREE_DAYS = timedelta(days=3)
"""How far back an Open Dental Subscription catches up (API Events page, "Database Event")."""


class EndpointState(StrEnum):
    """Whether we send to an Endpoint."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver's address. One per URL and owner, shared by the Subscriptions that name it."""

    id: int
    institution: str
    owner: str
    url: str
    state: EndpointState = EndpointState.ACTIVE


@dataclass(frozen=True, slots=True)
class Wish:
    """What a Subscription shall be, as a person asked for it and a Dialect has checked it.

    Attributes:
        url: where the Events shall go, to the letter.
        event_name: in the dialect's words (``WatchTable: Appointment``).
        watch: the Watch that feeds it; None for UI events.
        every: at most one window in this time; None for UI events.
        workstation: "" is any.
        note: the owner's own words.
        starts_at: UTC; None is now for a new Subscription, and unchanged for an old one.
        stops_at: UTC; None is never.
    """

    url: str
    event_name: str
    watch: str | None
    every: timedelta | None
    workstation: str
    note: str
    starts_at: datetime | None
    stops_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A Subscription's place in a Source's Changes.

    A Record belongs to the next window when its last Change is numbered above ``after``, or
    when it changed at or after ``since``.

    Attributes:
        after: the number of the last Change that the receiver has acknowledged; None while the
            Subscription waits for a start in the future.
        since: a start that a person has set and that no window has yet answered (database
            clock, UTC); None normally.
    """

    after: int | None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The Changes that are being delivered to one Subscription right now, page by page.

    Attributes:
        up_to: the number of the last Change that belongs to it.
        polled_at: the database's clock (UTC) up to which it is complete; becomes DateTimeStart.
        floor: Records that last changed before this (database clock, UTC) are too old to send.
        sent: the place (order value, Record number) behind the last page composed.
        changes: how many Changes it announces.
        expired: how many Changes were too old (older than the floor).
    """

    up_to: int
    polled_at: datetime
    floor: datetime
    sent: tuple[int, int]
    changes: int
    expired: int


@dataclass(frozen=True, slots=True)
class Subscription:
    """A wish, in the words shared by all dialects.

    Attributes:
        number: our number for it; Open Dental's SubscriptionNum.
        institution, source: whose Changes.
        dialect: the name of the Dialect that speaks to the receiver.
        owner: fingerprint of the credential that created it; only its bearer sees it.
        endpoint: the Endpoint's id.
        url: the Endpoint's URL.
        event_name: what is wished for, in the dialect's words (``WatchTable: Appointment``).
        watch: the Watch whose Changes feed it; None for UI events.
        every: at most one window in this time; None is at once.
        workstation: the machine that UI events must come from; "" is any.
        note: the owner's own words.
        starts_at: the lower edge of the next window (database clock, UTC): DateTimeStart.
        stops_at: from then on nothing is sent (database clock, UTC); None is never.
        bookmark: the place in the Changes.
        window: what is being delivered now, if anything.
        last_sent_at: when a message was last composed (our clock, UTC).
        failures: windows failed in a row.
        failure: why the last one failed, in plain words; "" when it did not.
        resume_at: no window before then after a failure (our clock, UTC).
        delivered, expired: Changes acknowledged, and given up because they were too old.
        first_change: the number of the last Change that was there before the Subscription.
    """

    number: int
    institution: str
    source: str
    dialect: str
    owner: str
    endpoint: int
    url: str
    event_name: str
    watch: str | None
    every: timedelta | None
    workstation: str
    note: str
    starts_at: datetime
    stops_at: datetime | None
    bookmark: Bookmark
    window: Window | None = None
    last_sent_at: datetime | None = None
    failures: int = 0
    failure: str = ""
    resume_at: datetime | None = None
    delivered: int = 0
    expired: int = 0
    first_change: int = 0
