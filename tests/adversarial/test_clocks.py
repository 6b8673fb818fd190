"""Cases 10 and 11: the database's clock is set, and clocks stand in different zones."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.adversarial.rig import Rig

from bitewing.model.watch import Depth

FALL_BACK = datetime(2037, 11, 1, 6, tzinfo=UTC)
"""02:00 EDT becomes 01:00 EST in New York: an hour of its wall clock comes twice."""

SPRING_FORWARD = datetime(2037, 3, 8, 7, tzinfo=UTC)
"""02:00 EST becomes 03:00 EDT: an hour of its wall clock never comes."""


async def told_by_a_poll(rig: Rig, note: str, *, number: int = 1) -> int:
    """Change an appointment and poll; give how many Changes that made."""
    rig.run("UPDATE appointment SET Note = ? WHERE AptNum = ?", note, number)
    await rig.poll()
    return len(await rig.replay())


@pytest.mark.parametrize("back", [600, 3600])
async def test_case_10_a_clock_set_back_loses_nothing(rig: Rig, back: int) -> None:
    """Case 10: what is stamped before the last poll is found by the next, on both ways."""
    before = await told_by_a_poll(rig, "before")
    await rig.set_clock(-back)
    behind = await told_by_a_poll(rig, "behind", number=2)
    await rig.set_clock(0)
    after = await told_by_a_poll(rig, "after", number=3)

    assert (before, behind, after) == (1, 1, 1)
    assert len(await rig.verify()) == 3


async def test_case_10_a_clock_that_steps_raises_suspicion(rig: Rig) -> None:
    """Case 10: what a step may have hidden is looked for at once."""
    await rig.sweep(Depth.STAMPS)
    due_before = rig.poller.agenda.seconds_until_next(now=rig.clock.monotonic())
    rig.clock.advance(3)
    await rig.set_clock(-600)
    await rig.poll()

    assert due_before > 0
    assert rig.poller.agenda.seconds_until_next(now=rig.clock.monotonic()) == 0


async def test_case_10_a_clock_ahead_and_corrected_loses_nothing(rig: Rig) -> None:
    """Case 10: two hours ahead, a write, then right again; neither poll nor restart repeats."""
    await rig.set_clock(7200)
    ahead = await told_by_a_poll(rig, "ahead")
    await rig.set_clock(0)
    corrected = await told_by_a_poll(rig, "corrected", number=2)
    await rig.restart()
    repeated = [await told_by_a_poll(rig, "corrected", number=2) for _ in range(3)]
    again = await told_by_a_poll(rig, "again")

    assert (ahead, corrected, repeated, again) == (1, 1, [0, 0, 0], 1)
    assert len(await rig.verify()) == 3


async def test_case_10_a_stamp_in_the_future_never_repeats(rig: Rig) -> None:
    """Case 10: every poll reads the row until its day has come; only changes are told."""
    rig.run("UPDATE appointment SET Note = 'a', DateTStamp = '2037-01-01 00:00:00' WHERE AptNum=1")
    told = []
    for _ in range(5):
        await rig.pass_time(60)
        await rig.poll()
        told.append(len(await rig.replay()))
    rig.keep("appointment", "Note = 'b'", where="WHERE AptNum = 1")
    await rig.poll()

    assert (told, len(await rig.replay())) == ([1, 0, 0, 0, 0], 1)
    assert len(await rig.verify()) == 2


@pytest.mark.live
@pytest.mark.parametrize("change", [FALL_BACK, SPRING_FORWARD], ids=["autumn", "spring"])
async def test_case_11_the_hours_around_a_change_of_clocks(
    new_york_rig: Rig, change: datetime
) -> None:
    """Case 11: every ten minutes from an hour before to an hour and a half after, one change."""
    rig = new_york_rig
    rig.run("SET time_zone = 'SYSTEM'")
    began = change - timedelta(hours=1)
    await rig.pass_time((began - (await rig.source.reach()).now).total_seconds())
    walls, told = [], []
    for beat in range(15):
        walls.append(str(rig.cell("SELECT NOW()")))
        told.append(await told_by_a_poll(rig, f"beat {beat}"))
        await rig.pass_time(600)

    assert told == [1] * 15
    assert (walls != sorted(walls)) is (change == FALL_BACK), "the server's wall clock went back"
    assert len(await rig.verify()) == 15


async def test_case_11_the_server_moves_to_another_zone(server_rig: Rig) -> None:
    """Case 11: sessions begun before and after it stand in different zones; ours in UTC."""
    rig = server_rig
    told = []
    try:
        for zone in ("+09:00", "-11:00", "+00:00"):
            rig.run(f"SET GLOBAL time_zone = '{zone}'")
            await rig.source.polling.close()
            rig.run("SET time_zone = @@global.time_zone")
            told.append(await told_by_a_poll(rig, f"written at {zone}"))
    finally:
        rig.run("SET GLOBAL time_zone = 'SYSTEM'")
        rig.run("SET time_zone = '+00:00'")

    assert told == [1, 1, 1]
    assert len(await rig.verify()) == 3


@pytest.fixture(params=["Asia/Tokyo", "America/Los_Angeles"])
def our_zone(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let our own machine stand somewhere else."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("our_zone")
async def test_case_11_our_machine_stands_in_another_zone(rig: Rig) -> None:
    """Case 11: only the database's clock counts, in UTC."""
    await rig.restart()
    told = [await told_by_a_poll(rig, note) for note in ("a", "b", "b", "c")]

    assert told == [1, 1, 0, 1]
    assert len(await rig.verify()) == 3
