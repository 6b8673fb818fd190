"""FakeClock: time that passes only when a test says so."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

A_MONDAY_MORNING = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@dataclass(eq=False, slots=True)
class _Sleeper:
    due: float
    scope: asyncio.Timeout


class FakeClock:
    """A Clock whose hands a test moves.

    A typical test starts the code under test in a TaskGroup, awaits ``until_waiting()``, so that
    the code has gone to sleep, calls ``advance(seconds)``, and awaits what should follow.
    """

    def __init__(self, at: datetime = A_MONDAY_MORNING) -> None:
        if at.tzinfo is None:
            raise ValueError("a FakeClock needs an aware moment")
        self._now = at.astimezone(UTC)
        self._monotonic = 1000.0
        self._sleepers: list[_Sleeper] = []
        self._went_to_sleep = asyncio.Event()

    def now(self) -> datetime:
        """Give the wall time, aware, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Give seconds that never go back."""
        return self._monotonic

    @property
    def waiting(self) -> int:
        """How many are waiting now."""
        return len(self._sleepers)

    @property
    def next_due_in(self) -> float | None:
        """Seconds until the first of those who wait is due; None if nobody waits."""
        return min((sleeper.due - self._monotonic for sleeper in self._sleepers), default=None)

    def advance(self, seconds: float) -> None:
        """Let time pass; whoever has waited long enough returns when the loop next turns."""
        if seconds < 0:
            raise ValueError("monotonic time does not go back; see set_wall_clock")
        self._monotonic += seconds
        self._now += timedelta(seconds=seconds)
        due = [sleeper for sleeper in self._sleepers if sleeper.due <= self._monotonic]
        for sleeper in due:
            self._rouse(sleeper)

    def set_wall_clock(self, at: datetime) -> None:
        """Let somebody set the machine's clock, forwards or back; nobody waits less or more."""
        self._now = at.astimezone(UTC)

    async def wait(self, wake: asyncio.Event, seconds: float) -> None:
        """Return when ``wake`` is set or the clock has been advanced by ``seconds``."""
        try:
            async with asyncio.timeout(None) as scope:
                sleeper = _Sleeper(self._monotonic + seconds, scope)
                self._sleepers.append(sleeper)
                self._went_to_sleep.set()
                try:
                    if seconds <= 0:
                        self._rouse(sleeper)
                    await wake.wait()
                finally:
                    if sleeper in self._sleepers:
                        self._sleepers.remove(sleeper)
        except TimeoutError:
            return

    async def until_waiting(self, sleepers: int = 1) -> None:
        """Return when at least so many are waiting on this clock."""
        while len(self._sleepers) < sleepers:
            self._went_to_sleep.clear()
            await self._went_to_sleep.wait()

    def _rouse(self, sleeper: _Sleeper) -> None:
        self._sleepers.remove(sleeper)
        sleeper.scope.reschedule(asyncio.get_running_loop().time())
