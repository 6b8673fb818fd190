"""Recording: what a page does to the store, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.source import APPOINTMENT

from bitewing.engine.capture.recording import Page, record_gone, record_pages, record_silently
from bitewing.model.change import Change, gone_from
from bitewing.model.record import Record, RecordKey, fingerprint
from bitewing.model.subscription import Bookmark, Window
from bitewing.model.watch import Cursor
from bitewing.ports.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LOW = NOON - timedelta(seconds=60)
AT_START = Cursor(NOON - timedelta(hours=1), first_reading_done=True)


def record(number: int, **native: str) -> Record:
    return stamped(number, NOON, **native)


def stamped(number: int, stamped_at: datetime, /, **native: str) -> Record:
    columns = {"AptNum": b"%d" % number, "DateTStamp": str(stamped_at)[:19].encode()}
    row = columns | {name: value.encode() for name, value in native.items()}
    return Record(RecordKey("Appointment", number), row, {}, stamped_at, fingerprint(row))


def page(*records: Record, **more: object) -> Page:
    return replace(Page(APPOINTMENT, records, NOON, LOW), **more)  # type: ignore[arg-type]


async def write(store: Store, *records: Record, **more: object) -> int:
    return await store.write(lambda tx: record_pages(tx, "main", [page(*records, **more)]).total)


async def changes(store: Store) -> Sequence[Change]:
    return await store.read(lambda tx: tx.changes.between("main", 1, 1000, 1000))


async def known(store: Store, *numbers: int, watch: str = "Appointment") -> dict[int, Record]:
    return await store.read(lambda tx: tx.records.images("main", watch, numbers))


async def test_a_silent_page_is_known_and_no_change(store: Store) -> None:
    """The first reading."""
    chunk = page(record(1), record(2), cursor=AT_START)
    await store.write(lambda tx: record_silently(tx, "main", chunk))

    assert await changes(store) == []
    assert set(await known(store, 1, 2)) == {1, 2}
    assert await store.read(lambda tx: tx.cursors.get("main", "Appointment")) == AT_START


async def test_changes_are_numbered_without_a_gap_from_page_to_page(store: Store) -> None:
    """And what differs not has no number."""
    await write(store, record(1, Note="old"), record(2))
    count = await write(store, record(2), record(1, Note="new"))
    again = await write(store, record(1, Note="newer"))

    assert (count, again) == (1, 1)
    assert [change.number for change in await changes(store)] == [1, 2, 3, 4]


async def test_a_page_is_ordered_by_stamp_and_key(store: Store) -> None:
    """However it was read."""
    early = NOON - timedelta(seconds=5)
    await write(store, record(3), record(1), stamped(2, early))

    assert [change.key.number for change in await changes(store)] == [2, 1, 3]


async def test_the_cursor_goes_with_the_page(store: Store) -> None:
    """From where the reading found it; without one it stays."""
    further = replace(AT_START, read_up_to=NOON)
    await store.write(lambda tx: tx.cursors.put("main", "Appointment", AT_START))
    await write(store, record(1))
    before = await store.read(lambda tx: tx.cursors.get("main", "Appointment"))
    await write(store, record(2), cursor=further, standing=AT_START)

    assert before == AT_START
    assert await store.read(lambda tx: tx.cursors.get("main", "Appointment")) == further


async def test_a_cursor_that_was_rewound_meanwhile_is_left_where_it_is(store: Store) -> None:
    """A person has asked to look back; the poll under way must not undo it."""
    rewound = replace(AT_START, read_up_to=NOON - timedelta(days=30))
    await store.write(lambda tx: tx.cursors.put("main", "Appointment", rewound))
    await write(store, record(1), cursor=replace(AT_START, read_up_to=NOON), standing=AT_START)

    assert len(await changes(store)) == 1
    assert await store.read(lambda tx: tx.cursors.get("main", "Appointment")) == rewound


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Note": "a"}, {"Note": "a", "New": "0"}),
        ({"Note": "a", "Old": "0"}, {"Note": "a"}),
        ({"Note": "a", "Old": "0"}, {"Note": "a", "New": "0"}),
        ({"Note": "a", "Old": "0"}, {"Old": "0", "Note": "a"}),
    ],
    ids=["added", "dropped", "renamed", "moved"],
)
async def test_columns_that_come_and_go_are_silent(
    store: Store, before: dict[str, str], after: dict[str, str]
) -> None:
    """The image has the new columns; the Record's last Change stays the one it was."""
    await write(store, record(1, **before))
    count = await write(store, record(1, **after))
    [image] = (await known(store, 1)).values()
    window = Window(9, NOON, NOON - timedelta(days=1), (0, 0), 0, 0)
    [placed] = await store.read(
        lambda tx: tx.records.window(
            "main", "Appointment", bookmark=Bookmark(after=0), window=window, limit=9
        )
    )

    assert count == 0
    assert list(image.native.items()) == list(record(1, **after).native.items())
    assert (placed.place, placed.record) == ((1, 0), image)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"Note": "a"}, {"Note": "b", "New": "0"}),
        ({"Note": "a", "Old": "0"}, {"Note": "b"}),
        ({"Note": "a", "Old": "0"}, {"Note": "b", "New": "0"}),
    ],
    ids=["added", "dropped", "renamed"],
)
async def test_a_real_change_at_the_same_time_is_told(
    store: Store, before: dict[str, str], after: dict[str, str]
) -> None:
    """With both images as they were."""
    await write(store, record(1, **before))
    await write(store, record(1, **after))
    change = (await changes(store))[-1]

    assert (change.number, change.before, change.after) == (
        2,
        record(1, **before),
        record(1, **after),
    )


