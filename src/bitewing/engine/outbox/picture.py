"""The picture: the baseline of one Source as Dialects see it inside one piece of work."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bitewing.engine.outbox.asking import said_of
from bitewing.model.record import Record, RecordKey
from bitewing.ports.store import Transaction

_MOST = 100_000
"""More Records than any Watch has that is asked for whole."""

_OF_NO_SOURCE = frozenset({"Institution", "DataSource"})


class StoredPicture:
    """Implements the port ``Picture``; what was looked up once is kept.

    Ids are made where they are missing, so that a piece of work that only reads must not ask for
    new ones.
    """

    def __init__(self, tx: Transaction, *, source: str, institution: str) -> None:
        self.source = source
        self.institution = institution
        self.worked_out: dict[tuple[str, int], Any] = {}
        self._tx = tx
        self._records: dict[RecordKey, Record | None] = {}
        self._linked: dict[tuple[str, str, int], Sequence[Record]] = {}
        self._every: dict[str, Sequence[Record]] = {}
        self._identities: dict[tuple[str, str], int] = {}

    def record(self, watch: str, number: int) -> Record | None:
        """See the port."""
        key = RecordKey(watch, number)
        if key not in self._records:
            found = self._tx.records.images(self.source, watch, [number])
            self._records[key] = found.get(number)
        return self._records[key]

    def linked(self, watch: str, column: str, number: int) -> Sequence[Record]:
        """See the port."""
        place = (watch, column, number)
        if place not in self._linked:
            found = self._tx.records.linked(self.source, watch, column, number)
            self._linked[place] = found
            self._records.update((record.key, record) for record in found)
        return self._linked[place]

    def every(self, watch: str) -> Sequence[Record]:
        """See the port."""
        if watch not in self._every:
            found = self._tx.records.chunk(self.source, watch, after=None, limit=_MOST)
            self._every[watch] = found
        return self._every[watch]

    def identity(self, kind: str, native: str) -> int:
        """See the port."""
        place = (kind, native)
        if place not in self._identities:
            source = "" if kind in _OF_NO_SOURCE else self.source
            found = self._tx.identities.obtain(kind, source, [native])
            self._identities[place] = found[native]
        return self._identities[place]

    def asked_for(self, kind: str, native: str) -> Mapping[str, Any]:
        """See the port."""
        return said_of(self._tx, kind, self.identity(kind, native))

    def forget(self, changed: Iterable[RecordKey]) -> None:
        """These Records are others now: look them up again."""
        self.worked_out.clear()
        keys = set(changed)
        watches = {key.watch for key in keys}
        for key in keys:
            self._records.pop(key, None)
        for place in [place for place in self._linked if place[0] in watches]:
            del self._linked[place]
        for watch in watches:
            self._every.pop(watch, None)
