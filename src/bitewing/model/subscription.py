"""A Subscription: a wish that these Events reach this Endpoint at this Pace."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from bitewing.model.delivery import Headers

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""When a thing was made that is older than our remembering of it."""

THREE_DAYS = timedelta(days=3)
"""How far back an Open Dental Subscription catches up (API Events page, "Database Event")."""


class EndpointState(StrEnum):
    """Whether we send to an Endpoint.

    What is owed to a paused one waits; what is owed to a disabled one is held.
    """

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


CONCURRENCY = 8
"""Exchanges with one Endpoint at once, unless it is configured otherwise."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver's address, shared by the Subscriptions that name it.

    Attributes:
        institution: whose; "" belongs to an account with several institutions.
        owner: fingerprint of the credential that created it; only its bearer sees it.
        dialect: the name of the Dialect that it understands.
        reason: why it is not active, in plain words; "" when it is.
        secret: what Messages to it are signed with, as its owner writes it (``whsec_…``).
        old_secret, old_secret_until: the one before, and until when (our clock, UTC) Messages
            are signed with it too; "" and None when there is none.
        headers: further header lines of every Message to it; may bear credentials.
        ca_pem: the certificate authorities that it is verified by, in place of the system's.
        concurrency: exchanges under way at once, at the most.
        per_second: Messages begun per second, at the most; None is no limit.
        is_ordered: whether Messages go out strictly one after another, in their order.
        failing_since: when the first Attempt began since which none has succeeded (our clock,
            UTC); None when the last one succeeded.
        parked_until: so long (our clock, UTC) only probes go out, because it failed again and
            again; None normally.
        created_at, updated_at: when a person made and last changed it (our clock, UTC).
    """

    id: int
    institution: str
    owner: str
    url: str = field(repr=False)
    dialect: str
    created_at: datetime
    updated_at: datetime
    state: EndpointState = EndpointState.ACTIVE
    reason: str = ""
    secret: str = field(default="", repr=False)
    old_secret: str = field(default="", repr=False)
    old_secret_until: datetime | None = None
    headers: Headers = field(default=(), repr=False)
    ca_pem: str | None = field(default=None, repr=False)
    concurrency: int = CONCURRENCY
    per_second: float | None = None
    is_ordered: bool = False
    failing_since: datetime | None = None
    parked_until: datetime | None = None


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

    url: str = field(repr=False)
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
        institution, source: whose Changes; source "" is every Source of the institution.
        dialect: the name of the Dialect that speaks to the receiver.
        owner: fingerprint of the credential that created it; only its bearer sees it.
        endpoint: the Endpoint's id.
        url: the Endpoint's URL.
        event_name: what is wished for, in the dialect's words (``WatchTable: Appointment``).
        watch: the Watch whose Changes feed it window by window; None for UI events, and for
            Events that are announced at once.
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
        unwished: how many Changes of its Watch those were.
        is_active: whether anything is composed for it.
        created_at, updated_at: when a person made and last changed it (our clock, UTC).
        locations: our ids of the Locations whose Events it wishes for; () is all.
        version: the version of the dialect's Events, where the dialect pins it (``v2``).
    """

    number: int
    institution: str
    source: str
    dialect: str
    owner: str
    endpoint: int
    url: str = field(repr=False)
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
    is_active: bool = True
    created_at: datetime = EPOCH
    updated_at: datetime = EPOCH
    locations: tuple[int, ...] = ()
    version: str = ""
    unwished: int = 0
