"""Writes: the pending writes, as a collection of the Store."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bitewing.model.pending import PendingWrite, WriteKind


class Writes(Protocol):
    """What was asked to be written into the practices."""

    def add(self, write: PendingWrite) -> PendingWrite:
        """Remember a new one; its id is given here."""
        ...

    def get(self, number: int) -> PendingWrite | None:
        """Give one."""
        ...

    def put(self, write: PendingWrite) -> None:
        """Change one."""
        ...

    def due(self, source: str, now: datetime) -> PendingWrite | None:
        """Give the first due one of a Source before which none of its subject is unsettled.

        One that waits is due at its deadline too, unless it was touched since. Patients never
        are: they are written with whatever needs them.
        """
        ...

    def next_due_at(self, source: str) -> datetime | None:
        """Give when the next one of a Source is due; None if none is."""
        ...

    def of_subject(self, kind: WriteKind, subject: int) -> PendingWrite | None:
        """Give the newest write of this kind about a thing."""
        ...

    def keyed(self, owner: str, key: str) -> PendingWrite | None:
        """Give the one that this caller asked for with this Idempotency-Key."""
        ...

    def unsettled(self, source: str, kind: WriteKind) -> Sequence[PendingWrite]:
        """Give those of a Source and kind that may have been sent and are not settled."""
        ...

    def drafts(
        self, source: str, kind: WriteKind, *, written_since: datetime
    ) -> Sequence[PendingWrite]:
        """Give those of a Source and kind that wait for something, in order.

        Those that were written at or after ``written_since`` are given, too: they may not have
        been read yet.
        """
        ...

    def waiting(self) -> Mapping[str, int]:
        """Count what is to be written, or may have been, by Source; patients are not counted."""
        ...

    def open(self, source: str) -> Sequence[PendingWrite]:
        """Give what is counted so of one Source, in order."""
        ...
