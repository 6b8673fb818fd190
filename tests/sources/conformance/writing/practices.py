"""Practices that are written into: one in memory, and the demo practice behind its own API."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from tests.fakes.writer import FakeWriter

from bitewing.cli.hosting import listen_on, make_server
from bitewing.clock import SystemClock
from bitewing.model.writing import Unavailable, Unknown
from bitewing.ports.clock import Clock
from bitewing.ports.writer import Writer
from bitewing.practice.creating import HOME_ZONE
from bitewing.practice.database import connect
from bitewing.practice.serving.app import App
from bitewing.practice.serving.call import Answer, Call
from bitewing.practice.serving.office import Office
from bitewing.sources.opendental.writing import open_dental_writer

DEVELOPER_KEY, CUSTOMER_KEY = "NFF6i0KrXrxDkZHt", "VzkmZEaUWOjnQX2z"


class Practice(Protocol):
    """A practice with its Writer, and what may befall them."""

    @property
    def writer(self) -> Writer: ...

    def hide_provider(self, number: int) -> None: ...

    def go_away(self) -> None:
        """Answer nothing any more but that it is away."""
        ...

    def lose_next_answer(self) -> None:
        """Do what is asked for next, but let nobody hear of it."""
        ...

    def counted(self) -> tuple[int, int, int]:
        """Count the appointments that stand, the patients and the papers, all that are there."""
        ...


@dataclass
class FakePractice:
    """A FakeWriter is its own practice."""

    writer: FakeWriter = field(default_factory=FakeWriter)

    def hide_provider(self, number: int) -> None:
        self.writer.hidden.add(number)

    def go_away(self) -> None:
        self.writer.away = Unavailable("away")

    def lose_next_answer(self) -> None:
        self.writer.mishaps.append(Unknown("lost"))

    def counted(self) -> tuple[int, int, int]:
        standing = set(self.writer.booked) - self.writer.cancelled
        return len(standing), len(self.writer.patients), len(self.writer.papers)


@dataclass
class Mishaps:
    """What befalls the demo practice's calls."""

    is_away: bool = False
    lost: int = 0
    heard: list[Call] = field(default_factory=list)
    instead: list[Answer] = field(default_factory=list)

    async def before(self, call: Call) -> Answer | None:
        self.heard.append(call)
        if self.is_away:
            return Answer(400, "The office's eConnector is not running.")
        return self.instead.pop(0) if self.instead else None

    async def after(self, call: Call, answer: Answer) -> bool:
        if self.lost and call.method != "GET":
            self.lost -= 1
            return False
        return True


@dataclass
class ServedPractice:
    """The demo practice behind ``serve-api``."""

    writer: Writer
    url: str
    mishaps: Mishaps
    address: str

    def hide_provider(self, number: int) -> None:
        self.run("UPDATE provider SET IsHidden = 1 WHERE ProvNum = ?", number)

    def go_away(self) -> None:
        self.mishaps.is_away = True

    def lose_next_answer(self) -> None:
        self.mishaps.lost += 1

    def counted(self) -> tuple[int, int, int]:
        ((appointments,),) = self.rows("SELECT COUNT(*) FROM appointment WHERE AptStatus = 1")
        ((patients,),) = self.rows("SELECT COUNT(*) FROM patient")
        ((papers,),) = self.rows("SELECT COUNT(*) FROM document")
        return appointments, patients, papers

    def run(self, statement: str, *values: Any) -> None:
        with connect(self.url) as database:
            database.run(statement, values)

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with connect(self.url) as database:
            return database.rows(statement, values)


@asynccontextmanager
async def served(
    url: str, zone: ZoneInfo = HOME_ZONE, clock: Clock | None = None
) -> AsyncIterator[ServedPractice]:
    """Serve the practice at that URL, and write into it."""
    clock, mishaps = clock or SystemClock(), Mishaps()
    office = Office(url, clock.now, zone, DEVELOPER_KEY, CUSTOMER_KEY)
    listening = listen_on("127.0.0.1", 0)
    server = make_server(App(office.answer, mishaps))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/api/v1"
    writer = open_dental_writer(
        source="main-office",
        zone=zone,
        url=address,
        authorization=f"{DEVELOPER_KEY}/{CUSTOMER_KEY}",
        clock=clock,
    )
    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server.serve(sockets=[listening]))
        try:
            yield ServedPractice(writer, url, mishaps, address)
        finally:
            await writer.close()
            server.should_exit = True
            await serving
            listening.close()
