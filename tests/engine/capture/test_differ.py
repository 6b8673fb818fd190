"""The differ: what counts as a Change, when it happened, and in which order."""

from datetime import UTC, datetime, timedelta

from bitewing.engine.capture import differ
from bitewing.model.change import ChangeKind
from bitewing.model.record import Record, RecordKey

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_record(number: int, *, stamp: int | None = 0, content: bytes = b"x") -> Record:
    """Give a Record stamped so many seconds after noon."""
    at = None if stamp is None else NOON + timedelta(seconds=stamp)
    return Record(RecordKey("Appointment", number), {}, {}, at, content)


def test_only_other_fingerprints_differ() -> None:
    """Known and equal is silent; known and different, and unknown, are not."""
    records = [a_record(1, content=b"a"), a_record(2, content=b"b"), a_record(3, content=b"c")]

    assert differ.differing({1: b"a", 2: b"old"}, records) == records[1:]


def test_a_record_without_an_image_was_created() -> None:
    """What was known before is updated, with the image before; all else is created."""
    before = {2: a_record(2, content=b"old")}
    changes = differ.changes_of(
        [a_record(1), a_record(2)], before, source="main", after=41, noticed_at=NOON, low=NOON
    )

    assert [(c.number, c.kind, c.before) for c in changes] == [
        (42, ChangeKind.CREATED, None),
        (43, ChangeKind.UPDATED, before[2]),
    ]
    assert [c.after for c in changes] == [a_record(1), a_record(2)]


def test_changes_are_numbered_as_the_practice_made_them() -> None:
    """By stamp, then by key; what has no stamp comes first."""
    records = [
        a_record(5, stamp=2),
        a_record(9, stamp=1),
        a_record(4, stamp=2),
        a_record(7, stamp=None),
    ]
    changes = differ.changes_of(records, {}, source="main", after=0, noticed_at=NOON, low=NOON)

    assert [c.key.number for c in changes] == [7, 9, 4, 5]
    assert [c.number for c in changes] == [1, 2, 3, 4]


def test_a_stamp_tells_when_a_row_changed() -> None:
    """Unless it is older than the poll could expect, or missing: then the noticing counts."""
    noticed_at, low = NOON + timedelta(seconds=60), NOON
    moments = [
        differ.changed_at(record, noticed_at=noticed_at, low=low)
        for record in (
            a_record(1, stamp=0),
            a_record(1, stamp=-1),
            a_record(1, stamp=None),
            a_record(1, stamp=999),
        )
    ]

    assert moments == [NOON, noticed_at, noticed_at, NOON + timedelta(seconds=999)]
