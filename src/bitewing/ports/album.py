"""Album: the baseline of one Source as a Dialect looks through it to answer questions."""

from collections.abc import Sequence
from typing import Protocol

from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.model.record import Record
from bitewing.ports.picture import Picture


class Album(Picture, Protocol):
    """A Picture whose Records can also be listed, and whose ids can be read backwards."""

    def chunk(self, watch: str, *, after: int | None, limit: int) -> Sequence[Record]:
        """Give up to ``limit`` Records with keys above ``after``, in key order."""
        ...

    def between(
        self, watch: str, column: str, *, low: int, high: int, limit: int, offset: int
    ) -> Sequence[Record]:
        """Give Records whose handle is in [``low``, ``high``], ordered by it, then by key.

        See ``model.record.as_handle`` for how dates are numbers.
        """
        ...

    def native_of(self, kind: str, identity: int) -> str | None:
        """Give the practice's key for an id of ours; None if it is no such thing of this Source."""
        ...

    def drafts(self, kind: WriteKind) -> Sequence[PendingWrite]:
        """Give what was asked for here and is no Record yet, in order; not what has failed."""
        ...

    def draft(self, kind: WriteKind, identity: int) -> PendingWrite | None:
        """Give what was asked for here under this id and is no Record; what has failed, too."""
        ...
