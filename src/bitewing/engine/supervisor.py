"""The supervisor: starts the workers, watches over them, and ends them in good order."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bitewing.engine import journal
from bitewing.ports.clock import Clock

DRAIN_SECONDS = 10.0
"""How long exchanges under way may take to end when the program stops."""

_LONGEST_PAUSE_SECONDS = 30.0


class Worker(Protocol):
    """Something that is done again and again."""

    @property
    def name(self) -> str:
        """What it is called in the journal."""
        ...

    async def step(self) -> float:
        """Do it once; give the seconds to pause, unless woken."""
        ...


@dataclass(slots=True)
class Shift:
    """A Worker, what wakes it, and whether its last step went well."""

    worker: Worker
    wake: asyncio.Event
    failures: int = 0


@dataclass(slots=True)
class Supervisor:
    """Runs every Worker in a loop of its own; one that fails starts again after a pause."""

    clock: Clock
    drain_seconds: float = DRAIN_SECONDS
    shifts: list[Shift] = field(default_factory=list)
    farewells: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _errands: set[asyncio.Task[None]] = field(default_factory=set)
    _group: asyncio.TaskGroup | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, worker: Worker, wake: asyncio.Event | None = None) -> None:
        """Let this Worker run from the start on."""
        self.shifts.append(Shift(worker, wake or asyncio.Event()))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run a piece of work beside the workers; its failure is journaled, never spread."""
        if self._group is None:
            work.close()
            return
        task = self._group.create_task(self._guard(work))
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    def failing(self) -> Sequence[str]:
        """Give the names of the workers whose last step failed."""
        return [shift.worker.name for shift in self.shifts if shift.failures]

    def stop(self) -> None:
        """Begin to end."""
        self._stopping.set()

    async def run(self) -> None:
        """Run until ``stop``; then let the exchanges under way end, for a while."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            loops = [group.create_task(self._keep_stepping(shift)) for shift in self.shifts]
            await self._stopping.wait()
            for loop in loops:
                loop.cancel()
            await self._say_farewell()
            if self._errands:
                await asyncio.wait(set(self._errands), timeout=self.drain_seconds)
            for errand in list(self._errands):
                errand.cancel()
        self._group = None

    async def _say_farewell(self) -> None:
        """Let workers end what they have begun; none may keep the program for ever."""
        for farewell in self.farewells:
            try:
                async with asyncio.timeout(self.drain_seconds):
                    await farewell()
            except Exception as error:  # noqa: BLE001 - claims are opened again at the next start
                journal.worker_failed(worker="farewell", error=journal.named(error), seconds=0.0)

    async def _keep_stepping(self, shift: Shift) -> None:
        while True:
            # Cleared before the step, so that a signal during it is not lost.
            shift.wake.clear()
            pause = await self._step(shift)
            await self.clock.wait(shift.wake, pause)

    async def _step(self, shift: Shift) -> float:
        try:
            pause = await shift.worker.step()
        except Exception as error:  # noqa: BLE001 - the one place that outlives every error
            shift.failures += 1
            pause = min(_LONGEST_PAUSE_SECONDS, 2.0 ** min(shift.failures - 1, 5))
            journal.worker_failed(
                worker=shift.worker.name, error=journal.named(error), seconds=pause
            )
        else:
            shift.failures = 0
        return pause

    async def _guard(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 - as above; claims run out and are rescued
            journal.worker_failed(worker="errand", error=journal.named(error), seconds=0.0)
