"""Albums: the baseline of one Source inside one piece of work; what was looked up is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bitewing.engine.outbox.asking import said_of
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.record import Record
from bitewing.ports.store import Transaction

_WATCHES = {WriteKind.APPOINTMENT: "Appointment", WriteKind.PATIENT: "Patient"}
"""Which kinds of writes become Records, and of which Watch: its ids are of that kind, too."""
_THE_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_OF_NO_SOURCE = frozenset({"Institution", "DataSource"})
"""Kinds of things that belong to no Source."""


@dataclass(slots=True)
class Unnamed:
    """What a piece of work came upon that has no id of ours yet, where it may not give one.

    Attributes:
        names: (kind, Source, native key) → the number that stands for it meanwhile, below 0.
    """

    names: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def stand_in(self, kind: str, source: str, native: str) -> int:
        """Give the number that stands for a thing until it has an id."""
        return self.names.setdefault((kind, source, native), -1 - len(self.names))


class StoredAlbum:
    """Implements the port ``Album`` over a Transaction.

    Attributes:
        source, institution: whose Records.
    """

    def __init__(
        self,
        tx: Transaction,
        source: str,
        institution: str,
        *,
        unnamed: Unnamed | None = None,
        read_until: datetime | None = None,
    ) -> None:
        """Take the Transaction; it may give new ids unless ``unnamed`` is to note who needs one.

        What was written into the practice before ``read_until`` and is no Record is gone again.
        """
        self._read_until = read_until or _THE_BEGINNING
        self.source = source
        self.institution = institution
        self.worked_out: dict[tuple[str, int], Any] = {}
        self._tx = tx
        self._unnamed = unnamed
        self._records: dict[tuple[str, int], Record | None] = {}
        self._links: dict[tuple[str, str, int], Sequence[Record]] = {}
        self._small: dict[str, Sequence[Record]] = {}
        self._identities: dict[tuple[str, str], int] = {}

    def record(self, watch: str, number: int) -> Record | None:
        """Give one Record; None if it is not known."""
        place = (watch, number)
        if place not in self._records:
            found = self._tx.records.images(self.source, watch, [number])
            self._records[place] = found.get(number)
        return self._records[place]

    def linked(self, watch: str, column: str, number: int) -> Sequence[Record]:
        """Give the Records whose ``column`` holds this number, by their keys."""
        place = (watch, column, number)
        if place not in self._links:
            self._links[place] = self._tx.records.linked(self.source, watch, column, number)
        return self._links[place]

    def every(self, watch: str) -> Sequence[Record]:
        """Give all Records of a Watch that is known to have few, by their keys."""
        if watch not in self._small:
            self._small[watch] = self.chunk(watch, after=None, limit=2**31)
        return self._small[watch]

    def chunk(self, watch: str, *, after: int | None, limit: int) -> Sequence[Record]:
        """Give up to ``limit`` Records with keys above ``after``, in key order."""
        return self._tx.records.chunk(self.source, watch, after=after, limit=limit)

    def between(
        self, watch: str, column: str, *, low: int, high: int, limit: int, offset: int
    ) -> Sequence[Record]:
        """Give Records whose handle is in [``low``, ``high``], ordered by it, then by key."""
        return self._tx.records.between(
            self.source, watch, column, low=low, high=high, limit=limit, offset=offset
        )

    def identity(self, kind: str, native: str) -> int:
        """Give our id for a thing; a number below 0 if it has none and none may be given here."""
        place = (kind, native)
        if place not in self._identities:
            self._identities[place] = self._identify(kind, native)
        return self._identities[place]

    def asked_for(self, kind: str, native: str) -> Mapping[str, Any]:
        """Give what was said of a thing when it was asked for here; empty if it was not."""
        return said_of(self._tx, kind, self.identity(kind, native))

    def native_of(self, kind: str, identity: int) -> str | None:
        """Give the practice's key for an id of ours; None if it is no such thing of this Source."""
        found = self._tx.identities.native_of(kind, self._source_of(kind), identity)
        return None if found is None else found.key

    def drafts(self, kind: WriteKind) -> Sequence[PendingWrite]:
        """Give what was asked for here and is no Record yet, in order; not what has failed."""
        found = self._tx.writes.drafts(self.source, kind, written_since=self._read_until)
        return [write for write in found if self._is_draft(write)]

    def draft(self, kind: WriteKind, identity: int) -> PendingWrite | None:
        """Give what was asked for here under this id and is no Record; what has failed, too."""
        found = self._tx.writes.of_subject(kind, identity)
        return found if found is not None and self._is_draft(found) else None

    def _is_draft(self, write: PendingWrite) -> bool:
        if (write.source, write.institution) != (self.source, self.institution):
            return False
        if write.state is WriteState.WRITTEN and write.updated_at < self._read_until:
            return False
        watch = _WATCHES[write.kind]
        native = self.native_of(watch, write.subject)
        return native is None or self.record(watch, int(native)) is None

    def _identify(self, kind: str, native: str) -> int:
        identities, source = self._tx.identities, self._source_of(kind)
        if self._unnamed is None:
            return identities.obtain(kind, source, [native])[native]
        found = identities.find(kind, source, [native])
        if native not in found:
            return self._unnamed.stand_in(kind, source, native)
        return found[native]

    def _source_of(self, kind: str) -> str:
        return "" if kind in _OF_NO_SOURCE else self.source
