"""What every Source promises, tried on every kind of practice."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.sources.conformance.office import KEY_COLUMNS, NOTE_COLUMNS, Office

from bitewing.model.errors import InvalidRequestError
from bitewing.model.inquiry import Condition, Inquiry, Relation
from bitewing.model.record import Outline, Record, fingerprint, outline_of
from bitewing.model.watch import Depth, Digest, Watch

FAR_BACK = timedelta(days=400)
WATCHES = ("Appointment", "Patient")


def watch_of(practice: Office, name: str = "Appointment") -> Watch:
    return next(watch for watch in practice.source.watches if watch.name == name)


def numbers(records: list[Record]) -> list[int]:
    return [record.key.number for record in records]


async def only_record(practice: Office, name: str = "Appointment") -> Record:
    (record,) = await practice.source.read_after(watch_of(practice, name), None, 10)
    return record


async def test_opening_discovers_keys_and_stamps(practice: Office) -> None:
    """The two indispensable Watches name their primary keys and have stamps."""
    found = {watch.name: watch for watch in practice.source.watches}

    assert [found[name].key_column for name in WATCHES] == ["AptNum", "PatNum"]
    assert [found[name].stamp_column for name in WATCHES] == ["DateTStamp", "DateTStamp"]


async def test_children_are_read_before_parents(practice: Office) -> None:
    """So that a child is never newer than the parent read in the same poll."""
    order = [watch.name for watch in practice.source.watches]

    assert order.index("Appointment") < order.index("Patient")


async def test_opening_again_changes_nothing(practice: Office) -> None:
    """After a failure a Source is opened anew; it finds the same."""
    before = list(practice.source.watches)
    await practice.source.open()

    assert list(practice.source.watches) == before


async def test_the_clock_is_the_databases_in_whole_seconds(practice: Office) -> None:
    """A row that is written now is stamped not before the reach, and less than a minute after."""
    reach = await practice.source.reach()
    practice.insert("Appointment", 1)
    stamped_at = (await only_record(practice)).stamped_at

    assert reach.now.tzinfo is UTC
    assert reach.now.microsecond == 0
    assert reach.complete_up_to <= reach.now
    assert reach.overlap > timedelta(0)
    assert stamped_at is not None
    assert reach.now <= stamped_at < reach.now + timedelta(minutes=1)


async def test_an_empty_table_has_no_records(practice: Office) -> None:
    """Nothing is read, listed, fetched or found."""
    watch = watch_of(practice)
    low = (await practice.source.reach()).now - FAR_BACK

    assert await practice.source.read_after(watch, None, 10) == []
    assert await practice.source.keys_stamped_since(watch, low) == []
    assert await practice.source.fetch(watch, [1, 2]) == []
    assert await practice.source.find(Inquiry("Appointment")) == []


async def test_a_lower_edge_is_included(practice: Office) -> None:
    """A row stamped exactly then is listed, one stamped a second earlier is not."""
    at = (await practice.source.reach()).now - timedelta(hours=1)
    for number, seconds in ((1, -1), (2, 0), (3, 1)):
        practice.insert("Appointment", number)
        practice.stamp("Appointment", number, at + timedelta(seconds=seconds))
    keys = await practice.source.keys_stamped_since(watch_of(practice), at)

    assert sorted(keys) == [2, 3]


async def test_stamps_in_the_future_are_listed(practice: Office) -> None:
    """There is no upper edge: a clock that was set back hides nothing."""
    now = (await practice.source.reach()).now
    practice.insert("Appointment", 1)
    practice.stamp("Appointment", 1, now + timedelta(days=2))
    keys = await practice.source.keys_stamped_since(watch_of(practice), now)

    assert keys == [1]


@pytest.mark.parametrize("rows", [999, 1000, 1001])
async def test_all_rows_of_one_stamp_are_listed(practice: Office, rows: int) -> None:
    """However many rows one statement has stamped, one list holds them all, once."""
    at = (await practice.source.reach()).now - timedelta(hours=1)
    for number in range(1, rows + 1):
        practice.insert("Appointment", number)
        practice.stamp("Appointment", number, at)
    keys = await practice.source.keys_stamped_since(watch_of(practice), at)
    fetched = await practice.source.fetch(watch_of(practice), keys)

    assert sorted(keys) == list(range(1, rows + 1))
    assert sorted(numbers(fetched)) == sorted(keys)


async def test_reading_goes_chunk_by_chunk_along_the_keys(practice: Office) -> None:
    """Chunks follow each other without a gap, in key order, until one is short."""
    for number in (7, 3, 11, 5, 2):
        practice.insert("Appointment", number)
    watch = watch_of(practice)
    first = await practice.source.read_after(watch, None, 2)
    second = await practice.source.read_after(watch, 3, 2)
    third = await practice.source.read_after(watch, 7, 2)

    assert [numbers(chunk) for chunk in (first, second, third)] == [[2, 3], [5, 7], [11]]


async def test_keys_may_be_negative_or_huge(practice: Office) -> None:
    """Open Dental's random keys are 63 bits wide, and some are below zero."""
    keys = [-(2**62), -5, 2**53 + 1, 2**63 - 1]
    for number in keys:
        practice.insert("Patient", number)
    watch = watch_of(practice, "Patient")
    chunk = await practice.source.read_after(watch, None, 10)
    rest = await practice.source.read_after(watch, -5, 10)
    fetched = await practice.source.fetch(watch, keys)

    assert numbers(chunk) == keys
    assert numbers(rest) == keys[2:]
    assert sorted(numbers(fetched)) == keys


