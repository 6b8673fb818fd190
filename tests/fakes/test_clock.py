"""The fake clock keeps the promises of the Clock port."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from tests.fakes.clock import FakeClock

from bitewing.ports.clock import Clock


async def test_a_wait_ends_when_enough_time_has_passed() -> None:
    """Less than the wait leaves the waiter asleep; the rest of it wakes the waiter."""
    clock = FakeClock()
    port: Clock = clock
    async with asyncio.TaskGroup() as group:
        waiter = group.create_task(port.wait(asyncio.Event(), 10))
        await clock.until_waiting()
        clock.advance(9.5)

        assert clock.waiting == 1
        assert clock.next_due_in == pytest.approx(0.5)
        assert not waiter.done()

        clock.advance(0.5)
        await waiter

    assert clock.waiting == 0


async def test_a_wait_ends_early_when_woken() -> None:
    """Setting the event ends the wait without any time."""
    clock = FakeClock()
    wake = asyncio.Event()
    before = clock.monotonic()
    async with asyncio.TaskGroup() as group:
        group.create_task(clock.wait(wake, 3600))
        await clock.until_waiting()
        wake.set()

    assert clock.monotonic() == before
    assert clock.waiting == 0


async def test_only_those_who_are_due_wake() -> None:
    """Two waiters with different patience wake one after the other."""
    clock = FakeClock()
    order: list[str] = []

    async def wait(name: str, seconds: float) -> None:
        await clock.wait(asyncio.Event(), seconds)
        order.append(name)

    async with asyncio.TaskGroup() as group:
        group.create_task(wait("patient", 20))
        brisk = group.create_task(wait("brisk", 5))
        await clock.until_waiting(2)
        clock.advance(5)
        await brisk

        assert order == ["brisk"]

        clock.advance(15)

    assert order == ["brisk", "patient"]


async def test_no_seconds_still_lets_others_run() -> None:
    """A wait of nothing returns, but gives way first."""
    clock = FakeClock()
    ran: list[str] = []

    async def other() -> None:
        ran.append("other")

    async with asyncio.TaskGroup() as group:
        group.create_task(other())
        await clock.wait(asyncio.Event(), 0)

        assert ran == ["other"]


async def test_a_cancelled_wait_is_forgotten() -> None:
    """Cancellation passes, and later time wakes nobody."""
    clock = FakeClock()
    waiter = asyncio.ensure_future(clock.wait(asyncio.Event(), 10))
    await clock.until_waiting()
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    clock.advance(60)

    assert clock.waiting == 0


def test_wall_and_monotonic_time_advance_together() -> None:
    """Both move by the same seconds; setting the wall clock moves only the wall clock."""
    clock = FakeClock()
    wall, steady = clock.now(), clock.monotonic()
    clock.advance(90)

    assert clock.now() - wall == timedelta(seconds=90)
    assert clock.monotonic() - steady == 90

    clock.set_wall_clock(datetime(2020, 1, 1, tzinfo=UTC))

    assert clock.now() == datetime(2020, 1, 1, tzinfo=UTC)
    assert clock.monotonic() - steady == 90


def test_time_does_not_go_back() -> None:
    """A negative advance is a mistake in the test."""
    with pytest.raises(ValueError, match="does not go back"):
        FakeClock().advance(-1)
