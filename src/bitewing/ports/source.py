"""Source: reading one practice database. It never writes there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from bitewing.model.health import Finding
from bitewing.model.inquiry import Inquiry
from bitewing.model.origin import Origin
from bitewing.model.record import Record
from bitewing.model.watch import Depth, Digest, Reach, Watch


class Naming(Protocol):
    """What things are called by other tables at one moment (``confirmed``, ``provAbbr``, …).

    Attributes:
        mark: differs whenever something is called otherwise.
        watches: the Watches whose Records show such names.
    """

    @property
    def mark(self) -> str: ...  # noqa: D102 - see above

    @property
    def watches(self) -> frozenset[str]: ...  # noqa: D102 - see above

    def of(self, record: Record) -> Mapping[str, str]:
        """Give the names that a Record shows, as they are now."""
        ...


class Source(Protocol):
    """One practice database. Every method may raise SourceUnavailableError (try again later).

    Attributes:
        name, institution: from the configuration.
        zone: the office's time zone, in which DATETIME columns are written.
    """

    name: str
    institution: str
    zone: ZoneInfo

    async def open(self) -> None:
        """Connect, secure the session, and discover tables, keys and stamps.

        May be called again after a failure. Raises SourceRefusedError if the database may not
        be read as it is (a frozen snapshot, a missing table, another server than before).
        """
        ...

    async def close(self) -> None:
        """Give the connection back; further calls open it again."""
        ...

    @property
    def wanted(self) -> frozenset[str]:
        """The names of the Watches that are read where the database has their tables."""
        ...

    @property
    def watches(self) -> Sequence[Watch]:
        """What this database holds, children before parents; empty until opened."""
        ...

    async def reach(self) -> Reach:
        """Give the database's clock and how far a poll that starts now can see."""
        ...

    async def read_clock(self) -> datetime:
        """Give the database's clock (UTC, whole seconds) to a person; never waits for a poll."""
        ...

    async def keys_stamped_since(self, watch: Watch, low: datetime) -> list[int]:
        """Give the keys of all rows stamped at or after ``low``, by stamp: no bound, no limit."""
        ...

    async def read_after(self, watch: Watch, after: int | None, limit: int) -> list[Record]:
        """Give up to ``limit`` Records with keys above ``after``, in key order."""
        ...

    async def fetch(self, watch: Watch, numbers: Sequence[int]) -> list[Record]:
        """Give the Records with these keys that still exist, in any order."""
        ...

    async def count(self, watch: Watch) -> int:
        """Give how many rows there are."""
        ...

    async def digest_after(
        self, watch: Watch, depth: Depth, *, after: int | None, limit: int
    ) -> Digest:
        """Give the digest of the next ``limit`` rows with keys above ``after``, in key order."""
        ...

    async def outlines(
        self, watch: Watch, depth: Depth, *, after: int | None, up_to: int | None
    ) -> dict[int, int]:
        """Give key → 64 bits (mark or digest, by depth) of the rows in (``after``, ``up_to``].

        None is no edge on that side.
        """
        ...

    async def digests_stamped_since(self, watch: Watch, low: datetime) -> dict[int, int]:
        """Give key → 64 bits of all columns, for the rows stamped at or after ``low``."""
        ...

    async def origin(self) -> Origin:
        """Say which database this is, and what its tables look like."""
        ...

    async def pulse(self) -> str:
        """Give a text that is another when something may have changed; cheap, and a hint only.

        It may stay the same although something changed, and differ although nothing did.
        """
        ...

    async def wait_for_write(self) -> bool:
        """Return True once the server tells that something was written; a hint, like ``pulse``.

        Returns False if it does not tell: ``pulse`` must do.
        """
        ...

    async def find(self, inquiry: Inquiry) -> list[Record]:
        """Give the Records that answer the inquiry, read from the database now."""
        ...

    async def naming(self) -> Naming:
        """Read what things are called now; the tables are small."""
        ...

    async def examine(self) -> list[Finding]:
        """Look at rights, clock, zone, engines, stamps and indexes, for ``doctor``."""
        ...
