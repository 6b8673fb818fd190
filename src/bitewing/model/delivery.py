"""A Delivery: a composed Message owed to an Endpoint, and what came of sending it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class DeliveryState(StrEnum):
    """Where a Delivery stands; see ``TRANSITIONS`` for what may follow what.

    A held one is kept while its Endpoint is disabled, and after that until a person decides.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    HELD = "held"
    DELIVERED = "delivered"
    EXHAUSTED = "exhausted"
    CANCELLED = "cancelled"


TRANSITIONS: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset(
        {
            DeliveryState.CLAIMED,
            DeliveryState.HELD,
            DeliveryState.CANCELLED,
            DeliveryState.DELIVERED,  # the answer came when the claim had run out
        }
    ),
    DeliveryState.CLAIMED: frozenset(
        {
            DeliveryState.PENDING,
            DeliveryState.HELD,
            DeliveryState.DELIVERED,
            DeliveryState.EXHAUSTED,
            DeliveryState.CANCELLED,
        }
    ),
    DeliveryState.HELD: frozenset({DeliveryState.PENDING, DeliveryState.CANCELLED}),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.EXHAUSTED: frozenset(),
    DeliveryState.CANCELLED: frozenset(),
}


class Delivery(NamedTuple):
    """One Message owed to one Endpoint. Its body is the same at every Attempt.

    Where it goes, and with which secret and further headers, is the Endpoint's matter at the
    moment of each Attempt. What every Delivery makes anew are tuples with names: the making of
    a frozen dataclass costs three times as much.

    Attributes:
        id: unique for ever.
        lanes: it goes out only when it is the oldest unsettled one in each of these; see
            ``bitewing.model.lanes``. Without any it goes out at once.
        event_name: in the dialect's words (``WatchTable: Appointment``).
        records: the Records' primary keys, for people who search; never names.
        workstation: which machine it is said to come from.
        body: the exact bytes.
        created_at, due_at, claimed_until: our clock, UTC.
        attempts: how often it has been tried.
        first_tried_at: when its first Attempt began, from which retries are counted (our clock,
            UTC); None before.
        replay_of: the id of the Delivery that a person has asked to repeat; None normally.
    """

    id: str
    institution: str
    source: str
    subscription: int
    endpoint: int
    dialect: str
    owner: str
    lanes: tuple[int, ...]
    event_name: str
    records: tuple[int, ...]
    workstation: str
    body: bytes
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    claimed_until: datetime | None = None
    first_tried_at: datetime | None = None
    replay_of: str | None = None

    @property
    def message_id(self) -> str:
        """The receiver's key for telling repeats (``webhook-id``); a replay is a repeat."""
        return self.replay_of or self.id

    def __repr__(self) -> str:
        """Say which it is, without the patients' data in its body."""
        return f"Delivery(id={self.id!r}, state={self.state.value!r}, attempts={self.attempts})"


Headers = tuple[tuple[str, str], ...]
"""Header lines in the order and letter case in which they are sent."""


class Destination(NamedTuple):
    """Where Messages go.

    Attributes:
        timeout: how long an exchange may take.
        ca_pem: the certificate authorities that verify the receiver; None is the usual ones.
    """

    url: str
    timeout: timedelta
    ca_pem: str | None = None

    def __repr__(self) -> str:
        """Say nothing of the credentials that a URL may bear."""
        return "Destination()"


class OutcomeKind(StrEnum):
    """What came of one exchange with a receiver."""

    ANSWERED = "answered"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    UNRESOLVED = "unresolved"
    TLS_FAILED = "tls_failed"
    BLOCKED = "blocked"
    TOO_LARGE = "too_large"
    BROKEN = "broken"


class Timings(NamedTuple):
    """How long each phase took, in milliseconds; None where the phase was not reached or needed."""

    resolve: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float = 0.0


_TAKEN = frozenset(range(200, 300))  # RFC 9110, 15.3


class Outcome(NamedTuple):
    """What came of one exchange.

    Attributes:
        kind: see OutcomeKind.
        status: the HTTP status if an answer came.
        detail: plain words for people, without any content of the Message.
        retry_after: what the receiver asked for, from the end of the exchange.
        address: the IP address that was connected to; "" if none was.
        timings: the phases.
    """

    kind: OutcomeKind
    status: int | None = None
    detail: str = ""
    retry_after: timedelta | None = None
    address: str = ""
    timings: Timings = Timings()

    @property
    def is_acknowledged(self) -> bool:
        """Whether the receiver has taken the Message: any 2xx, nothing else."""
        return self.status in _TAKEN and self.kind is OutcomeKind.ANSWERED


class Attempt(NamedTuple):
    """One exchange, as it is remembered."""

    delivery: str
    ordinal: int
    started_at: datetime
    outcome: Outcome


class Claim(NamedTuple):
    """A Delivery that is somebody's to send.

    Attributes:
        until: for how long (our clock, UTC).
        place: where the outbox has it.
    """

    delivery: Delivery
    until: datetime
    place: int


class Sent(NamedTuple):
    """A claim that was sent, and what came of it.

    Attributes:
        started_at, ended_at: when the exchange began, and when its end was known (our clock, UTC).
        is_taken: whether the receiver has acknowledged it.
    """

    claim: Claim
    started_at: datetime
    outcome: Outcome
    ended_at: datetime
    is_taken: bool

    @property
    def attempt(self) -> Attempt:
        """The Attempt that this was."""
        delivery = self.claim.delivery
        return Attempt(delivery.id, delivery.attempts + 1, self.started_at, self.outcome)


class Settlement(NamedTuple):
    """What one Attempt did to its Delivery.

    Attributes:
        state: what the claimed Delivery becomes.
        due_at: the next try (our clock, UTC) when it becomes pending, else None.
        keeps_body: whether it may be sent again some day, so that its bytes are kept.
        delay: by how much later its first Attempt counts as begun from now on.
    """

    attempt: Attempt
    state: DeliveryState
    due_at: datetime | None = None
    keeps_body: bool = True
    delay: timedelta = timedelta(0)
