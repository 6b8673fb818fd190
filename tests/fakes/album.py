"""FakeAlbum: a FakePicture whose Records can be listed."""

from collections.abc import Sequence

from tests.fakes.picture import FakePicture

from bitewing.model.pending import LOST, PendingWrite, WriteKind
from bitewing.model.record import Record, as_handle


class FakeAlbum(FakePicture):
    """Implements the port ``Album``.

    Attributes:
        writes: what was asked for here and is no Record.
    """

    writes: Sequence[PendingWrite] = ()

    def chunk(self, watch: str, *, after: int | None, limit: int) -> Sequence[Record]:
        """Give Records in key order."""
        found = [one for one in self.every(watch) if after is None or one.key.number > after]
        return found[:limit]

    def between(
        self, watch: str, column: str, *, low: int, high: int, limit: int, offset: int
    ) -> Sequence[Record]:
        """Give Records by their handle."""
        found = []
        for record in self.every(watch):
            handle = as_handle(record.native.get(column))
            if handle is not None and low <= handle <= high:
                found.append((handle, record.key, record))
        return [record for _, _, record in sorted(found, key=lambda one: one[:2])][
            offset : offset + limit
        ]

    def native_of(self, kind: str, identity: int) -> str | None:
        """Give the practice's key for an id that was given out."""
        known = {(one, number): native for (one, native), number in self._identities.items()}
        return known.get((kind, identity))

    def drafts(self, kind: WriteKind) -> Sequence[PendingWrite]:
        """Give what waits."""
        return [one for one in self.writes if one.kind is kind and one.state not in LOST]

    def draft(self, kind: WriteKind, identity: int) -> PendingWrite | None:
        """Give what was asked for under this id."""
        return next((o for o in self.writes if (o.kind, o.subject) == (kind, identity)), None)
