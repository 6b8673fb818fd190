"""``python -m bench.soak``: a minute of everything that can go wrong, then the books are closed."""

import argparse
import asyncio
import contextlib
import random
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bench.rig import Server, machine, mariadb
from bench.soak.hearing import Ear
from bench.soak.office import WATCH_TABLES, picture
from bench.soak.verdict import Verdict
from bench.soak.writers import Crew
from bitewing.engine.operations.enquiries import Ledger, ledger
from bitewing.model.change import Change
from bitewing.practice.creating import create
from bitewing.stores.sqlite.store import SqliteStore

PATIENTS = 1500
ACCEPTING: dict[str, object] = {"accept_deletions": True}
KILLED_AFTER_SECONDS = (1.5, 6.0)
ROUND_SECONDS = 6.0
MOST_QUIET_SECONDS = 240.0
PAGE = 5000
WATCHES = [
    "ToothInitial",
    "PatField",
    "AppointmentDeleted",
    "Appointment",
    "ScheduleOp",
    "Schedule",
    "Operatory",
    "Patient",
    "Provider",
]


@dataclass
class Soak:
    """One run on one engine."""

    url: str
    engine: str
    seconds: float
    seed: int
    directory: Path

    async def run(self) -> bool:
        """Soak, grow quiet, judge, print; tell whether nothing was lost and nothing invented."""
        baseline, _ = picture(self.url)
        ear = Ear(random.Random(self.seed))
        port = await ear.start()
        server = Server(self.url, self.directory, version="26.2")
        crew = Crew(self.url, self.engine == "InnoDB", self.seed)
        try:
            await asyncio.to_thread(server.start)
            await asyncio.to_thread(_subscribe, server, port)
            async with _writing(crew):
                kills = await self._kill_again_and_again(server)
            is_quiet = await self._grow_quiet(server)
        finally:
            await asyncio.to_thread(server.stop)
            await ear.stop()
        verdict = Verdict(baseline, crew.history)
        async for change in _log(self.directory):
            verdict.replay(change)
        final, operatories = picture(self.url)
        verdict.compare(final, operatories, ear)
        books = await _books(self.directory)
        print(f"# {self.engine}, {self.seconds:g} s, {kills} kills, {crew.history.summary}")
        print(f"# {ear.messages} messages, {ear.failures} of them failed or slow; {books}")
        return _say(verdict, books, is_quiet=is_quiet, failures=crew.failures)

    async def _kill_again_and_again(self, server: Server) -> int:
        dice, kills = random.Random(self.seed), 0
        until = time.monotonic() + self.seconds
        while (left := until - time.monotonic()) > 0:
            await asyncio.sleep(min(left, dice.uniform(*KILLED_AFTER_SECONDS)))
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            kills += 1
        return kills

    async def _grow_quiet(self, server: Server) -> bool:
        """Ask for sweeps of everything until two in a row bring nothing and nothing waits.

        A server that died again and again may find so many rows gone at once that it asks; the
        writers say that they have deleted them.
        """
        until, before, calm = time.monotonic() + MOST_QUIET_SECONDS, -1, 0
        while time.monotonic() < until:
            await asyncio.to_thread(server.post, "/api/sources/bench/sweep", ACCEPTING)
            await asyncio.sleep(ROUND_SECONDS)
            books = await _books(self.directory)
            is_calm = books.seen == before and not books.waiting and not books.backing_off
            before, calm = books.seen, calm + 1 if is_calm else 0
            if calm == 2:
                return True
        return False


@contextlib.asynccontextmanager
async def _writing(crew: Crew) -> AsyncIterator[None]:
    crew.start()
    try:
        yield
    finally:
        await asyncio.to_thread(crew.finish)


def _subscribe(server: Server, port: int) -> None:
    for name in WATCH_TABLES:
        wish: dict[str, object] = {
            "EndPointUrl": f"http://127.0.0.1:{port}/{name}",
            "WatchTable": name,
            "PollingSeconds": 1,
        }
        server.post("/api/v1/subscriptions", wish)


async def _log(directory: Path) -> AsyncIterator[Change]:
    store, since = SqliteStore(str(directory / "bitewing.db")), 1
    while page := await store.peek(
        lambda tx, since=since: tx.changes.between("bench", since, since + PAGE, PAGE)  # type: ignore[misc]
    ):
        for change in page:
            yield change
        since = page[-1].number + 1


async def _books(directory: Path) -> Ledger:
    store = SqliteStore(str(directory / "bitewing.db"))
    return await store.peek(lambda tx: ledger(tx, "bench", WATCHES))


def _say(verdict: Verdict, books: Ledger, *, is_quiet: bool, failures: list[str]) -> bool:
    """Print the faults and the last line."""
    for kind, count in (*verdict.lost.items(), *verdict.invented.items()):
        print(f"! {kind}: {count}, for example {verdict.examples[kind]}")
    for failure in failures:
        print(f"! a writer failed: {failure}")
    if not is_quiet:
        print("! it never grew quiet")
    if not books.adds_up:
        print("! the ledger does not add up")
    lost, invented = verdict.lost.total(), verdict.invented.total()
    is_clean = is_quiet and books.adds_up and not failures and not lost and not invented
    print(f"changes {verdict.changes}, delivered {books.delivered}, "
          f"lost {lost} invented {invented}")  # fmt: skip
    return is_clean


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--engine", choices=("InnoDB", "MyISAM", "both"), default="both")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    """Soak on each engine in turn."""
    arguments = _arguments()
    engines = ("InnoDB", "MyISAM") if arguments.engine == "both" else (arguments.engine,)
    print(f"# soak, {machine()}")
    is_clean = True
    with mariadb() as practice:
        for engine in engines:
            url = practice.create_database().url
            create(url, patients=arguments.patients, seed=1, today=date(2026, 11, 2), engine=engine)
            with tempfile.TemporaryDirectory(prefix="bitewing-soak-") as directory:
                soak = Soak(url, engine, arguments.seconds, arguments.seed, Path(directory))
                is_clean &= asyncio.run(soak.run())
    return 0 if is_clean else 1


if __name__ == "__main__":
    raise SystemExit(main())
