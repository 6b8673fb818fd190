"""The pulse: a hint that something may have been written."""

import asyncio

from tests.sources.opendental.office import DentalOffice

from bitewing.clock import SystemClock

PATIENCE_SECONDS = 8.0
BEAT_SECONDS = 0.2


async def quiet_pulse(office: DentalOffice) -> str:
    """Give the pulse once it is steady: servers know the time of a write to the second."""
    clock, never = SystemClock(), asyncio.Event()
    before = await office.source.pulse()
    for _ in range(int(PATIENCE_SECONDS / BEAT_SECONDS)):
        await clock.wait(never, BEAT_SECONDS)
        pulse = await office.source.pulse()
        if pulse == before:
            return pulse
        before = pulse
    raise TimeoutError("the pulse is never steady")


async def test_it_is_steady_while_nothing_happens(office: DentalOffice) -> None:
    """A second or two after the last write, at the latest."""
    office.add("Appointment", 1)
    await office.source.open()
    first = await quiet_pulse(office)

    assert [await office.source.pulse() for _ in range(3)] == [first] * 3


async def test_a_write_by_somebody_else_moves_it(office: DentalOffice) -> None:
    """At once, whatever was written: inserted, updated or deleted."""
    await office.source.open()
    pulses = [await quiet_pulse(office)]
    office.add("Appointment", 1)
    pulses += [await office.source.pulse(), await quiet_pulse(office)]
    office.change("Appointment", 1, {"Note": "moved"})
    pulses += [await office.source.pulse(), await quiet_pulse(office)]
    office.delete("Appointment", 1)
    pulses += [await office.source.pulse()]

    assert pulses[0] != pulses[1]
    assert pulses[2] != pulses[3]
    assert pulses[4] != pulses[5]


async def test_two_writes_in_one_second_are_not_taken_for_one(office: DentalOffice) -> None:
    """While the last write is of the present second, the pulse moves anyway."""
    await office.source.open()
    await quiet_pulse(office)
    office.add("Appointment", 1)
    first = await office.source.pulse()
    office.add("Appointment", 2)

    assert await office.source.pulse() != first


async def test_reading_does_not_move_it(office: DentalOffice) -> None:
    """Or the poller would keep itself awake."""
    office.add("Appointment", 1)
    await office.source.open()
    first = await quiet_pulse(office)
    reach = await office.source.reach()
    for watch in office.source.watches:
        await office.source.read_after(watch, None, 10)
        await office.source.count(watch)
        if watch.stamp_column:
            await office.source.keys_stamped_since(watch, reach.now)

    assert await office.source.pulse() == first
