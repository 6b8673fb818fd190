"""A run: an office that writes, receivers of every temper, a server that is never left alone."""

import asyncio
import itertools
import random
import resource
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.journeys.nexhealth_client import NexHealthClient
from tests.journeys.rig import Practice, Server

from bench.chaos.office import Office
from bench.chaos.receiving import HOPELESS, TEMPERS, Receivers
from bench.chaos.shifted import FILE
from bench.chaos.verdict import Verdict
from bitewing.engine.operations.enquiries import Ledger, ledger
from bitewing.practice.creating import create
from bitewing.stores.sqlite.store import SqliteStore

API_KEY = "nx-4b1fd2a90c57"
NAME = "main-office"
EVENTS = ("appointment_created", "appointment_updated")
OPEN_DENTAL = ("healthy/opendental", "moody/opendental")
STEPS_SECONDS = (31.0, 95.0, 700.0, 7200.0, -20.0, -300.0, -3600.0)
WALK_SECONDS = (31.0, 20000.0, 95.0, 700.0)
LIVES_SECONDS = (0.5, 4.0)
FULL_SECONDS = (0.3, 2.0)
_LOOK_SECONDS = 0.25
_UNSETTLED = """
SELECT url, count(*) FROM delivery_now AS delivery JOIN endpoint ON endpoint.id = delivery.endpoint
WHERE delivery.state IN ('pending', 'claimed') GROUP BY url
UNION ALL
SELECT url, 1 FROM subscription, latest_change
WHERE watch IS NOT NULL AND bookmark_after < latest_change.number
    AND subscription.source = latest_change.source
"""
"""Open Dental's windows, too, are only done when the bookmark is at the end."""
_OLDEST = (
    "SELECT due_at, attempts FROM delivery JOIN endpoint ON endpoint.id = delivery.endpoint "
    "WHERE url = ? AND delivery.state IN ('pending', 'claimed') AND attempts > 0 "
    "ORDER BY first_tried_at, ordinal LIMIT 1"
)
MOST_WALKS = 14
CALM_SECONDS = 1.0
"""As long as that nothing may move until the clock is stepped on."""


