"""The naive query: what everybody writes first, and what it loses beside us in the same run.

``stamp >= start AND stamp < stop ORDER BY stamp LIMIT offset, 1000``, then ``start := stop``.
"""

import asyncio
import random
import tempfile
import threading
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.servers.mariadb import MariaDB

from bench.rig import Server
from bench.soak.office import TABLES, Table, dial, picture
from bench.soak.writers import Crew
from bitewing.practice.creating import create
from bitewing.practice.database import connect
from bitewing.stores.sqlite.store import SqliteStore

PAGE = 1000
SECONDS = 30.0
QUIET_SECONDS = 10.0
BULK = 100_000
Cells = dict[str, bytes | None]


@dataclass
class NaivePoller:
    """Polls all tables every second, as is usual."""

    url: str
    seen: dict[str, dict[int, Cells]] = field(default_factory=dict)
    rows: int = 0
    _start: dict[str, str] = field(default_factory=dict)

    def begin(self) -> None:
        """Take the tables as they are."""
        baseline, _ = picture(self.url)
        self.seen = {watch: dict(rows) for watch, rows in baseline.items()}
        with dial(self.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT CAST(NOW() AS CHAR)")
            [(now,)] = cursor.fetchall()
        self._start = dict.fromkeys((table.name for table in TABLES), now)

    def poll(self, cursor: Any, table: Table) -> None:
        """Read one window of one table, page by page."""
        cursor.execute("SELECT CAST(NOW() AS CHAR)")
        [(stop,)] = cursor.fetchall()
        stop = stop.decode()
        offset = 0
        while True:
            cursor.execute(
                f"SELECT * FROM {table.name} WHERE {table.stamp} >= %s AND {table.stamp} < %s "
                f"ORDER BY {table.stamp} LIMIT {offset}, {PAGE}",
                (self._start[table.name], stop),
            )
            names = [column[0] for column in cursor.description]
            page = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            self.rows += len(page)
            self.seen[table.watch] |= {int(row[table.key]): row for row in page}
            if len(page) < PAGE:
                break
            offset += PAGE
        self._start[table.name] = stop

    def run(self, stop: threading.Event) -> None:
        """Poll until told otherwise, and once more."""
        with dial(self.url, raw=True) as connection, connection.cursor() as cursor:
            is_last = False
            while not is_last:
                is_last = stop.wait(1.0)
                for table in TABLES:
                    self.poll(cursor, table)


async def compare(practice: MariaDB, engine: str) -> None:
    """Let nine writers write; print what the naive query and what we do not know at the end."""
    url = practice.create_database().url
    create(url, patients=1500, seed=1, today=date(2026, 11, 2), engine=engine)
    naive, stop = NaivePoller(url), threading.Event()
    with tempfile.TemporaryDirectory(prefix="bitewing-naive-") as directory:
        server = Server(url, Path(directory))
        await asyncio.to_thread(server.start)
        naive.begin()
        polling = threading.Thread(target=naive.run, args=(stop,))
        crew = Crew(url, engine == "InnoDB", seed=7)
        polling.start()
        crew.start()
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(crew.finish)
        await asyncio.sleep(QUIET_SECONDS)
        await asyncio.to_thread(server.post, "/api/sources/bench/sweep", {})
        await asyncio.sleep(QUIET_SECONDS)
        stop.set()
        await asyncio.to_thread(polling.join)
        ours = await _images(directory)
        await asyncio.to_thread(server.stop)
    final, _ = picture(url)
    known = sum(len(rows) for rows in final.values())
    print(
        f"{engine:<8} nine writers, {SECONDS:g} s, {known} rows: the naive query has "
        f"{_wrong(naive.seen, final)} wrong, we have {_wrong(ours, final)} wrong"
    )


async def _images(directory: str) -> dict[str, dict[int, Cells]]:
    store = SqliteStore(str(Path(directory) / "bitewing.db"))
    found: dict[str, dict[int, Cells]] = {}
    for table in TABLES:
        images = await store.peek(
            lambda tx, watch=table.watch: tx.records.images(  # type: ignore[misc]
                "bench", watch, list(tx.records.outlines("bench", watch, after=None, up_to=None))
            )
        )
        found[table.watch] = {key: dict(record.native) for key, record in images.items()}
    return found


def _wrong(seen: Any, final: Any) -> int:
    """Count rows that are missing, out of date, or known though they are gone."""
    return sum(
        seen[table.watch].get(key) != final[table.watch].get(key)
        for table in TABLES
        for key in seen[table.watch].keys() | final[table.watch].keys()
    )


def ties(url: str, label: str) -> None:
    """Stamp many rows with one statement; count how many of them pages by offset show."""
    with connect(url) as practice:
        keys = practice.rows(f"SELECT AptNum FROM appointment ORDER BY RAND(1) LIMIT {BULK}")
        chosen = random.Random(1).sample([key for (key,) in keys], len(keys))
        practice.run("CREATE TEMPORARY TABLE chosen (k BIGINT PRIMARY KEY)")
        practice.insert_many("chosen", ("k",), [(key,) for key in chosen])
        practice.run("UPDATE appointment JOIN chosen ON AptNum = k SET Note = CONCAT(Note, '!')")
        [(stamp,)] = practice.rows("SELECT MAX(DateTStamp) FROM appointment")
        told: list[int] = []
        for offset in range(0, BULK + PAGE, PAGE):
            page = practice.rows(
                "SELECT * FROM appointment WHERE DateTStamp >= ? AND DateTStamp < '2037-01-01' "
                f"ORDER BY DateTStamp LIMIT {offset}, {PAGE}",
                (stamp,),
            )
            told += [row[0] for row in page]
        ((ours,),) = practice.rows(
            "SELECT COUNT(*) FROM appointment WHERE DateTStamp >= ?", (stamp,)
        )
    lost, repeated = BULK - len(set(told)), len(told) - len(set(told))
    print(
        f"{label:<14} {BULK} rows with one stamp: the naive query loses {lost} and repeats "
        f"{repeated}; one list of keys has {ours}"
    )
