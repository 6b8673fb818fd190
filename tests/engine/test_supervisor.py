"""The supervisor: every worker in a loop of its own, and an end in good order."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from structlog.testing import capture_logs
from tests.fakes.clock import FakeClock

from bitewing.engine.supervisor import Supervisor


@dataclass
class Worker:
    """Pauses for ten seconds after each step; fails in the steps that a test names."""

    name: str
    fails_in: frozenset[int] = frozenset()
    steps: int = 0
    during: Callable[[], object] = field(default=lambda: None)

    async def step(self) -> float:
        self.steps += 1
        self.during()
        if self.steps in self.fails_in:
            raise ValueError("quotes a patient: Harrison")
        return 10.0


@asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[None]:
    """Let it run, with every worker asleep, and stop it at the end."""
    clock = supervisor.clock
    assert isinstance(clock, FakeClock)
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run())
        await clock.until_waiting(len(supervisor.shifts))
        yield
        supervisor.stop()


async def let_pass(supervisor: Supervisor, seconds: float) -> None:
    """Advance the clock and wait until everybody sleeps again."""
    clock = supervisor.clock
    assert isinstance(clock, FakeClock)
    clock.advance(seconds)
    for _ in range(20):
        await turn_of_the_loop()
    await clock.until_waiting(len(supervisor.shifts))


async def turn_of_the_loop() -> None:
    passed = asyncio.Event()
    asyncio.get_running_loop().call_soon(passed.set)
    await passed.wait()


async def test_a_worker_steps_again_after_its_pause() -> None:
    """At once when the program starts, then as often as it asks for."""
    supervisor, worker = Supervisor(FakeClock()), Worker("poller")
    supervisor.add(worker)
    async with running(supervisor):
        first = worker.steps
        await let_pass(supervisor, 9.9)
        early = worker.steps
        await let_pass(supervisor, 0.1)

    assert (first, early, worker.steps) == (1, 1, 2)


async def test_a_signal_wakes_a_worker() -> None:
    """It need not wait for the end of its pause."""
    supervisor, worker, wake = Supervisor(FakeClock()), Worker("pacer"), asyncio.Event()
    supervisor.add(worker, wake)
    async with running(supervisor):
        wake.set()
        await let_pass(supervisor, 0)

    assert worker.steps == 2


async def test_a_signal_during_a_step_is_not_lost() -> None:
    """What came while the worker was busy is looked at right afterwards."""
    supervisor, wake = Supervisor(FakeClock()), asyncio.Event()
    worker = Worker("pacer")
    worker.during = lambda: wake.set() if worker.steps == 1 else None
    supervisor.add(worker, wake)
    async with running(supervisor):
        await let_pass(supervisor, 0)

    assert worker.steps == 2


async def test_a_failing_worker_starts_again_after_longer_and_longer_pauses() -> None:
    """1, 2, 4 … 30 seconds; a good step forgets the failures."""
    supervisor = Supervisor(FakeClock())
    worker = Worker("poller", fails_in=frozenset({*range(1, 8), 9}))
    supervisor.add(worker)
    with capture_logs() as logs:
        async with running(supervisor):
            for pause in (1, 2, 4, 8, 16, 30, 30, 10, 1):
                await let_pass(supervisor, pause)
    pauses = [line["again_in_seconds"] for line in logs]

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 1]
    assert worker.steps == 10


async def test_a_failing_worker_harms_no_other() -> None:
    """The others keep their pace, and readiness names the one that fails."""
    supervisor = Supervisor(FakeClock())
    bad, good = Worker("bad", fails_in=frozenset(range(99))), Worker("good")
    supervisor.add(bad)
    supervisor.add(good)
    async with running(supervisor):
        for _ in range(3):
            await let_pass(supervisor, 10)
        failing = list(supervisor.failing())

    assert good.steps == 4
    assert failing == ["bad"]


async def test_a_worker_that_works_again_is_no_longer_failing() -> None:
    """One good step is enough."""
    supervisor = Supervisor(FakeClock())
    supervisor.add(Worker("poller", fails_in=frozenset({1})))
    async with running(supervisor):
        before = list(supervisor.failing())
        await let_pass(supervisor, 1)
        after = list(supervisor.failing())

    assert (before, after) == (["poller"], [])


async def test_the_journal_names_the_place_and_not_the_words() -> None:
    """An error may quote a Record; the line has its kind and where it came from."""
    supervisor = Supervisor(FakeClock())
    supervisor.add(Worker("poller", fails_in=frozenset({1})))
    with capture_logs() as logs:
        async with running(supervisor):
            pass

    assert logs[0]["event"] == "worker.failed"
    assert logs[0]["error"].startswith("ValueError at step:")
    assert "Harrison" not in str(logs)


async def test_stopping_waits_for_what_is_under_way() -> None:
    """An exchange that has begun ends and is settled."""
    supervisor, doors, settled = Supervisor(FakeClock()), asyncio.Event(), []

    async def exchange() -> None:
        await doors.wait()
        settled.append("yes")

    async with asyncio.TaskGroup() as group:
        run = group.create_task(supervisor.run())
        await turn_of_the_loop()
        supervisor.spawn(exchange())
        supervisor.stop()
        await turn_of_the_loop()
        is_over_early = run.done()
        doors.set()

    assert (is_over_early, settled) == (False, ["yes"])


async def test_stopping_does_not_wait_for_ever() -> None:
    """After the drain an exchange is cut off; its claim will run out."""
    supervisor, cut_off = Supervisor(FakeClock(), drain_seconds=0.01), []

    async def exchange() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cut_off.append("yes")

    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run())
        await turn_of_the_loop()
        supervisor.spawn(exchange())
        await turn_of_the_loop()
        supervisor.stop()

    assert cut_off == ["yes"]


async def test_stopping_interrupts_a_worker_that_sleeps() -> None:
    """Nobody waits for the end of a pause."""
    supervisor, worker = Supervisor(FakeClock()), Worker("poller")
    supervisor.add(worker)
    async with running(supervisor):
        pass

    assert worker.steps == 1


async def test_a_failing_errand_is_journaled_and_harms_nobody() -> None:
    """Its claim runs out, and the Delivery is rescued."""
    supervisor, worker = Supervisor(FakeClock()), Worker("poller")
    supervisor.add(worker)

    async def errand() -> None:
        raise ValueError("quotes a patient: Harrison")

    with capture_logs() as logs:
        async with running(supervisor):
            supervisor.spawn(errand())
            await let_pass(supervisor, 10)

    assert [line["worker"] for line in logs] == ["errand"]
    assert "Harrison" not in str(logs)
    assert worker.steps == 2


async def test_what_is_spawned_before_the_start_is_dropped() -> None:
    """There is nobody to watch over it yet."""
    ran = []

    async def errand() -> None:
        ran.append("yes")

    Supervisor(FakeClock()).spawn(errand())
    await turn_of_the_loop()

    assert ran == []


async def test_being_cancelled_ends_everything() -> None:
    """Cancellation passes through the workers."""
    supervisor, worker = Supervisor(FakeClock()), Worker("poller")
    supervisor.add(worker)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await supervisor.run()

    assert worker.steps == 1
