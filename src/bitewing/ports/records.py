"""Records: the baseline, as pieces of work read and change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bitewing.model.record import Outline, Record
from bitewing.model.subscription import Bookmark, Window


@dataclass(frozen=True, slots=True)
class Seen:
    """A Record as it enters the baseline.

    Attributes:
        change: the number of the Change that brought it; 0 for the silent first reading.
        changed_at: see Change.changed_at.
    """

    record: Record
    change: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """A Record in a window, with the place behind it (see Window.sent)."""

    place: tuple[int, int]
    record: Record


class Records(Protocol):
    """The baseline: the last image of each Record that we have seen."""

    def fingerprints(self, source: str, watch: str, numbers: Sequence[int]) -> dict[int, bytes]:
        """Give the fingerprints of those that are known."""
        ...

    def images(self, source: str, watch: str, numbers: Sequence[int]) -> dict[int, Record]:
        """Give the images of those that are known."""
        ...

    def put(self, source: str, seen: Sequence[Seen]) -> None:
        """Remember these images in place of older ones."""
        ...

    def refresh(self, source: str, records: Sequence[Record]) -> None:
        """Replace the images of known Records silently: their last Change stays theirs."""
        ...

    def outlines(
        self, source: str, watch: str, *, after: int | None, up_to: int | None
    ) -> dict[int, Outline]:
        """Give the Outlines of those known with keys in (``after``, ``up_to``].

        None is no edge on that side.
        """
        ...

    def remove(self, source: str, watch: str, numbers: Sequence[int]) -> None:
        """Forget these."""
        ...

    def count(self, source: str, watch: str) -> int:
        """Give how many are known."""
        ...

    def window(
        self, source: str, watch: str, *, bookmark: Bookmark, window: Window, limit: int
    ) -> list[Placed]:
        """Give the next Records of a window behind ``window.sent``, in the window's order.

        Without ``bookmark.since`` these are the Records whose last Change is numbered in
        (``bookmark.after``, ``window.up_to``], in that order (place: number of the Change, 0).
        With it, those that changed at or after ``since``, or whose last Change is numbered above
        ``after`` when that is not None, never above ``up_to``; in order of (changed_at, key)
        (place: changed_at in microseconds since 1970, key). Records that changed before
        ``window.floor`` are left out in both cases.
        """
        ...

    def chunk(self, source: str, watch: str, *, after: int | None, limit: int) -> list[Record]:
        """Give up to ``limit`` Records with keys above ``after``, in key order."""
        ...

    def keep_handles(self, source: str, watch: str, columns: Sequence[str], *, limit: int) -> bool:
        """Find Records by these columns from now on, and by no others.

        Records that enter the baseline are indexed with it. Of those that are there already up
        to ``limit`` are indexed (or, for a column that is no longer wished for, forgotten) by
        each call; it returns True once all are.
        """
        ...

    def linked(self, source: str, watch: str, column: str, number: int) -> list[Record]:
        """Give the Records whose handle ``column`` holds this number, in key order."""
        ...

    def between(
        self,
        source: str,
        watch: str,
        column: str,
        *,
        low: int,
        high: int,
        limit: int,
        offset: int = 0,
    ) -> list[Record]:
        """Give Records whose handle is in [``low``, ``high``], ordered by it, then by key.

        See ``model.record.as_handle`` for how dates are numbers.
        """
        ...

    def count_between(self, source: str, watch: str, column: str, *, low: int, high: int) -> int:
        """Count what ``between`` gives without limit and offset."""
        ...
