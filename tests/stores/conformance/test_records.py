"""The baseline, in every store."""

from dataclasses import replace

import pytest
from tests.stores.samples import NOON, a_record, put_some, seen

from bitewing.model.record import RecordKey, outline_of
from bitewing.model.subscription import Bookmark, Window
from bitewing.ports.store import Store, Transaction


async def test_an_image_comes_back_as_it_was_put(store: Store) -> None:
    """Raw bytes, NULL, the order of columns, names and the stamp survive."""
    record = a_record(7, note=None)
    await store.write(lambda t: put_some(t, seen(record)))
    images = await store.read(lambda t: t.records.images("main", "Appointment", [7]))

    assert images == {7: record}
    assert list(images[7].native) == list(record.native)


async def test_a_record_without_a_stamp_has_none(store: Store) -> None:
    """A table may have no stamp column."""
    record = replace(a_record(7), stamped_at=None)
    await store.write(lambda t: put_some(t, seen(record)))
    images = await store.read(lambda t: t.records.images("main", "Appointment", [7]))

    assert images[7].stamped_at is None


async def test_a_later_image_takes_the_place_of_the_earlier(store: Store) -> None:
    """There is one image of each Record, the last."""
    old, new = a_record(7, note=b"old"), a_record(7, note=b"new")
    await store.write(lambda t: put_some(t, seen(old)))
    await store.write(lambda t: put_some(t, seen(new, change=3)))
    images, count = await store.read(
        lambda t: (
            t.records.images("main", "Appointment", [7]),
            t.records.count("main", "Appointment"),
        )
    )

    assert images == {7: new}
    assert count == 1


async def test_only_known_records_have_fingerprints(store: Store) -> None:
    """What was not asked for, is unknown, or is another Watch's or Source's, is left out."""
    known = [seen(a_record(number)) for number in (1, 2, 3)]
    foreign = seen(a_record(4, watch="Patient"))
    await store.write(lambda t: put_some(t, *known, foreign))
    await store.write(lambda t: put_some(t, seen(a_record(5)), source="branch"))
    found = await store.read(
        lambda t: t.records.fingerprints("main", "Appointment", [3, 1, 4, 5, 6])
    )

    assert found == {number: a_record(number).fingerprint for number in (1, 3)}


async def test_keys_of_any_size_and_sign_are_kept(store: Store) -> None:
    """Random primary keys are 63 bits wide, and 0 and negative ones occur."""
    numbers = [0, -1, 2**53 + 1, 2**63 - 1, -(2**63)]
    await store.write(lambda t: put_some(t, *(seen(a_record(number)) for number in numbers)))
    found = await store.read(lambda t: t.records.images("main", "Appointment", numbers))

    assert {number: record.key.number for number, record in found.items()} == {
        number: number for number in numbers
    }


async def test_asking_for_nothing_gives_nothing(store: Store) -> None:
    """An empty list of keys is no mistake."""
    await store.write(lambda t: put_some(t, seen(a_record(1))))
    await store.write(lambda t: t.records.put("main", []))
    await store.write(lambda t: t.records.remove("main", "Appointment", []))
    found = await store.read(lambda t: t.records.fingerprints("main", "Appointment", []))

    assert found == {}


async def test_removed_records_are_forgotten(store: Store) -> None:
    """Those that were named are gone, others stay; unknown ones do not matter."""
    await store.write(lambda t: put_some(t, *(seen(a_record(n)) for n in (1, 2, 3))))
    await store.write(lambda t: t.records.remove("main", "Appointment", [1, 3, 99]))
    left, count = await store.read(
        lambda t: (
            t.records.fingerprints("main", "Appointment", [1, 2, 3]),
            t.records.count("main", "Appointment"),
        )
    )

    assert set(left) == {2}
    assert count == 1


async def test_records_are_counted_by_source_and_watch(store: Store) -> None:
    """The count is exact through putting, putting again, and removing."""
    await store.write(lambda t: put_some(t, *(seen(a_record(n)) for n in range(10))))
    await store.write(lambda t: put_some(t, *(seen(a_record(n)) for n in range(5, 15))))
    await store.write(lambda t: put_some(t, seen(a_record(1, watch="Patient"))))
    await store.write(lambda t: t.records.remove("main", "Appointment", [0]))
    counts = await store.read(
        lambda t: (
            t.records.count("main", "Appointment"),
            t.records.count("main", "Patient"),
            t.records.count("branch", "Appointment"),
        )
    )

    assert counts == (14, 1, 0)


async def test_a_large_batch_and_what_follows_it_come_back_exactly(store: Store) -> None:
    """However a store packs images, before and after it has learnt how, they are the same."""
    batches = [
        [a_record(n, note=b"note %d" % n) for n in numbers]
        for numbers in (range(10), range(10, 1010), range(1010, 1020))
    ]
    for batch in batches:
        await store.write(lambda t: put_some(t, *map(seen, batch)))  # noqa: B023 - runs now
    found = await store.read(lambda t: t.records.images("main", "Appointment", range(1020)))

    assert found == {record.key.number: record for batch in batches for record in batch}
    assert found[1000].key == RecordKey("Appointment", 1000)


async def test_a_large_batch_that_fails_spoils_nothing(store: Store) -> None:
    """What was learnt from work that was undone is not used for later work."""
    batch = [seen(a_record(n, note=b"note %d" % n)) for n in range(500)]

    def put_and_fail(transaction: Transaction) -> None:
        put_some(transaction, *batch)
        raise KeyError("on purpose")

    with pytest.raises(KeyError, match="on purpose"):
        await store.write(put_and_fail)
    await store.write(lambda t: put_some(t, batch[7]))
    found = await store.read(lambda t: t.records.images("main", "Appointment", range(500)))

    assert found == {7: batch[7].record}


async def test_outlines_are_what_a_server_would_calculate(store: Store) -> None:
    """A mark of key and stamp and a digest of the columns, for the keys between two edges."""
    records = [a_record(number) for number in (-5, 0, 7, 2**62)]
    await store.write(lambda t: put_some(t, *map(seen, records)))
    every, some = await store.read(
        lambda t: (
            t.records.outlines("main", "Appointment", after=None, up_to=None),
            t.records.outlines("main", "Appointment", after=-5, up_to=7),
        )
    )

    assert every == {record.key.number: outline_of(record) for record in records}
    assert sorted(some) == [0, 7]


async def test_a_refreshed_record_keeps_its_change(store: Store) -> None:
    """Its image is new, and still its number is that of its last Change; the unknown stay so."""
    await store.write(lambda t: put_some(t, seen(a_record(1, note=b"old"), change=3)))
    await store.write(lambda t: t.records.refresh("main", [a_record(1), a_record(2)]))
    window = Window(9, NOON, NOON, (-(2**63), -(2**63)), 1, 0)
    known, placed = await store.read(
        lambda t: (
            t.records.images("main", "Appointment", [1, 2]),
            t.records.window(
                "main", "Appointment", bookmark=Bookmark(after=2), window=window, limit=9
            ),
        )
    )

    assert known == {1: a_record(1)}
    assert [one.place for one in placed] == [(3, 0)]
