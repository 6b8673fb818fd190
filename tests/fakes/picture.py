"""FakePicture: the baseline of one Source in memory, made of native rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from bitewing.model.record import Record, RecordKey, fingerprint

Columns = Mapping[str, str | int | float | None]
"""A row as a test writes it."""


class FakePicture:
    """Implements the port ``Picture``.

    Attributes:
        asked: how often Records were looked for.
        requests: what was asked for here, by kind and native key.
    """

    def __init__(
        self,
        records: Iterable[Record] = (),
        *,
        source: str = "main-office",
        institution: str = "bright-smiles",
        identities: Mapping[tuple[str, str], int] | None = None,
    ) -> None:
        self.source = source
        self.institution = institution
        self.worked_out: dict[tuple[str, int], Any] = {}
        self.asked = 0
        self.requests: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._records = {record.key: record for record in records}
        # Shared by pictures that were made from one another: an id is for ever.
        self._identities = dict(identities or {})
        self._next = [1000]

    def record(self, watch: str, number: int) -> Record | None:
        """Give one Record."""
        self.asked += 1
        return self._records.get(RecordKey(watch, number))

    def linked(self, watch: str, column: str, number: int) -> Sequence[Record]:
        """Give the Records whose column holds this number, by their keys."""
        self.asked += 1
        if not number:  # it refers to nothing, as everywhere in Open Dental
            return []
        return [
            record for record in self.every(watch) if _number(record.native.get(column)) == number
        ]

    def every(self, watch: str) -> Sequence[Record]:
        """Give all Records of a Watch, by their keys."""
        return [self._records[key] for key in sorted(self._records) if key.watch == watch]

    def identity(self, kind: str, native: str) -> int:
        """Give our id; the first that nobody has prescribed is 1001."""
        known = self._identities.get((kind, native))
        if known is None:
            self._next[0] += 1
            known = self._identities[kind, native] = self._next[0]
        return known

    def asked_for(self, kind: str, native: str) -> Mapping[str, Any]:
        """Give what was said of it when it was asked for here."""
        return self.requests.get((kind, native), {})

    # What a test does.

    def after(self, *records: Record, without: Iterable[RecordKey] = ()) -> Self:
        """Give the picture that there is once these Records are written and those are gone."""
        changed = {record.key: record for record in records}
        kept = self._records | changed
        other = type(self)(
            [record for key, record in kept.items() if key not in set(without)],
            source=self.source,
            institution=self.institution,
        )
        other._identities, other._next = self._identities, self._next
        other.requests = self.requests
        return other


def record_of(watch: str, number: int, columns: Columns) -> Record:
    """Make a Record of a row."""
    native = {
        name: None if value is None else str(value).encode() for name, value in columns.items()
    }
    return Record(RecordKey(watch, number), native, {}, None, fingerprint(native))


def _number(cell: bytes | None) -> int:
    try:
        return int(cell or b"0")
    except ValueError:
        return 0
