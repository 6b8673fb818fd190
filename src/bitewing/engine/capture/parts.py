"""Parts: what Records are composed of enters the baseline together with them.

A poll may read a Record with a part that is gone again before the next sweep of the parts. Had
the baseline never known that part, the sweep would find nothing to compare, and the Record would
keep it for ever.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from bitewing.model.record import Parts, Record
from bitewing.ports.records import Seen
from bitewing.ports.store import Transaction

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


def record_parts(tx: Transaction, source: str, wholes: Iterable[Record]) -> None:
    """Let the baseline hold just those parts that these Records were read with.

    A part that the baseline knows as another Record's is left alone: the sweep sees that it has
    moved, and reads both.
    """
    for whole in wholes:
        if whole.parts is not None:
            _record(tx, source, whole.key.number, whole.parts)


def _record(tx: Transaction, source: str, owner: int, parts: Parts) -> None:
    known = {
        one.key.number: one.fingerprint
        for one in tx.records.linked(source, parts.watch, parts.column, owner)
    }
    read = {one.key.number: one for one in parts.records}
    moved = tx.records.images(source, parts.watch, list(read.keys() - known.keys()))
    fresh = [
        Seen(one, 0, _BEFORE_ALL)
        for number, one in read.items()
        if number not in moved and known.get(number) != one.fingerprint
    ]
    if fresh:
        tx.records.put(source, fresh)
    gone = known.keys() - read.keys()
    if gone:
        tx.records.remove(source, parts.watch, sorted(gone))