async def test_a_retyped_column_is_not_compared_and_the_others_are(store: Store) -> None:
    """``5`` is ``5.00`` now; whether a person wrote it cannot be told."""
    retyped = frozenset({"Fee"})
    await write(store, record(1, Fee="5", Note="a"), record(2, Fee="5", Note="a"))
    count = await write(
        store, record(1, Fee="5.00", Note="a"), record(2, Fee="5.00", Note="b"), retyped=retyped
    )

    assert count == 1
    assert (await changes(store))[-1].key.number == 2
    assert {one.native["Fee"] for one in (await known(store, 1, 2)).values()} == {b"5.00"}


async def test_what_is_gone_leaves_its_last_image(store: Store) -> None:
    """As a Record of the deletions; what nobody knew cannot be gone."""
    await write(store, record(1, Note="a"), record(2, Note="b"))
    count = await store.write(
        lambda tx: record_gone(tx, "main", "Appointment", [2, 1, 77], NOON).total
    )
    tombs = await known(store, 1, 2, watch=gone_from("Appointment"))

    assert count == 2
    assert [(one.number, one.kind, one.key.number) for one in await changes(store)][2:] == [
        (3, "deleted", 1),
        (4, "deleted", 2),
    ]
    assert await known(store, 1, 2) == {}
    assert {number: one.native["Note"] for number, one in tombs.items()} == {1: b"a", 2: b"b"}


async def test_what_is_gone_twice_leaves_its_newest_image(store: Store) -> None:
    """Deleted, created anew, deleted: each is a Change, and the tomb is the last one's."""
    for note in ("a", "b"):
        await write(store, record(1, Note=note))
        await store.write(lambda tx: record_gone(tx, "main", "Appointment", [1], NOON))
    [tomb] = (await known(store, 1, watch=gone_from("Appointment"))).values()

    assert [change.kind for change in await changes(store)] == [
        "created",
        "deleted",
        "created",
        "deleted",
    ]
    assert tomb.native["Note"] == b"b"


async def test_pages_that_fail_leave_nothing(store: Store) -> None:
    """Neither images nor Changes nor the Cursor."""

    class PlugPulledError(Exception):
        """The process dies here."""

    def work(tx: object) -> None:
        record_pages(tx, "main", [page(record(1), cursor=AT_START)])  # type: ignore[arg-type]
        raise PlugPulledError

    with pytest.raises(PlugPulledError):
        await store.write(work)

    assert await changes(store) == []
    assert await known(store, 1) == {}
    assert await store.read(lambda tx: tx.cursors.get("main", "Appointment")) is None
