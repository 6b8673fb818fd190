"""Dying: a store and a Writer in which the process can end after any step."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from bitewing.bootstrap import Parts
from bitewing.model.writing import Booking, Found, NewPatient, Paper, Result, Unavailable
from bitewing.ports.store import Store, Transaction
from bitewing.ports.writer import Writer

T = TypeVar("T")

COMMITS = {
    "WritingDesk.ask": "request",
    "Scribe.step": "scribe",
    "Deeds._patient": "patient begun",
    "Deeds._keep": "patient",
    "Reading.write": "reading",
}
"""Whose commits are steps, and what they are called."""


class PowerCutError(Exception):
    """The process ended here; whatever was in memory is gone."""


@dataclass
class Fuse:
    """Counts the steps that are passed, and ends the process at one of them, once.

    Attributes:
        blows_at: the step's name; "" for never.
        is_armed: whether steps count already.
        passed: the names of the steps so far.
    """

    blows_at: str = ""
    is_armed: bool = False
    passed: list[str] = field(default_factory=list)

    def arm(self, step: str = "") -> None:
        """Count from here on, and end the process at this step or at the one that was named."""
        self.passed.clear()
        self.blows_at = step or self.blows_at
        self.is_armed = True

    def pass_by(self, step: str) -> None:
        if not self.is_armed:
            return
        times = sum(one.partition(" #")[0] == step for one in self.passed)
        name = f"{step} #{times + 1}"
        self.passed.append(name)
        if name == self.blows_at:
            self.blows_at = ""
            raise PowerCutError(name)


@dataclass
class MortalStore:
    """A Store whose process may end before a commit, so that it never was, and right after it."""

    store: Store
    fuse: Fuse

    async def open(self) -> None:
        await self.store.open()

    async def close(self) -> None:
        await self.store.close()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        step = COMMITS.get(getattr(work, "__qualname__", "").partition(".<locals>")[0], "")

        def mortal(tx: Transaction) -> T:
            done = work(tx)
            if step:
                self.fuse.pass_by(f"{step} undone")
            return done

        done = await self.store.write(mortal)
        if step:
            self.fuse.pass_by(f"{step} kept")
        return done

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await self.store.read(work)

    async def peek(self, work: Callable[[Transaction], T]) -> T:
        return await self.store.peek(work)


@dataclass
class MortalWriter:
    """A Writer whose process may end when the practice has answered and nobody knows it yet."""

    writer: Writer
    fuse: Fuse

    @property
    def source(self) -> str:
        return self.writer.source

    async def close(self) -> None:
        await self.writer.close()

    async def check_in(self) -> Unavailable | None:
        return await self.writer.check_in()

    async def book(self, booking: Booking) -> Result:
        return await self._hear("book", self.writer.book(booking))

    async def find_booking(self, booking: Booking) -> Found:
        return await self._hear("find_booking", self.writer.find_booking(booking))

    async def cancel(self, appointment: int) -> Result:
        return await self._hear("cancel", self.writer.cancel(appointment))

    async def confirm(self, appointment: int) -> Result:
        return await self._hear("confirm", self.writer.confirm(appointment))

    async def arrive(self, appointment: int, at: datetime, zone: ZoneInfo | None = None) -> Result:
        return await self._hear("arrive", self.writer.arrive(appointment, at, zone))

    async def add_patient(self, patient: NewPatient) -> Result:
        return await self._hear("add_patient", self.writer.add_patient(patient))

    async def find_patient(self, patient: NewPatient) -> Found:
        return await self._hear("find_patient", self.writer.find_patient(patient))

    async def file_paper(self, paper: Paper) -> Result:
        return await self._hear("file_paper", self.writer.file_paper(paper))

    async def find_paper(self, paper: Paper) -> Found:
        return await self._hear("find_paper", self.writer.find_paper(paper))

    async def _hear(self, step: str, answer: Awaitable[T]) -> T:
        heard = await answer
        self.fuse.pass_by(f"{step} answered")
        return heard


def mortal(fuse: Fuse) -> Parts:
    """Give the parts of a program that ends where the fuse blows."""

    def around(writers: dict[str, Writer]) -> dict[str, Writer]:
        return {name: MortalWriter(writer, fuse) for name, writer in writers.items()}

    return Parts(around_store=lambda store: MortalStore(store, fuse), around_writers=around)
