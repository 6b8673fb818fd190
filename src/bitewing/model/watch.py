"""A Watch: one kind of Record in a Source, and how far it has been read."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Watch:
    """One kind of Record: Open Dental's name for it, its table and its primary key.

    Attributes:
        name: Open Dental's WatchTable name where it has one (``Appointment``).
        table: the table that is read.
        key_column: the primary key.
        stamp_column: the column that the server moves at every change; None if there is none.
        only: an optional (column, value) or (column, texts) that rows must have to belong to
            this Watch.
        part_of: (Watch, column): its rows are content of another Watch's Records, to whose
            primary key the column points; they make no Changes of their own.
        is_log: whether old rows are purged as a matter of course; that is no Change.
        counts_at_once: whether the server knows the number of rows without counting (MyISAM).
        handles: columns by whose values Records are found in the baseline.
    """

    name: str
    table: str
    key_column: str
    stamp_column: str | None
    only: tuple[str, int | tuple[str, ...]] | None = None
    part_of: tuple[str, str] | None = None
    is_log: bool = False
    counts_at_once: bool = False
    handles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a Watch has been read in its Source. All moments are the DATABASE's clock, UTC.

    Attributes:
        read_up_to: every change stamped before this has been seen.
        first_reading_after: the last key that the first reading has stored; None once it is done.
        first_reading_done: whether the silent first reading is complete.
        polled_at: when the last complete poll began. A person may move ``read_up_to`` back; this
            stays, and says what "now" is for windows.
    """

    read_up_to: datetime
    first_reading_after: int | None = None
    first_reading_done: bool = False
    polled_at: datetime | None = None

    @property
    def now(self) -> datetime:
        """The database's clock as it was last read."""
        return self.polled_at or self.read_up_to

    def after_chunk(self, last: int) -> "Cursor":
        """The first reading has stored everything up to the key ``last``."""
        return replace(self, first_reading_after=last)

    def after_first_reading(self) -> "Cursor":
        """The first reading is complete; ``read_up_to`` stays the moment it began."""
        return replace(self, first_reading_after=None, first_reading_done=True)

    def after_poll(self, reach: "Reach") -> "Cursor":
        """A poll that began at ``reach`` has seen everything stamped before its horizon."""
        return replace(self, read_up_to=reach.complete_up_to, polled_at=reach.now)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a poll that starts now can see, by the database's own clock (UTC, whole seconds).

    Attributes:
        now: the database's clock.
        complete_up_to: no row stamped before this can still become visible, as far as the
            account may know: a stamp is the START of its statement, and shows at the commit.
        overlap: how far behind ``complete_up_to`` a poll must look again all the same.
    """

    now: datetime
    complete_up_to: datetime
    overlap: timedelta


class Depth(StrEnum):
    """How closely a sweep looks.

    STAMPS compares keys and stamps: it finds rows that are gone, restored or imported. ROWS
    compares all columns: it also finds rows that were changed with their stamp kept.
    """

    STAMPS = "stamps"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Digest:
    """What the server says of one range of keys.

    Attributes:
        rows: how many rows the range has.
        last: the last key in it; None if it has none.
        bits: the exclusive or of 64 bits of each row; see ``model.record.Outline``.
    """

    rows: int
    last: int | None
    bits: int
