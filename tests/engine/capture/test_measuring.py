"""Measuring: what ``doctor`` says of each table's level, cost and delay."""

from datetime import timedelta

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.source import APPOINTMENT, SCHEDULE, SCHEDULE_OP, FakeSource

from bitewing.engine.capture.measuring import measure
from bitewing.model.health import Finding, Light


async def measured(source: FakeSource, *, seconds: float = 0.0) -> dict[str, Finding]:
    """Measure a practice whose scans take so long."""
    clock = FakeClock()
    source.before_call = lambda name: (
        clock.advance(seconds) if name == "keys_stamped_since" else None
    )
    return {one.subject: one for one in await measure(source, clock)}


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, "0.0 ms a poll; a stamped change is noticed within 1.0 s, everything within 3600 s"),
        (0.5, "500.0 ms a poll; a stamped change is noticed within 25.0 s, "),
        (9.0, "9000.0 ms a poll; a stamped change is noticed within 38.0 s, "),
    ],
)
async def test_a_poll_is_timed_and_the_delay_follows(seconds: float, told: str) -> None:
    """What costs more is polled less often."""
    found = await measured(FakeSource(APPOINTMENT), seconds=seconds)

    assert told in found["Appointment"].detail


@pytest.mark.parametrize(("overlap", "level"), [(10, "horizon poll"), (120, "overlap poll")])
async def test_the_level_is_named(overlap: int, level: str) -> None:
    """By what the account may see; a table without a stamp is only swept."""
    source = FakeSource(SCHEDULE_OP, SCHEDULE)
    source.overlap = timedelta(seconds=overlap)
    found = await measured(source)

    assert found["Schedule"].detail.startswith(f"{level}: ")
    assert found["ScheduleOp"].detail == "sweep only: noticed within 60 s."


async def test_a_practice_that_cannot_be_polled_is_red() -> None:
    """Measuring never fails."""
    source = FakeSource(APPOINTMENT)
    source.break_down()
    [finding] = (await measured(source)).values()

    assert (finding.light, finding.subject) == (Light.RED, "polls")
    assert "pulled the plug" in finding.detail
