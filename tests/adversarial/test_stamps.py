"""Cases 12 and 13: stamps that do not tell of a change, and stamps that tell of none."""

import pytest
from tests.adversarial.rig import Rig

from bitewing.model.change import ChangeKind
from bitewing.model.watch import Depth

OLD = "'2019-05-06 07:08:09'"
ZERO = "'0000-00-00 00:00:00'"
Told = tuple[int, int, int]


async def told(rig: Rig) -> Told:
    """Give how many Changes a poll, a sweep of stamps and a sweep of rows made, in turn."""
    await rig.poll()
    polled = len(await rig.replay())
    await rig.sweep(Depth.STAMPS)
    shallow = len(await rig.replay())
    await rig.sweep()
    return polled, shallow, len(await rig.replay())


async def test_case_12_a_change_that_keeps_its_stamp(rig: Rig) -> None:
    """Case 12: only comparing whole rows finds it."""
    rig.keep("appointment", "Note = 'kept'", where="WHERE AptNum = 1")

    assert await told(rig) == (0, 0, 1)
    assert len(await rig.verify()) == 1


@pytest.mark.parametrize("stamp", [OLD, ZERO], ids=["old", "zero"])
async def test_case_12_a_change_with_an_older_stamp(rig: Rig, stamp: str) -> None:
    """Case 12: comparing keys and stamps finds it; a zero stamp is like any other."""
    rig.run(f"UPDATE appointment SET Note = 'older', DateTStamp = {stamp} WHERE AptNum = 1")
    older = await told(rig)
    rig.keep("appointment", "Note = 'and kept'", where="WHERE AptNum = 1")
    kept = await told(rig)
    rig.run("UPDATE appointment SET Note = 'stamped' WHERE AptNum = 1")

    assert (older, kept, await told(rig)) == ((0, 1, 0), (0, 0, 1), (1, 0, 0))
    assert len(await rig.verify()) == 3


@pytest.mark.parametrize("stamp", [OLD, ZERO], ids=["old", "zero"])
async def test_case_12_a_row_that_is_replaced_with_an_older_stamp(rig: Rig, stamp: str) -> None:
    """Case 12: REPLACE is a deletion and an insertion in one; here it is an `updated`."""
    fields = "PatFieldNum, PatNum, FieldName, FieldValue, SecDateTEdit"
    rig.run(f"REPLACE INTO patfield ({fields}) VALUES (1, 1, 'a', 'replaced', {stamp})")

    assert await told(rig) == (0, 1, 0)
    assert [change.kind for change in await rig.verify()] == [ChangeKind.UPDATED]


@pytest.mark.parametrize("stamp", [OLD, ZERO], ids=["old", "zero"])
async def test_case_12_a_row_that_is_imported_with_an_older_stamp(rig: Rig, stamp: str) -> None:
    """Case 12: no poll sees a new row that says it is old."""
    rig.run(f"INSERT INTO patfield (PatNum, FieldName, SecDateTEdit) VALUES (1, 'a', {stamp})")

    assert await told(rig) == (0, 1, 0)
    assert [change.kind for change in await rig.verify()] == [ChangeKind.CREATED]


async def test_case_12_a_stamp_that_is_null(server_rig: Rig) -> None:
    """Case 12: some databases allow it; a row without a stamp is compared all the same."""
    rig = server_rig
    rig.run(
        "ALTER TABLE appointment MODIFY DateTStamp timestamp NULL "
        "DEFAULT current_timestamp() ON UPDATE current_timestamp()"
    )
    await rig.restart()
    altered = await told(rig)
    rig.run("UPDATE appointment SET Note = 'a', DateTStamp = NULL WHERE AptNum = 1")
    emptied = await told(rig)
    rig.keep("appointment", "Note = 'b'", where="WHERE AptNum = 1")

    assert (altered, emptied, await told(rig)) == ((0, 0, 0), (0, 1, 0), (0, 0, 1))
    assert len(await rig.verify()) == 2


async def test_case_13_writing_what_is_there_is_no_change(rig: Rig) -> None:
    """Case 13: the server leaves row and stamp alone, and so do we, even where polls read it."""
    rig.run("UPDATE appointment SET Note = 'fresh' WHERE AptNum = 1")
    fresh = await told(rig)
    rig.run("UPDATE appointment SET Note = Note, Op = Op")
    rig.run("UPDATE patient SET LName = LName")

    assert (fresh, await told(rig)) == ((1, 0, 0), (0, 0, 0))
    assert len(await rig.verify()) == 1


async def test_case_13_a_stamp_moved_for_itself_is_content(rig: Rig) -> None:
    """Case 13: Open Dental announces every row that was touched, so the stamp is content."""
    rig.run("UPDATE appointment SET DateTStamp = CURRENT_TIMESTAMP WHERE AptNum = 1")
    counts = await told(rig)
    [change] = await rig.verify()
    assert change.before is not None and change.after is not None
    differing = {
        column
        for column, value in change.after.native.items()
        if value != change.before.native[column]
    }

    assert counts == (1, 0, 0)
    assert (change.kind, differing) == (ChangeKind.UPDATED, {"DateTStamp"})


async def test_case_13_changed_and_changed_back_within_a_second(server_rig: Rig) -> None:
    """Case 13: between two polls, in the second that the row is stamped with: nothing."""
    rig = server_rig
    await rig.set_clock(0)
    rig.run("UPDATE appointment SET Note = 'a' WHERE AptNum = 1")
    first = await told(rig)
    rig.run("UPDATE appointment SET Note = 'b' WHERE AptNum = 1")
    rig.run("UPDATE appointment SET Note = 'a' WHERE AptNum = 1")

    assert (first, await told(rig)) == ((1, 0, 0), (0, 0, 0))
    assert len(await rig.verify()) == 1


async def test_case_13_changed_and_changed_back_in_different_seconds(server_rig: Rig) -> None:
    """Case 13: then the stamp tells that the row was touched, and nothing else differs."""
    rig = server_rig
    await rig.set_clock(0)
    rig.run("UPDATE appointment SET Note = 'a' WHERE AptNum = 1")
    await rig.poll()
    await rig.pass_time(5)
    rig.run("UPDATE appointment SET Note = 'b' WHERE AptNum = 1")
    rig.run("UPDATE appointment SET Note = 'a' WHERE AptNum = 1")
    await rig.poll()
    changes = await rig.verify()

    assert [change.kind for change in changes] == [ChangeKind.UPDATED, ChangeKind.UPDATED]