@dataclass
class Chaos:
    """One run.

    Attributes:
        directory: where the practice and the store lie.
        kills: how often the server is killed.
        quiet_seconds: how long it may take in the end until all is delivered that can be.
        is_short: whether it ends by one more death, before anybody has been given up.
        deeds: what was done, how often.
    """

    directory: Path
    kills: int
    seed: int = 1
    lives_seconds: tuple[float, float] = LIVES_SECONDS
    quiet_seconds: float = 120.0
    is_short: bool = False
    deeds: Counter[str] = field(default_factory=Counter)
    verdict: Verdict = field(default_factory=Verdict)
    books: Ledger | None = None
    _shift: float = 0.0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self.receivers = Receivers(random.Random(self.seed))
        self._clock = self.directory / "clock"
        practice = self.directory / "practice.db"
        url = f"sqlite:///{practice}"
        create(url, patients=5, seed=1, today=date(2026, 11, 2))
        self.office = Office(practice, random.Random(self.seed))
        keys = f'[nexhealth]\napi_keys = [{{ key = "{API_KEY}", institutions = ["{NAME}"] }}]'
        self.server = Server(
            self.directory,
            [Practice(url, url, NAME, password_env="")],
            {FILE: str(self._clock)},
            further=keys,
            program="bench.chaos.shifted",
        )
        self._step(0.0)

    async def run(self) -> None:
        """Let all go wrong that can, then all go well; judge."""
        await self.receivers.start()
        try:
            await asyncio.to_thread(self.server.start_ready)
            await asyncio.to_thread(self._subscribe)
            self.office.start()
            try:
                for _ in range(self.kills):
                    await self._life()
            finally:
                await asyncio.to_thread(self.office.stop)
            self.receivers.is_calm = True
            await self._grow_quiet()
            if self.is_short:
                await asyncio.to_thread(self.server.kill)
            else:
                await self._give_up("failing")
        finally:
            await asyncio.to_thread(self.server.stop)
            await self.receivers.stop()
        await self._judge()

    def _subscribe(self) -> None:
        client = NexHealthClient(self.server.port, API_KEY, NAME)
        client.authenticate()
        for temper in TEMPERS:
            endpoint = client.endpoint(self.receivers.url(temper))
            for event in EVENTS:
                client.subscribe(endpoint, "Appointment", event)
        for path in OPEN_DENTAL:
            self.server.subscribe(self.receivers.url(path), "WatchTable: Appointment")

    async def _life(self) -> None:
        """Live a while, with or without a full disk and a clock that jumps; die; be born again."""
        await self._wait(self.lives_seconds)
        if self.is_short or self._dice.random() < 0.5:
            await self._fill_the_disk()
        if self.is_short or self._dice.random() < 0.5:
            seconds = self._dice.choice(STEPS_SECONDS)
            self._step(seconds)
            self.deeds["clock forward" if seconds > 0 else "clock back"] += 1
            await self._wait(FULL_SECONDS)
        await asyncio.to_thread(self.server.kill)
        self.deeds["killed"] += 1
        await asyncio.to_thread(self.server.start_ready)

    async def _fill_the_disk(self) -> None:
        """Let no file of the server's grow, or be written at all; now and then until it dies."""
        process = self.server.process.pid if self.server.process else 0
        _, hard = resource.prlimit(process, resource.RLIMIT_FSIZE)
        log = self.directory / "bitewing.db-wal"
        size = self._dice.choice((1, log.stat().st_size + 20_000 if log.exists() else 1))
        resource.prlimit(process, resource.RLIMIT_FSIZE, (size, hard))
        self.deeds["disk full"] += 1
        await self._wait(FULL_SECONDS)
        if self._dice.random() < 0.7:
            resource.prlimit(process, resource.RLIMIT_FSIZE, (hard, hard))
            self.deeds["room again"] += 1
            await self._wait(FULL_SECONDS)

    async def _grow_quiet(self) -> None:
        """Step the clock on until nothing waits for a receiver that takes everything."""
        end = time.monotonic() + self.quiet_seconds
        for seconds in itertools.cycle(WALK_SECONDS):
            self._step(seconds)
            await self._until(lambda: not self._unsettled(), CALM_SECONDS)
            while (before := self._unsettled()) and time.monotonic() < end:
                await self._wait((CALM_SECONDS, CALM_SECONDS))
                if self._unsettled() == before:
                    break
            if not before or time.monotonic() > end:
                return

    async def _give_up(self, path: str) -> None:
        """Step the clock to each retry of the oldest Delivery until the last has failed too."""
        for _ in range(MOST_WALKS):
            oldest = self._ask(_OLDEST, self.receivers.url(path))
            if not oldest:
                return
            due_at, attempts = oldest[0]
            self._step(max(0.0, due_at / 1e6 - time.time() - self._shift))
            tried = [(due_at, attempts)]
            await self._until(
                lambda tried=tried: self._ask(_OLDEST, self.receivers.url(path)) != tried,  # type: ignore[misc]
                self.quiet_seconds,
            )

    async def _judge(self) -> None:
        path = self.directory / "bitewing.db"
        store = SqliteStore(str(path))
        await store.open()  # what was claimed is pending again
        self.books = await store.read(lambda tx: ledger(tx, NAME, ["Appointment"]))
        await store.close()
        self.verdict.judge(path, self.receivers, self.office.notes)
        if not self.books.adds_up:
            self.verdict.faults["the Source's ledger does not add up"] += 1

    def _unsettled(self) -> dict[str, int]:
        """Give how much is still on its way to receivers that take everything."""
        start = self.receivers.url("")
        found = {url.removeprefix(start): count for url, count in self._ask(_UNSETTLED)}
        told, notes = self.receivers.notes["healthy"], self.office.notes
        # What was written last may not have been read yet.
        found["the office"] = sum(told.get(number) != note for number, note in notes.items())
        return {path: n for path, n in found.items() if n and path not in HOPELESS}

    def _ask(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        path = f"file:{self.directory / 'bitewing.db'}?mode=ro"
        with closing(sqlite3.connect(path, 30, uri=True)) as books:
            return books.execute(question, values).fetchall()

    def _step(self, seconds: float) -> None:
        """Set the server's clock forward, or back."""
        self._shift += seconds
        self.receivers.shift = self._shift
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(str(self._shift))
        fresh.replace(self._clock)

    async def _wait(self, between: tuple[float, float]) -> None:
        await asyncio.sleep(self._dice.uniform(*between))

    async def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if await asyncio.to_thread(holds):
                return True
            await asyncio.sleep(_LOOK_SECONDS)
        return False
