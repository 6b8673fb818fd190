"""Outbox: the Deliveries and their Attempts, inside one piece of work."""

from collections.abc import Sequence, Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bitewing.model.delivery import Attempt, Claim, Delivery, DeliveryState, Sent, Settlement


@dataclass(frozen=True, slots=True)
class Turn:
    """When the next Delivery to an Endpoint, of those that their lanes let go, is due.

    Attributes:
        is_retry: whether it has been tried before.
        due_at: our clock, UTC.
    """

    endpoint: int
    is_retry: bool
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Want:
    """How many Deliveries a worker wants for an Endpoint: first tries, or retries.

    Attributes:
        is_oldest: whether only the retry that was first tried before all others is wanted.
    """

    endpoint: int
    is_retry: bool
    limit: int
    is_oldest: bool = False


@dataclass(frozen=True, slots=True)
class Sought:
    """Which Deliveries a person means; what is None says nothing.

    Attributes:
        owner, endpoint, subscription, event_name: whose, to whom, about what.
        states: at least one.
        since, until: made in this time (our clock, UTC), the end not included.
        is_untried: whether only those that were never tried are meant.
        delivery: one alone, by its id.
    """

    states: frozenset[DeliveryState]
    owner: str | None = None
    endpoint: int | None = None
    subscription: int | None = None
    event_name: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    is_untried: bool = False
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of the Deliveries that are meant go to one Endpoint, and how old the oldest is."""

    endpoint: int
    count: int
    oldest_at: datetime


class Reception(Protocol):
    """Takes Deliveries over as they are added, so that they need not be claimed afterwards."""

    def admit(self, deliveries: Sequence[Delivery]) -> Sequence[datetime | None]:
        """Give for each until when it is claimed if it is added now; None if it has to wait.

        None of them was tried before. Called by the store, inside a piece of work and in
        whatever thread that runs.
        """
        ...

    def arrive(self, claims: Sequence[Claim]) -> None:
        """Take these, which are durable. Called by the store, in the event loop."""
        ...

    def recall(self, deliveries: AbstractSet[str]) -> None:
        """Give back those of these that are not under way: they were cancelled while claimed.

        Called by the store, in the event loop.
        """
        ...


class Outbox(Protocol):
    """The Deliveries and their Attempts."""

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """Owe these. Those that could go out at once are claimed if the Reception admits them.

        Raises:
            ValueError: one of them names a lane twice.
        """
        ...

    def get(self, delivery: str) -> Delivery | None:
        """Give one, whatever its state."""
        ...

    def claim(self, now: datetime, until: datetime, want: Want) -> list[Claim]:
        """Make due Deliveries ours, those due longest first; of a lane only the oldest."""
        ...

    def give_back(self, deliveries: Sequence[str]) -> None:
        """Make claimed Deliveries pending again that were not sent.

        Those that ``cancel`` met while they were claimed are cancelled instead.
        """
        ...

    def oldest_retry(self, endpoint: int) -> datetime | None:
        """Give when the failing Delivery of an Endpoint that was first tried first is due."""
        ...

    def settle_taken(self, taken: Sequence[Sent]) -> int:
        """Settle as delivered what receivers have acknowledged; give how many that moved.

        As ``settle`` does, but what is still claimed as it was sent need not be looked for.
        """
        ...

    def settle(self, settlements: Sequence[Settlement]) -> set[str]:
        """Remember Attempts and move their claimed Deliveries on; give the ids of those moved.

        The first Attempt's beginning is remembered as the Delivery's. One that was no longer
        claimed (it was rescued) keeps the Attempt alone, but is delivered if it was taken and
        is pending. The bytes are dropped where the Settlement says so.
        """
        ...

    def cancel(self, subscription: int, limit: int) -> int:
        """Cancel up to ``limit`` pending and held Deliveries of a Subscription; give how many.

        All those under way go on, but are never sent again: where they are not taken they are
        cancelled.
        """
        ...

    def hold(self, endpoint: int, limit: int) -> int:
        """Hold up to ``limit`` pending Deliveries of an Endpoint; give how many.

        Held ones have left their lanes.
        """
        ...

    def survey(self, sought: Sought) -> list[Share]:
        """Give how many Deliveries are meant, Endpoint by Endpoint. May take a while: read it."""
        ...

    def seek(self, sought: Sought, *, after: int, limit: int) -> list[tuple[int, str]]:
        """Give places and ids of the next Deliveries that are meant, behind a place.

        Places rise with every ``add`` and ``resume``; ``last`` is behind all of them.
        """
        ...

    def last(self) -> int:
        """Give the place behind all Deliveries."""
        ...

    def resume(self, deliveries: Sequence[str], due_at: datetime) -> int:
        """Make held Deliveries pending, behind all others in their lanes; give how many.

        Their retries are counted from their next Attempt.
        """
        ...

    def rescue(self, now: datetime) -> int:
        """Make the claims that ran out by ``now`` pending again; give how many.

        Those that ``cancel`` met while they were claimed are cancelled instead.
        """
        ...

    def prune(self, before: datetime, limit: int) -> int:
        """Forget the oldest settled ones made before a moment, at most so many; give how many."""
        ...

    def outstanding(self, subscription: int) -> int:
        """Count a Subscription's pending and claimed Deliveries; held ones wait for a person."""
        ...

    def turns(self) -> list[Turn]:
        """Give the next turn of each Endpoint, apart for first tries and retries."""
        ...

    def attempts(self, delivery: str) -> list[Attempt]:
        """Give the Attempts of one Delivery, oldest first."""
        ...

    def tally(self) -> dict[DeliveryState, int]:
        """Count the Deliveries by state."""
        ...

    def recent(self, limit: int) -> list[Delivery]:
        """Give the newest Deliveries, newest first."""
        ...
