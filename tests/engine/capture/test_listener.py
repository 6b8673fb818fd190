"""The listener: a hint shortens the wait, and no hint lengthens it."""

import asyncio

import pytest
from tests.engine.flow import Flow

from bitewing.engine.capture.listener import BEAT_SECONDS, Listener


class Ear:
    """A listener, and whether it has woken the poller."""

    def __init__(self, flow: Flow) -> None:
        self.wake = asyncio.Event()
        self.listener = Listener(flow.source, flow.poller, clock=flow.clock, wake=self.wake)

    async def listen(self) -> tuple[float, bool]:
        """Listen once; give the pause, and whether the poller was woken."""
        self.wake.clear()
        pause = await self.listener.step()
        return pause, self.wake.is_set()


@pytest.fixture
async def ear(watching: Flow) -> Ear:
    """Give a listener that has felt the pulse once."""
    made = Ear(watching)
    await made.listen()
    return made


async def test_a_steady_pulse_wakes_nobody(ear: Ear) -> None:
    """It is felt ten times a second."""
    assert [await ear.listen() for _ in range(3)] == [(BEAT_SECONDS, False)] * 3


async def test_another_pulse_lets_the_poller_look_at_once(ear: Ear, watching: Flow) -> None:
    """Long before its next poll; then the pulse is steady again."""
    await watching.live(0.2)
    watching.source.update("Appointment", 1, note="new")
    watching.source.beat = "another"
    heard = await ear.listen()
    again = await ear.listen()
    await watching.poller.step()

    assert (heard, again) == ((BEAT_SECONDS, True), (BEAT_SECONDS, False))
    assert await watching.changed_keys() == [1]


async def test_the_first_pulse_tells_nothing(watching: Flow) -> None:
    """There is none before it to compare."""
    watching.source.beat = "some"

    assert await Ear(watching).listen() == (BEAT_SECONDS, False)


async def test_before_the_first_reading_nobody_listens(flow: Flow) -> None:
    """The poller makes no pauses then."""
    assert await Ear(flow).listen() == (BEAT_SECONDS, False)
    assert flow.source.calls == []


async def test_who_cannot_hear_waits_and_lets_the_poller_say_so(ear: Ear, watching: Flow) -> None:
    """A hint that cannot be had is no failure of its own."""
    watching.source.break_down()
    pause, woken = await ear.listen()

    assert pause > BEAT_SECONDS
    assert not woken


async def test_hints_that_are_lost_cost_a_second(ear: Ear, watching: Flow) -> None:
    """The pulse stays the same although something has changed: the next poll sees it."""
    watching.source.update("Appointment", 1, note="new")
    await ear.listen()
    await watching.live(1.1)

    assert await watching.changed_keys() == [1]


async def test_a_racing_pulse_does_not_outrun_the_share(ear: Ear, watching: Flow) -> None:
    """Forty beats in four seconds, and polls of a tenth of a second: only a few are made."""
    watching.source.before_call = lambda name: (
        watching.clock.advance(0.05) if name == "keys_stamped_since" else None
    )
    await watching.poller.poll()
    watching.source.calls.clear()
    for beat in range(40):
        watching.source.beat = str(beat)
        await ear.listen()
        await watching.poller.step()
        watching.pass_time(0.1)

    assert watching.source.calls.count("keys_stamped_since") / len(watching.source.watches) <= 3