@pytest.mark.parametrize("name", WATCHES)
async def test_a_record_is_the_row_as_it_is(practice: Office, name: str) -> None:
    """Key, columns in bytes, stamp and fingerprint all come from the one row."""
    practice.insert(name, 28, note="Zoë's crown ½")
    record = await only_record(practice, name)
    stamp = record.native["DateTStamp"] or b""

    assert (record.key.watch, record.key.number) == (name, 28)
    assert record.native[KEY_COLUMNS[name]] == b"28"
    assert record.native[NOTE_COLUMNS[name]] == "Zoë's crown ½".encode()
    assert record.stamped_at is not None
    assert stamp.decode() == record.stamped_at.strftime("%Y-%m-%d %H:%M:%S")
    assert record.fingerprint == fingerprint(record.native)


async def test_every_way_of_reading_gives_the_same_record(practice: Office) -> None:
    """Chunks, keys and inquiries read the same bytes, or every poll would see a Change."""
    practice.insert("Appointment", 1, note="tooth 14")
    watch = watch_of(practice)
    (by_chunk,) = await practice.source.read_after(watch, None, 10)
    (by_key,) = await practice.source.fetch(watch, [1])
    (by_inquiry,) = await practice.source.find(Inquiry("Appointment"))

    assert by_chunk == by_key == by_inquiry


async def test_the_fingerprint_moves_with_the_row(practice: Office) -> None:
    """A changed note is another content; the same note written again is not."""
    practice.insert("Appointment", 1, note="a")
    before = await only_record(practice)
    practice.update("Appointment", 1, note="b")
    changed = await only_record(practice)
    practice.update("Appointment", 1, note="b")
    again = await only_record(practice)

    assert before.fingerprint != changed.fingerprint
    assert changed == again


async def test_a_restamped_row_is_another_content(practice: Office) -> None:
    """Open Dental announces a row that was touched, even if nothing else differs."""
    practice.insert("Appointment", 1, note="a")
    before = await only_record(practice)
    at = (await practice.source.reach()).now - timedelta(days=1)
    practice.stamp("Appointment", 1, at)
    after = await only_record(practice)

    assert before.fingerprint != after.fingerprint
    assert after.stamped_at == at


async def test_fetching_leaves_out_what_is_gone(practice: Office) -> None:
    """A row that vanished between the list and the fetch is simply not there."""
    for number in (1, 2, 3):
        practice.insert("Appointment", number)
    practice.delete("Appointment", 2)
    fetched = await practice.source.fetch(watch_of(practice), [3, 2, 1, 99])

    assert sorted(numbers(fetched)) == [1, 3]


