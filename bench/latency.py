"""Latency: from the commit in the practice to the first byte at the receiver."""

import asyncio
import random
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.rig import Server, close_ledger, machine, mariadb, percentiles, serving, until
from bitewing.practice.creating import create
from bitewing.practice.database import Database, connect
from bitewing.receive import Received, Receiver

PATIENTS = 500
CHANGES = 40
SELECTIONS = 200
PAUSE_SECONDS = (1.05, 1.45)
"""Longer than PollingSeconds, which bounds how often a message leaves."""


class Ear:
    """Notes when each marked change, or each selected patient, was first heard of."""

    def __init__(self, awaited: int) -> None:
        self.heard: dict[str, float] = {}
        self.complete = asyncio.Event()
        self._awaited = awaited

    async def take(self, received: Received) -> int:
        now = time.monotonic()
        for element in received.elements:
            mark = str(element.get("Note") or element["PatNum"])
            if mark.startswith("bench") or "Note" not in element:
                self.heard.setdefault(mark, now)
        if len(self.heard) >= self._awaited:
            self.complete.set()
        return 200


async def database_events(url: str, label: str) -> None:
    """Commit changes one by one at random moments; every one is to another appointment."""
    with serving(url) as server:
        ear = Ear(CHANGES)
        receiver = Receiver(ear.take)
        port = await receiver.start()
        await asyncio.to_thread(
            server.post,
            "/api/v1/subscriptions",
            {
                "EndPointUrl": f"http://127.0.0.1:{port}/",
                "WatchTable": "Appointment",
                "PollingSeconds": 1,
            },
        )
        sent = await asyncio.to_thread(_commit_changes, url)
        await until(ear.complete, 15)
        waits = [(ear.heard[mark] - at) * 1000 for mark, at in sent.items() if mark in ear.heard]
        print(f"{label:<16} {percentiles(waits)}")
        missing = len(sent) - len(waits)
        close_ledger(sent=len(sent), delivered=len(waits), waiting=missing, failed=0)
        await receiver.stop()


async def ui_events(url: str) -> None:
    """Report selections one after another, each of another patient."""
    with serving(url) as server:
        ear = Ear(SELECTIONS)
        receiver = Receiver(ear.take)
        port = await receiver.start()
        wish: dict[str, object] = {
            "EndPointUrl": f"http://127.0.0.1:{port}/",
            "UiEventType": "PatientSelected",
        }
        await asyncio.to_thread(server.post, "/api/v1/subscriptions", wish)
        sent = await asyncio.to_thread(_select_patients, server)
        await until(ear.complete, 15)
        waits = [(ear.heard[mark] - at) * 1000 for mark, at in sent.items() if mark in ear.heard]
        print(f"{'PatientSelected':<16} {percentiles(waits)}   (request sent → receiver)")
        missing = len(sent) - len(waits)
        close_ledger(sent=len(sent), delivered=len(waits), waiting=missing, failed=0)
        await receiver.stop()


def _commit_changes(url: str) -> dict[str, float]:
    sent: dict[str, float] = {}
    dice = random.Random(1)
    with connect(url) as practice:
        for number in _appointments(practice):
            mark = f"bench {number}"
            practice.run("UPDATE appointment SET Note = ? WHERE AptNum = ?", (mark, number))
            sent[mark] = time.monotonic()
            time.sleep(dice.uniform(*PAUSE_SECONDS))
    return sent


def _appointments(practice: Database) -> list[int]:
    rows = practice.rows(f"SELECT AptNum FROM appointment ORDER BY AptNum LIMIT {CHANGES}")
    return [number for (number,) in rows]


def _select_patients(server: Server) -> dict[str, float]:
    sent: dict[str, float] = {}
    for number in range(1, SELECTIONS + 1):
        sent[str(number)] = time.monotonic()
        event: dict[str, object] = {
            "UiEventType": "PatientSelected",
            "PatNum": number,
            "Workstation": "BENCH",
        }
        server.post("/api/ui-events", event)
        time.sleep(0.01)
    return sent


def main() -> None:
    """Measure on SQLite, InnoDB and MyISAM."""
    print(f"# commit → receiver, PollingSeconds 1, {machine()}")
    today = date(2026, 11, 2)
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{Path(directory) / 'practice.db'}"
        create(url, patients=PATIENTS, seed=1, today=today)
        asyncio.run(database_events(url, "SQLite"))
        asyncio.run(ui_events(url))
    for options, level in (((), ""), (("--log-bin=log", "--server-id=1"), ", binlog")):
        with mariadb(options) as server:
            for engine in ("InnoDB", "MyISAM"):
                url = server.create_database().url
                create(url, patients=PATIENTS, seed=1, today=today, engine=engine)
                asyncio.run(database_events(url, f"{engine}{level}"))


if __name__ == "__main__":
    main()
