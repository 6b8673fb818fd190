"""Capture: what the first reading and sweeps of a million rows cost, us and the practice's users.

Beside it, in the same run, the naive query and what it loses; see ``naive``.
"""

import argparse
import asyncio
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.naive import compare, ties
from bench.polling import grow
from bench.rig import Server, machine, mariadb, percentiles
from bench.soak.office import dial
from bitewing.cli.journal import keep_journal
from bitewing.clock import SystemClock
from bitewing.engine.capture.listener import Listener
from bitewing.engine.capture.poller import Poller
from bitewing.engine.signals import Signals
from bitewing.engine.supervisor import Supervisor
from bitewing.practice.creating import create
from bitewing.practice.database import connect
from bitewing.sources.opendental import open_dental
from bitewing.stores.sqlite.store import SqliteStore

COMMITS = 120
WRITING_SECONDS = 20.0
PATIENCE_SECONDS = 600.0


def first_reading_and_sweep(url: str, label: str, rows: int) -> None:
    """Read everything for the first time, then compare everything; then see how writers fare."""
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        server = Server(url, Path(directory), ready_seconds=PATIENCE_SECONDS)
        began = time.monotonic()
        server.start()
        seconds = time.monotonic() - began
        try:
            size = (Path(directory) / "bitewing.db").stat().st_size / 1e6
            print(
                f"{label:<14} first reading of {rows} appointments: {seconds:.1f} s, "
                f"{rows / seconds:,.0f} rows/s, peak memory {server.peak_megabytes:.0f} MB, "
                f"store {size:.0f} MB"
            )
            print(f"{label:<14} sweep of all rows: {_sweep_seconds(server, url):.1f} s")
            with writing(url) as waits:
                time.sleep(WRITING_SECONDS)
            print(f"{label:<14} writers while we poll:  {percentiles(waits)}")
            with writing(url) as waits:
                server.post("/api/sources/bench/sweep", {})
                time.sleep(WRITING_SECONDS)
            print(f"{label:<14} writers while we sweep: {percentiles(waits)}")
        finally:
            server.stop()
    with writing(url) as waits:
        time.sleep(WRITING_SECONDS)
    print(f"{label:<14} writers without us:     {percentiles(waits)}")


def _sweep_seconds(server: Server, url: str) -> float:
    """Hide a change in the last row, ask for a sweep, and time it until that is found."""
    with connect(url) as practice:
        practice.run(
            "UPDATE appointment SET Note = 'hidden', DateTStamp = DateTStamp "
            "ORDER BY AptNum DESC LIMIT 1"
        )
    began = time.monotonic()
    server.post("/api/sources/bench/sweep", {})
    journal = server.directory / "journal"
    while time.monotonic() - began < PATIENCE_SECONDS:
        for line in journal.read_text().splitlines():
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("event") == "sweep.finished" and entry.get("watch") == "Appointment":
                return time.monotonic() - began
        time.sleep(0.05)
    raise SystemExit("the hidden change was never found   VOID")


@contextmanager
def writing(url: str) -> Iterator[list[float]]:
    """Update one appointment after another, by key; give how long each took, in milliseconds."""
    stop, waits, dice = threading.Event(), list[float](), random.Random(1)

    def write() -> None:
        with dial(url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT MAX(AptNum) FROM appointment")
            [(last,)] = cursor.fetchall()
            while not stop.wait(0.01):
                began = time.perf_counter()
                cursor.execute(
                    "UPDATE appointment SET Note = %s WHERE AptNum = %s",
                    (f"{began}", dice.randint(1, int(last))),
                )
                waits.append((time.perf_counter() - began) * 1000)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield waits
    finally:
        stop.set()
        thread.join()


async def noticing(url: str, label: str, *, with_pulse: bool) -> None:
    """Commit changes at random moments; time each until its Change is recorded."""
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        store, clock, signals = SqliteStore(f"{directory}/b.db"), SystemClock(), Signals()
        source = open_dental(
            name="bench", institution="bench", zone=ZoneInfo("UTC"), url=url, password=None
        )
        await store.open()
        poller = Poller(source, store, clock=clock, signals=signals)
        supervisor, wake = Supervisor(clock), asyncio.Event()
        supervisor.add(poller, wake)
        if with_pulse:
            supervisor.add(Listener(source, poller, clock=clock, wake=wake))
        noticed: dict[str, float] = {}
        async with asyncio.TaskGroup() as group:
            group.create_task(supervisor.run())
            while not poller.health.is_ready:
                await clock.wait(asyncio.Event(), 0.1)
            hearing = group.create_task(_hear(store, signals, noticed))
            sent = await asyncio.to_thread(_commit, url, f"pulse {with_pulse}")
            await asyncio.sleep(3.0)
            hearing.cancel()
            supervisor.stop()
        await source.close()
        await store.close()
    waits = [(noticed[mark] - at) * 1000 for mark, at in sent.items() if mark in noticed]
    pulse = "pulse on" if with_pulse else "pulse off"
    print(f"{label:<14} commit → Change, {pulse:<9} {percentiles(waits)}  "
          f"{len(waits)} of {len(sent)}")  # fmt: skip


async def _hear(store: SqliteStore, signals: Signals, noticed: dict[str, float]) -> None:
    since = 1
    while True:
        await signals.pacing.wait()
        now = time.monotonic()
        signals.pacing.clear()
        fresh = await store.read(
            lambda tx, since=since: tx.changes.between("bench", since, 2**62, 1000)  # type: ignore[misc]
        )
        for change in fresh:
            since = change.number + 1
            if change.after is not None:
                mark = (change.after.native.get("Note") or b"").decode()
                noticed.setdefault(mark, now)


def _commit(url: str, name: str) -> dict[str, float]:
    sent, dice = {}, random.Random(2)
    with connect(url) as practice:
        keys = practice.rows(f"SELECT AptNum FROM appointment ORDER BY AptNum LIMIT {COMMITS}")
        for (key,) in keys:
            mark = f"{name} {dice.random()}"
            practice.run("UPDATE appointment SET Note = ? WHERE AptNum = ?", (mark, key))
            sent[mark] = time.monotonic()
            time.sleep(dice.uniform(0.05, 0.35))
    return sent


def main() -> None:
    """Measure InnoDB and MyISAM."""
    parser = argparse.ArgumentParser(prog="python -m bench.capture", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("InnoDB", "MyISAM", "both"), default="both")
    arguments = parser.parse_args()
    engines = ("InnoDB", "MyISAM") if arguments.engine == "both" else (arguments.engine,)
    today = date(2026, 11, 2)
    keep_journal(quiet=True)
    print(f"# capture, {machine()}")
    with mariadb() as practice:
        for engine in engines:
            url = practice.create_database().url
            create(url, patients=300, seed=1, today=today, engine=engine)
            for with_pulse in (True, False):
                asyncio.run(noticing(url, engine, with_pulse=with_pulse))
            asyncio.run(compare(practice, engine))
            # Before 24.4 the stamp of an appointment has no index; that is what offices have.
            url = practice.create_database().url
            create(url, patients=300, seed=1, today=today, engine=engine, version="24.3")
            with connect(url) as growing:
                grow(growing, arguments.rows)
            first_reading_and_sweep(url, engine, arguments.rows)
            ties(url, engine)
            with connect(url) as growing:
                growing.run("ALTER TABLE appointment ADD INDEX (DateTStamp)")
            ties(url, f"{engine}+index")


if __name__ == "__main__":
    main()