async def test_fetching_nothing_gives_nothing(practice: Office) -> None:
    """No keys, no Records, and no complaint."""
    practice.insert("Appointment", 1)

    assert await practice.source.fetch(watch_of(practice), []) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("AptNum", Relation.EQUAL, 2), [2]),
        (Condition("AptNum", Relation.NOT_EQUAL, 2), [1, 10]),
        (Condition("AptNum", Relation.AT_LEAST, 2), [2, 10]),
        (Condition("AptNum", Relation.BELOW, 10), [1, 2]),
        (Condition("Note", Relation.CONTAINS, "100%"), [1]),
        (Condition("Note", Relation.CONTAINS, "a_b"), [2]),
        (Condition("Note", Relation.EQUAL, "'; --"), [10]),
    ],
)
async def test_inquiries_keep_to_their_conditions(
    practice: Office, condition: Condition, expected: list[int]
) -> None:
    """Numbers compare as numbers; no character of a text has a meaning of its own."""
    for number, note in ((1, "is 100% done"), (2, "a_b, not axb or 100"), (10, "'; --")):
        practice.insert("Appointment", number, note=note)
    found = await practice.source.find(Inquiry("Appointment", (condition,), ("AptNum",)))

    assert numbers(found) == expected


async def test_inquiries_page_in_their_order(practice: Office) -> None:
    """Limit and offset cut pages out of one order."""
    for number, note in ((1, "c"), (2, "a"), (3, "b"), (4, "d")):
        practice.insert("Patient", number, note=note)
    order = ("AddrNote",)
    first = await practice.source.find(Inquiry("Patient", order=order, limit=2))
    second = await practice.source.find(Inquiry("Patient", order=order, limit=2, offset=2))

    assert [numbers(first), numbers(second)] == [[2, 3], [1, 4]]


@pytest.mark.parametrize(
    "inquiry",
    [
        Inquiry("Starship"),
        Inquiry("Patient", (Condition("WarpFactor", Relation.EQUAL, 9),)),
        Inquiry("Patient", order=("WarpFactor",)),
    ],
)
async def test_what_this_database_does_not_have_is_said(practice: Office, inquiry: Inquiry) -> None:
    """An unknown Watch or column is the asker's mistake, and never SQL."""
    practice.insert("Patient", 1)

    with pytest.raises(InvalidRequestError, match=r"has no|holds no"):
        await practice.source.find(inquiry)


async def test_after_closing_it_can_be_read_again(practice: Office) -> None:
    """Closing gives connections back; the next opening finds everything as it was."""
    practice.insert("Appointment", 1)
    await practice.source.close()
    await practice.source.open()

    assert numbers(await practice.source.read_after(watch_of(practice), None, 10)) == [1]


NOTES = [None, "", "a", "N;", "1:a", "Zoë ½ \U0001f9b7", "trailing ", "\n'\\", "x" * 65_000]


async def outlines_of(
    practice: Office, after: int | None = None, up_to: int | None = None
) -> dict[int, Outline]:
    """Give what the database says of the rows between two keys, at both depths."""
    watch = watch_of(practice)
    marks = await practice.source.outlines(watch, Depth.STAMPS, after=after, up_to=up_to)
    digests = await practice.source.outlines(watch, Depth.ROWS, after=after, up_to=up_to)
    assert marks.keys() == digests.keys()
    return {key: Outline(marks[key], digests[key]) for key in marks}


async def ours(practice: Office) -> dict[int, Outline]:
    """Give what we say of all rows, having read them."""
    records = await practice.source.read_after(watch_of(practice), None, 1000)
    return {record.key.number: outline_of(record) for record in records}


async def test_the_database_digests_rows_as_we_do(practice: Office) -> None:
    """Row by row and at both depths; a stamp that is none, too."""
    for number, note in enumerate(NOTES):
        practice.insert("Appointment", number, note=note)
    practice.stamp("Appointment", 3, datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC))
    theirs = await outlines_of(practice)

    assert theirs == await ours(practice)
    assert len(set(theirs.values())) == len(NOTES)


async def test_long_notes_are_told_apart_by_their_last_letter(practice: Office) -> None:
    """The digest is of all of it."""
    practice.insert("Appointment", 1, note="x" * 65_000 + "y")
    practice.insert("Appointment", 2, note="x" * 65_000 + "z")
    theirs = await outlines_of(practice)

    assert theirs == await ours(practice)
    assert theirs[1].digest != theirs[2].digest


