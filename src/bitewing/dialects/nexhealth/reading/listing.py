"""Listing: walking through an Album, and where each thing that was found stands in its list."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from bitewing.dialects.nexhealth import cells
from bitewing.dialects.nexhealth.cells import Cell, Row
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.pending import PendingWrite
from bitewing.model.record import Record
from bitewing.ports.album import Album

Place = tuple[int, int]
"""What a list is sorted by, then which thing it is; see ``place``."""

Test = Callable[[Row, Scene], bool]
"""Tells whether a row belongs to the list that was asked for."""

_CHUNK = 2000
_SHIFT = 64
_MARK = 1 << 63
"""Above every key of a practice; what is no row of it yet stands there."""


def place(sort: int, album: int, number: int) -> Place:
    """Give the place of a row: its Album's number and its key are put into one number."""
    return sort, (album << _SHIFT) + number


def pointed_at(place: Place) -> tuple[int, int]:
    """Give the number of the Album, and the key in it."""
    return place[1] >> _SHIFT, place[1] & ((1 << _SHIFT) - 1)


def draft_key(write: PendingWrite) -> int:
    """Give the key by which what was asked for here stands among the rows of a list."""
    return _MARK + write.subject


def draft_at(key: int) -> int | None:
    """Give our id of the draft that has this key in a list; None if it is a row's."""
    return key - _MARK if key >= _MARK else None


def every_row(album: Album, watch: str) -> Iterator[Record]:
    """Walk through all Records of a Watch."""
    after: int | None = None
    while chunk := album.chunk(watch, after=after, limit=_CHUNK):
        yield from chunk
        after = chunk[-1].key.number


def rows_between(album: Album, watch: str, column: str, low: int, high: int) -> Iterator[Record]:
    """Walk through the Records whose handle is in [``low``, ``high``]."""
    offset = 0
    while chunk := album.between(watch, column, low=low, high=high, limit=_CHUNK, offset=offset):
        yield from chunk
        offset += len(chunk)


def select(
    records: Iterable[Record], scene: Scene, tests: Sequence[Test], *, album: int, sort: "Sorter"
) -> list[Place]:
    """Give the places of the Records that pass all tests."""
    return [
        place(sort(record.native, scene), album, record.key.number)
        for record in records
        if all(test(record.native, scene) for test in tests)
    ]


Sorter = Callable[[Row, Scene], int]
"""Gives what a row is sorted by."""


def unsorted(_row: Row, _scene: Scene) -> int:
    """Sort by key alone."""
    return 0


def by_stamp(column: str, *, is_newest_first: bool = False) -> Sorter:
    """Sort by a TIMESTAMP."""
    sign = -1 if is_newest_first else 1
    return lambda row, _scene: sign * number_of(row.get(column))


def stamped_since(column: str, moment: datetime) -> Test:
    """Test whether a TIMESTAMP is at or after a moment (UTC); it has whole seconds."""
    least = int(moment.strftime("%Y%m%d%H%M%S"))
    return lambda row, _scene: number_of(row.get(column)) >= least


def number_of(cell: Cell) -> int:
    """Give a date and time as a number: YYYYMMDDhhmmss; 0 if it is not set."""
    found = cells.stamp(cell)
    return 0 if found is None else int("".join(digit for digit in found[:19] if digit.isdigit()))


def holds(column: str, numbers: Iterable[int]) -> Test:
    """Test whether a column holds one of these."""
    wanted = frozenset(numbers)
    return lambda row, _scene: cells.whole(row.get(column)) in wanted


def is_each(rule: Callable[[Row, Scene], bool], wanted: bool) -> Test:  # noqa: FBT001 - what it shall be
    """Test whether a rule says so."""
    return lambda row, scene: bool(rule(row, scene)) == wanted


def keys_of(album: Album, kind: str, identities: Iterable[int]) -> list[int]:
    """Give the practice's keys for ids of ours, strangers left out."""
    natives = (album.native_of(kind, identity) for identity in identities)
    return [int(native) for native in natives if native is not None]
