"""Cases 6 to 9: stamps are whole seconds, so that many rows, and many moments, share one."""

import pytest
from tests.adversarial.interrupting import interrupt
from tests.adversarial.rig import Rig

from bitewing.model.change import ChangeKind

NUMBERS = {
    False: "SELECT seq AS n FROM seq_1_to_{}",  # MariaDB's SEQUENCE engine
    True: "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {})"
    " SELECT n FROM c",
}
"""Whether it is SQLite → a SELECT of the numbers from 1."""

TIES = [999, 1000, 1001, 2500, 5001]
"""Around the page of 1,000, and above the 5,000 from which on the server is asked for digests."""


def add_fields(rig: Rig, count: int) -> None:
    """Add so many rows in one statement: they all have one stamp."""
    numbers = NUMBERS[rig.writer.is_sqlite].format(count)
    rig.run(
        "INSERT INTO patfield (PatNum, FieldName, FieldValue) "
        f"SELECT 1, 'tie', n FROM ({numbers}) AS numbers"
    )


async def new_kinds(rig: Rig) -> list[ChangeKind]:
    """Poll twice, so that a repeat would show; give what that made."""
    await rig.poll()
    await rig.poll()
    return [change.kind for change in await rig.replay()]


async def test_case_6_twice_in_one_second_with_a_poll_between(rig: Rig) -> None:
    """Case 6: the second change has the stamp that the poll has already read."""
    await rig.set_clock(0)
    rig.run("UPDATE appointment SET Note = 'once' WHERE AptNum = 1")
    first = await new_kinds(rig)
    rig.run("UPDATE appointment SET Note = 'twice' WHERE Note = 'once'")

    assert (first, await new_kinds(rig)) == ([ChangeKind.UPDATED], [ChangeKind.UPDATED])
    assert len(await rig.verify()) == 2


async def test_case_6_a_row_added_in_a_second_that_was_polled(rig: Rig) -> None:
    """Case 6: an INSERT in the second that the cursor stands at."""
    await rig.set_clock(0)
    rig.run("UPDATE appointment SET Note = 'once' WHERE AptNum = 1")
    await rig.poll()
    await rig.replay()
    rig.run("INSERT INTO appointment (PatNum, Note) VALUES (1, 'added')")

    assert await new_kinds(rig) == [ChangeKind.CREATED]
    assert len(await rig.verify()) == 2


async def test_case_6_a_smaller_key_in_a_second_that_was_polled(rig: Rig) -> None:
    """Case 6: a cursor of (stamp, key) would have passed it by."""
    smallest, *_, largest = rig.keys("appointment", "AptNum")
    await rig.set_clock(0)
    rig.run("UPDATE appointment SET Note = 'once' WHERE AptNum = ?", largest)
    await rig.poll()
    await rig.replay()
    rig.run("UPDATE appointment SET Note = 'once' WHERE AptNum = ?", smallest)

    assert await new_kinds(rig) == [ChangeKind.UPDATED]
    assert len(await rig.verify()) == 2


@pytest.mark.parametrize("count", TIES)
async def test_case_7_many_rows_with_one_stamp(rig: Rig, count: int) -> None:
    """Case 7: added, then changed by one statement; each once, and no poll hangs."""
    add_fields(rig, count)
    added = await new_kinds(rig)
    rig.run("UPDATE patfield SET FieldValue = 'all at once' WHERE FieldName = 'tie'")
    changed = await new_kinds(rig)

    assert (added, changed) == ([ChangeKind.CREATED] * count, [ChangeKind.UPDATED] * count)
    assert len(await rig.verify()) == 2 * count


async def test_case_7_a_hundred_thousand_rows_with_one_stamp(server_rig: Rig) -> None:
    """Case 7: with an index on the stamp too, where paging by offset loses two in five."""
    rig, count = server_rig, 100_000
    rig.run("ALTER TABLE patfield ADD INDEX (SecDateTEdit)")
    add_fields(rig, count)
    added = await new_kinds(rig)

    assert added == [ChangeKind.CREATED] * count
    assert len(await rig.verify()) == count


async def test_case_8_rows_change_vanish_and_come_between_two_pages(rig: Rig) -> None:
    """Case 8: the first page is read, the second is not, and both move; nothing is lost."""
    add_fields(rig, 2500)

    def move() -> None:
        first, last = rig.keys("patfield", "PatFieldNum")[20:1000], -20
        for key in (*first[:20], *rig.keys("patfield", "PatFieldNum")[last:]):
            rig.run("UPDATE patfield SET FieldValue = 'moved' WHERE PatFieldNum = ?", key)
        for key in (*first[20:40], *rig.keys("patfield", "PatFieldNum")[2 * last : last]):
            rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", key)
        rig.run("INSERT INTO patfield (PatFieldNum, FieldValue) VALUES (-5, 'x'), (999999, 'y')")

    await interrupt(rig, "PatField", fetch=move)
    changes = await rig.verify()
    by_kind = {kind: sum(change.kind is kind for change in changes) for kind in ChangeKind}

    # The last 20 moved before they were read, and the 20 before them went unseen.
    assert by_kind == {ChangeKind.CREATED: 2482, ChangeKind.UPDATED: 20, ChangeKind.DELETED: 20}


async def test_case_8_a_sweep_is_interrupted(rig: Rig) -> None:
    """Case 8: rows move between the digest of a range and the reading of its rows."""
    add_fields(rig, 2500)
    await rig.settle()
    keys = rig.keys("patfield", "PatFieldNum")

    def move() -> None:
        rig.run("UPDATE patfield SET FieldValue = 'moved' WHERE PatFieldNum = ?", keys[0])
        rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", keys[1])
        rig.run("INSERT INTO patfield (PatFieldNum, FieldValue) VALUES (-5, 'x')")

    rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", keys[2])
    await interrupt(rig, "PatField", digest_after=move)
    await rig.poll()
    await rig.sweep()
    changes = await rig.verify()

    assert len(changes) == 2500 + 4


async def test_case_9_a_row_that_changes_every_second_is_not_starved(rig: Rig) -> None:
    """Case 9: it is told at every poll, not when it comes to rest."""
    told = []
    for beat in range(1, 21):
        rig.run(f"UPDATE appointment SET Note = '{beat}' WHERE AptNum = 1")
        await rig.poll()
        told.append(len(await rig.replay()))
        await rig.pass_time(1)

    assert told == [1] * 20
    assert len(await rig.verify()) == 20