async def test_outlines_keep_to_their_range(practice: Office) -> None:
    """Above the one key, up to and with the other; None is no edge."""
    keys = [-(2**62), -5, 0, 2**53 + 1, 2**63 - 1]
    for number in keys:
        practice.insert("Appointment", number)
    found = {
        edges: sorted(await outlines_of(practice, *edges))
        for edges in [(None, None), (-5, None), (None, -5), (-5, 2**53 + 1), (2**63 - 1, None)]
    }

    assert list(found.values()) == [keys, keys[2:], keys[:2], keys[2:4], []]


@pytest.mark.parametrize("depth", list(Depth))
async def test_digests_go_range_by_range_along_the_keys(practice: Office, depth: Depth) -> None:
    """Each says how many rows it has, its last key, and the bits of all of them."""
    for number in (7, -3, 11, 5, 2):
        practice.insert("Appointment", number, note=str(number))
    watch, bits = watch_of(practice), list(Depth).index(depth)
    known = {key: one[bits] for key, one in (await ours(practice)).items()}
    digests = [
        await practice.source.digest_after(watch, depth, after=after, limit=2)
        for after in (None, 2, 7, 11)
    ]

    assert digests == [
        Digest(2, 2, known[-3] ^ known[2]),
        Digest(2, 7, known[5] ^ known[7]),
        Digest(1, 11, known[11]),
        Digest(0, None, 0),
    ]


async def test_a_digest_moves_with_what_it_is_of(practice: Office) -> None:
    """Whole rows with every column, keys and stamps with those alone."""
    practice.insert("Appointment", 1, note="a")
    at = (await practice.source.reach()).now - timedelta(days=1)
    practice.stamp("Appointment", 1, at)
    first = (await outlines_of(practice))[1]
    practice.update("Appointment", 1, note="b")
    practice.stamp("Appointment", 1, at)
    kept = (await outlines_of(practice))[1]
    practice.stamp("Appointment", 1, at + timedelta(seconds=1))
    moved = (await outlines_of(practice))[1]

    assert first.mark == kept.mark and first.digest != kept.digest
    assert kept.mark != moved.mark and kept.digest != moved.digest


async def test_digests_of_what_a_poll_would_fetch(practice: Office) -> None:
    """The lower edge is included, as it is for the keys."""
    at = (await practice.source.reach()).now - timedelta(hours=1)
    for number, seconds in ((1, -1), (2, 0), (3, 1)):
        practice.insert("Appointment", number)
        practice.stamp("Appointment", number, at + timedelta(seconds=seconds))
    theirs = await practice.source.digests_stamped_since(watch_of(practice), at)
    known = await ours(practice)

    assert theirs == {2: known[2].digest, 3: known[3].digest}


async def test_rows_are_counted(practice: Office) -> None:
    """As many as there are."""
    counts = [await practice.source.count(watch_of(practice))]
    for number in (1, 2, 3):
        practice.insert("Appointment", number)
    counts.append(await practice.source.count(watch_of(practice)))
    practice.delete("Appointment", 2)
    counts.append(await practice.source.count(watch_of(practice)))

    assert counts == [0, 3, 2]


async def test_an_empty_table_digests_to_nothing(practice: Office) -> None:
    """No rows, no last key, no bits."""
    digest = await practice.source.digest_after(
        watch_of(practice), Depth.ROWS, after=None, limit=10
    )

    assert digest == Digest(0, None, 0)
    assert await outlines_of(practice) == {}


async def test_the_origin_is_the_same_until_something_is_another(practice: Office) -> None:
    """Opened again, it is the same database with the same tables."""
    before = await practice.source.origin()
    await practice.source.close()
    await practice.source.open()
    after = await practice.source.origin()

    assert before.identity
    assert (after.identity, after.layouts) == (before.identity, before.layouts)
    assert after.layouts.keys() == {watch.name for watch in practice.source.watches}
    assert KEY_COLUMNS["Appointment"] in after.layouts["Appointment"]


async def test_a_person_may_read_the_clock_beside_the_polls(practice: Office) -> None:
    """It is the clock by which rows are stamped."""
    reach = await practice.source.reach()
    clock = await practice.source.read_clock()

    assert clock.microsecond == 0
    assert reach.now <= clock < reach.now + timedelta(minutes=1)
