"""A Line: what waits in memory for one Endpoint, and what the Endpoint can take just now."""

from collections import deque
from collections.abc import Sequence, Set as AbstractSet
from datetime import datetime, timedelta
from math import ceil

from bitewing.engine.delivery.breaker import TRIP, Breaker
from bitewing.model.delivery import Claim, Outcome
from bitewing.model.subscription import Endpoint, EndpointState

FIRST_ROOM, FULL_ROOM = 4, 1024
"""Deliveries claimed ahead: at first, and at most; what comes past the outbox may be more."""

LOOK_SECONDS = 1.0
"""Each Line is looked through so often for claims that have become old."""

_THROTTLING = frozenset({429, 502, 504})
"""Answers that say "not so fast" (RFC 9110, 15.6; RFC 6585, 4)."""

_REST, _LONGEST_REST = timedelta(seconds=1), timedelta(minutes=5)

_TRUSTED_PACE, _PROBING_PACE = 2.0, 1.0


class Line:
    """Claimed Deliveries to one Endpoint, first tries and retries apart.

    The pace is how many exchanges it may have at once: it grows with every success up to the
    Endpoint's concurrency, and is halved by every failure, so that one that hangs holds few
    connections.

    Attributes:
        endpoint: as it stood when it was last looked at.
        under_way: exchanges that have begun and not ended.
        breaker: how it has fared.
        wants_more, wants_retries: whether there is more in the outbox than was claimed.
        is_removed: whether it is no longer there; what it was owed ends without a Message.
        is_trusted: whether the last that was heard of it is good.
        is_ready: whether it stands among those that may send.
        oldest_due_at: while it is parked, when its oldest failing Delivery is due (our clock,
            UTC); None if there is none.
        asks_oldest: whether that has to be asked for.
        average_bytes: of a body, lately.
        read_at: when the Endpoint was last looked at (monotonic seconds).
        look_at: when to look for claims that have become old (monotonic seconds).
    """

    __slots__ = (
        "_fresh",
        "_pace",
        "_parks",
        "_rests_until",
        "_retries",
        "_room",
        "_taken",
        "_taken_lately",
        "_was_retry",
        "asks_oldest",
        "average_bytes",
        "breaker",
        "endpoint",
        "is_ready",
        "is_removed",
        "is_trusted",
        "look_at",
        "oldest_due_at",
        "read_at",
        "under_way",
        "wants_more",
        "wants_retries",
    )

    def __init__(self, endpoint: Endpoint, *, parks: bool) -> None:
        """``parks`` lets failures slow it down; without retries there is nothing to spare."""
        self.endpoint = endpoint
        self.is_removed = False
        self._parks = parks
        self.under_way = 0
        failures = TRIP if endpoint.parked_until else int(endpoint.failing_since is not None)
        self.breaker = Breaker(failures, endpoint.parked_until) if parks else Breaker()
        self.is_trusted = self.breaker.failures == 0
        self.wants_more = self.wants_retries = self.is_ready = False
        self.asks_oldest = self.breaker.is_parked
        self.oldest_due_at: datetime | None = None
        self.read_at = self.look_at = 0.0
        self.average_bytes = 0.0
        self._fresh: deque[Claim] = deque()
        self._retries: deque[Claim] = deque()
        self._pace = _PROBING_PACE if endpoint.failing_since else _TRUSTED_PACE
        if not parks:
            self._pace = float(endpoint.concurrency)
        self._rests_until: float = 0.0
        self._room = FIRST_ROOM
        self._taken = self._taken_lately = 0
        self._was_retry = True

    @property
    def is_open(self) -> bool:
        """Whether Messages are sent to it, be it but probes; what a removed one is owed ends."""
        return self.is_removed or self.endpoint.state is EndpointState.ACTIVE

    @property
    def is_well(self) -> bool:
        """Whether nothing is remembered against the Endpoint."""
        return self.endpoint.failing_since is None and self.endpoint.parked_until is None

    def learn(self, endpoint: Endpoint, monotonic: float, *, is_removed: bool = False) -> None:
        """Note how the Endpoint stands; one that a person has activated starts afresh."""
        self.is_removed = is_removed
        was_touched = endpoint.updated_at != self.endpoint.updated_at
        is_well = was_touched and self.breaker.failures and endpoint.failing_since is None
        if is_well or is_removed:
            self.breaker, self.is_trusted = Breaker(), True
            self._pace, self._rests_until = _TRUSTED_PACE, 0.0
        most = float(endpoint.concurrency)
        self._pace = min(self._pace, most) if self._parks else most
        self.endpoint, self.read_at = endpoint, monotonic

    @property
    def waiting(self) -> int:
        """How many are claimed and not yet sent."""
        return len(self._fresh) + len(self._retries)

    def sendable(self, monotonic: float) -> int:
        """Give how many may go out now."""
        waiting = len(self._fresh) + len(self._retries)
        if not waiting or monotonic < self._rests_until:
            return 0
        may_begin = ceil(self._pace - self.under_way)
        if self.endpoint.per_second is not None:
            may_begin = min(1, may_begin)
        return max(0, min(waiting, may_begin))

    def rests_for(self, monotonic: float) -> float:
        """Give for how many seconds it may not send though it has something to send; else 0."""
        return max(0.0, self._rests_until - monotonic) if self.waiting else 0.0

    def widen(self) -> None:
        """Claim more ahead where there is more, and what was claimed did not last."""
        if not self._fresh:
            self._room = min(FULL_ROOM, self._room * 2)

    def needs(self, *, is_retry: bool) -> int:
        """Give how many more to claim; 0 while at least half of the room is taken."""
        waiting = len(self._retries if is_retry else self._fresh)
        return self._room - waiting if waiting * 2 <= self._room else 0

    def spare(self, free: int, monotonic: float) -> int:
        """Give how many first tries may come here past the outbox, where none waits for it.

        As many may wait as were taken in the last second or two, and some more, but no more than
        half of what is ``free`` for all: whoever is fast leaves room for others.
        """
        is_at_ease = self.is_open and not self.is_removed and self.is_trusted
        if not is_at_ease or self.wants_more or self.wants_retries:
            return 0
        is_old = monotonic > self.look_at + LOOK_SECONDS
        lately = 0 if is_old else max(self._taken, self._taken_lately)
        return min(FULL_ROOM + lately, free // 2) - len(self._fresh)

    def add(self, claims: Sequence[Claim], *, is_retry: bool) -> None:
        """Let these wait here."""
        (self._retries if is_retry else self._fresh).extend(claims)
        for claim in claims[:8]:
            self.average_bytes += (len(claim.delivery.body) - self.average_bytes) / 8

    def take(self, number: int, monotonic: float) -> list[Claim]:
        """Give the next to send, no more than are sendable: first tries and retries by turns."""
        fresh, retries = self._fresh, self._retries
        if retries:
            taken = [self._next() for _ in range(number)]
        else:
            taken = [fresh.popleft() for _ in range(number)]
            self._was_retry = False
        self.under_way += number
        if self.endpoint.per_second is not None:
            rest = number / self.endpoint.per_second
            self._rests_until = max(self._rests_until, monotonic) + rest
        return taken

    def _next(self) -> Claim:
        fresh, retries = self._fresh, self._retries
        self._was_retry = bool(retries) and (not self._was_retry or not fresh)
        return (retries if self._was_retry else fresh).popleft()

    def taken(self, number: int) -> None:
        """So many Messages were taken, one behind the other: all is well."""
        if not number:
            return
        self.under_way -= number
        self._taken += number
        if self._pace < self.endpoint.concurrency:
            self._pace = min(self._pace + number, self.endpoint.concurrency)
        if not self.is_trusted:
            self.is_trusted = True
            self.breaker = self.breaker.taken()

    def failed(self, outcome: Outcome, *, now: datetime, monotonic: float) -> None:
        """A Message was not taken: learn from it."""
        self.under_way -= 1
        if self.is_removed:
            return
        self.is_trusted = False
        if not self._parks:
            return
        self.asks_oldest = True
        self._pace = max(1.0, self._pace / 2)
        self.breaker = self.breaker.failed(now)
        if outcome.status in _THROTTLING or outcome.retry_after is not None:
            rest = min(outcome.retry_after or _REST, _LONGEST_REST)
            self._rests_until = max(self._rests_until, monotonic + rest.total_seconds())

    def overdue(self, before: datetime) -> list[Claim]:
        """Take out what waits here under a claim that ends ``before`` (our clock, UTC).

        What was taken since the last time is what is taken lately.
        """
        self._taken, self._taken_lately = 0, self._taken
        left: list[Claim] = []
        for waiting in (self._fresh, self._retries):
            while waiting and waiting[0].until < before:
                left.append(waiting.popleft())
        if left:
            self._room = max(FIRST_ROOM, self._room // 2)
        return left

    def take_out(self, deliveries: AbstractSet[str]) -> list[Claim]:
        """Take out those of these that wait here and give them."""
        found: list[Claim] = []
        for waiting in (self._fresh, self._retries):
            meant = [claim for claim in waiting if claim.delivery.id in deliveries]
            if meant:
                kept = [claim for claim in waiting if claim.delivery.id not in deliveries]
                waiting.clear()
                waiting.extend(kept)
                found += meant
        return found

    def clear(self) -> list[Claim]:
        """Take out all that waits here and give it."""
        left = [*self._fresh, *self._retries]
        self._fresh.clear()
        self._retries.clear()
        return left
