"""Store: everything that bitewing remembers, changed in transactions.

A piece of work is a plain function that is given a Transaction. It runs to its end or not at all;
it may be run together with other pieces in one commit; it touches nothing but the store.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bitewing.model.change import Change
from bitewing.model.origin import Origin
from bitewing.model.subscription import Endpoint, Subscription
from bitewing.model.watch import Cursor
from bitewing.ports.identities import Identities
from bitewing.ports.lights import ShownLights
from bitewing.ports.outbox import Outbox
from bitewing.ports.records import Records
from bitewing.ports.told import Told
from bitewing.ports.writes import Writes

T = TypeVar("T")


class Cursors(Protocol):
    """How far each Watch of each Source has been read."""

    def get(self, source: str, watch: str) -> Cursor | None:
        """Give the Cursor; None before the first reading has begun."""
        ...

    def put(self, source: str, watch: str, cursor: Cursor) -> None:
        """Remember it."""
        ...


class Origins(Protocol):
    """Which database each Source read last."""

    def get(self, source: str) -> Origin | None:
        """Give it; None before the Source was opened for the first time."""
        ...

    def put(self, source: str, origin: Origin) -> None:
        """Remember it."""
        ...


class Changes(Protocol):
    """The Changes of each Source, densely numbered from 1."""

    def latest(self, source: str) -> int:
        """Give the number of the last Change; 0 before the first."""
        ...

    def append(self, source: str, changes: Sequence[Change]) -> None:
        """Add Changes whose numbers follow the latest without a gap."""
        ...

    def between(self, source: str, since: int, until: int, limit: int) -> list[Change]:
        """Give up to ``limit`` Changes numbered from ``since`` to ``until``, both included."""
        ...

    def count(
        self, source: str, feed: str | None, *, after: int, up_to: int, before: datetime | None
    ) -> int:
        """Count Changes numbered in (``after``, ``up_to``] of one feed, or of all.

        With ``before``, only those that changed before that moment. Those that were forgotten
        count only where ``after`` is 0 and there is no ``before``.
        """
        ...

    def sources(self) -> list[str]:
        """Give the Sources of which there were Changes, by name."""
        ...

    def earliest(self, source: str) -> int:
        """Give the number of the oldest that is kept; behind the latest where none is."""
        ...

    def aged(self, source: str, before: datetime, limit: int) -> int:
        """Give the number up to which all that is kept was noticed before a moment.

        Of at most ``limit`` Changes, the oldest; the moment is by our clock, UTC. 0 is none.
        """
        ...

    def forget(self, source: str, up_to: int) -> None:
        """Forget those numbered up to ``up_to``; how many they were is remembered."""
        ...


class Endpoints(Protocol):
    """The receivers. A store may seal what is secret of them."""

    def obtain(self, wished: Endpoint) -> Endpoint:
        """Give the oldest one with this institution, owner, dialect and URL, or add this one."""
        ...

    def add(self, endpoint: Endpoint) -> Endpoint:
        """Remember a new one; its ``id`` is given here and never again to another."""
        ...

    def get(self, number: int) -> Endpoint | None:
        """Give one by its id."""
        ...

    def put(self, endpoint: Endpoint) -> None:
        """Change one. Nothing happens if it has been removed meanwhile."""
        ...

    def remove(self, number: int) -> None:
        """Remove one."""
        ...

    def of_owner(self, owner: str) -> list[Endpoint]:
        """Give those of one credential, by id."""
        ...

    def all(self) -> list[Endpoint]:
        """Give all, by id."""
        ...


class Subscriptions(Protocol):
    """The wishes."""

    def add(self, subscription: Subscription) -> Subscription:
        """Remember a new one; its ``number`` is given here and never again to another."""
        ...

    def get(self, number: int) -> Subscription | None:
        """Give one."""
        ...

    def of_owner(self, owner: str) -> list[Subscription]:
        """Give those of one credential, by number."""
        ...

    def of_endpoint(self, endpoint: int) -> list[Subscription]:
        """Give those that name one Endpoint, by number."""
        ...

    def active(self, institution: str, dialect: str) -> list[Subscription]:
        """Give an institution's active ones of one dialect, by number."""
        ...

    def all(self) -> list[Subscription]:
        """Give all, by number."""
        ...

    def put(self, subscription: Subscription) -> None:
        """Change one. Nothing happens if it has been removed meanwhile."""
        ...

    def remove(self, number: int) -> None:
        """Remove one."""
        ...


class Selections(Protocol):
    """Which patient was last selected on which workstation."""

    def get(self, source: str, workstation: str) -> int | None:
        """Give the patient's number. Workstations differ regardless of letter case."""
        ...

    def put(self, source: str, workstation: str, patient: int) -> None:
        """Remember it."""
        ...


class Transaction(Protocol):
    """The collections, inside one piece of work."""

    cursors: Cursors
    origins: Origins
    records: Records
    changes: Changes
    endpoints: Endpoints
    subscriptions: Subscriptions
    outbox: Outbox
    selections: Selections
    identities: Identities
    lights: ShownLights
    told: Told
    writes: Writes


class Store(Protocol):
    """Where everything is remembered. All methods may raise StoreUnavailableError."""

    async def open(self) -> None:
        """Open it, bringing its tables up to date.

        A store that only one process may have also makes pending what its dead predecessor
        had claimed.

        Raises:
            StoreInUseError: another process has it.
        """
        ...

    async def close(self) -> None:
        """Finish what was asked, then close."""
        ...

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a piece of work; return when it is durable.

        What the work raises comes out here, and then nothing of it was stored.
        """
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run a piece of work that only reads, on a consistent picture of the store."""
        ...

    async def peek(self, work: Callable[[Transaction], T]) -> T:
        """Run a piece of work that only reads, without opening; another process may have it."""
        ...
