"""Case 20: rows that change together so that a careless digest of many rows stays the same.

A CRC32 is linear: under an exclusive or, two rows that swap a value cancel out, and so does an
even number of rows that get one stamp instead of another.
"""

from tests.adversarial.rig import Rig

from bitewing.model.watch import Depth

SAME_STAMP = "DateTStamp = '2019-05-06 07:08:09'"


async def told_by_sweeps(rig: Rig) -> tuple[int, int]:
    """Give how many Changes a sweep of stamps and then one of rows made."""
    await rig.sweep(Depth.STAMPS)
    shallow = len(await rig.replay())
    await rig.sweep()
    return shallow, len(await rig.replay())


async def test_case_20_two_rows_swap_a_value(rig: Rig) -> None:
    """Case 20: same stamps, values of one length: the sweep of rows tells of both."""
    rig.run(f"UPDATE appointment SET Note = 'abc', {SAME_STAMP} WHERE AptNum = 1")
    rig.run(f"UPDATE appointment SET Note = 'xyz', {SAME_STAMP} WHERE AptNum = 2")
    await rig.settle()
    await rig.replay()
    swapped = "Note = CASE AptNum WHEN 1 THEN 'xyz' ELSE 'abc' END"
    rig.keep("appointment", swapped, where="WHERE AptNum IN (1, 2)")

    assert await told_by_sweeps(rig) == (0, 2)
    assert len(await rig.verify()) == 4


async def test_case_20_an_even_number_of_rows_gets_another_stamp(rig: Rig) -> None:
    """Case 20: four rows of one old stamp get another old one: the sweep of stamps tells."""
    four = "WHERE AptNum IN (1, 2, 3, 4)"
    rig.run(f"UPDATE appointment SET {SAME_STAMP} {four}")
    await rig.settle()
    await rig.replay()
    rig.run(f"UPDATE appointment SET DateTStamp = '2019-05-06 07:08:10' {four}")

    assert await told_by_sweeps(rig) == (4, 0)
    assert len(await rig.verify()) == 8


async def test_case_20_two_rows_swap_their_keys(server_rig: Rig) -> None:
    """Case 20: each key now has the other's content; stamps of one second stay as they were."""
    rig = server_rig
    rig.run(f"UPDATE appointment SET Note = 'abc', {SAME_STAMP} WHERE AptNum = 1")
    rig.run(f"UPDATE appointment SET Note = 'xyz', {SAME_STAMP} WHERE AptNum = 2")
    await rig.settle()
    await rig.replay()
    for before, after in ((1, -1), (2, 1), (-1, 2)):
        rig.keep("appointment", f"AptNum = {after}", where=f"WHERE AptNum = {before}")

    assert await told_by_sweeps(rig) == (0, 2)
    assert len(await rig.verify()) == 4
