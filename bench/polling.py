"""Polling: what one poll costs against the size of the table, and beside it Open Dental's query."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.rig import close_ledger, machine, mariadb
from bitewing.model.watch import Watch
from bitewing.practice.creating import create
from bitewing.practice.database import Database, connect
from bitewing.sources.opendental import OpenDental, open_dental

SIZES = (10_000, 100_000, 1_000_000)
CHANGED = (0, 1, 50, 1_000)
RUNS = 5
OLD = "2020-01-01 00:00:00"


def grow(practice: Database, size: int) -> None:
    """Fill the table of appointments up to a size, all stamped long ago."""
    ((known,),) = practice.rows("SELECT COUNT(*) FROM appointment")
    columns = [
        name
        for (name,) in practice.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'appointment' "
            "AND table_schema = DATABASE() AND column_name NOT IN ('AptNum', 'DateTStamp')"
        )
    ]
    listed = ", ".join(f"`{name}`" for name in columns)
    while known < size:
        practice.run(
            f"INSERT INTO appointment ({listed}, DateTStamp) SELECT {listed}, '{OLD}' "
            f"FROM appointment LIMIT {size - known}"
        )
        ((known,),) = practice.rows("SELECT COUNT(*) FROM appointment")
    practice.run(f"UPDATE appointment SET DateTStamp = '{OLD}'")


async def median_ms(work: Callable[[], Awaitable[object]]) -> float:
    """Give the median of some runs after one that does not count."""
    times = []
    for _ in range(RUNS + 1):
        began = time.perf_counter()
        await work()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times[1:])


async def measure(url: str, engine: str, size: int) -> None:
    """Time one poll of a table with so many rows changed, and Open Dental's query beside it."""
    source = open_dental(
        name="bench", institution="bench", zone=ZoneInfo("UTC"), url=url, password=None
    )
    await source.open()
    watch = next(one for one in source.watches if one.name == "Appointment")
    cells = []
    for changed in CHANGED:
        low = await _change(url, changed)
        keys = await source.keys_stamped_since(watch, low)
        found = len(await source.fetch(watch, keys))
        ours = await median_ms(lambda low=low: _poll(source, watch, low))  # type: ignore[misc]
        theirs = await median_ms(lambda low=low: _their_poll(source, low))  # type: ignore[misc]
        cells.append(f"{changed}: {ours:.1f} ({theirs:.1f})")
        close_ledger(sent=changed, delivered=found, waiting=0, failed=0)
    print(f"{engine:<13} {size:>9}   " + "   ".join(cells))
    await source.close()


async def _poll(source: OpenDental, watch: Watch, low: datetime) -> None:
    keys = await source.keys_stamped_since(watch, low)
    for start in range(0, len(keys), 1000):
        await source.fetch(watch, keys[start : start + 1000])


async def _their_poll(source: OpenDental, low: datetime) -> None:
    """The query of Open Dental's own events: a half-open window, sorted, paged by offset."""
    await source.asking.query(
        "SELECT * FROM appointment WHERE DateTStamp >= %s AND DateTStamp < %s "
        "ORDER BY DateTStamp LIMIT 0, 1000",
        (f"{low:%Y-%m-%d %H:%M:%S}", "2037-01-01 00:00:00"),
    )


async def _change(url: str, count: int) -> datetime:
    with connect(url) as practice:
        practice.run(f"UPDATE appointment SET DateTStamp = '{OLD}' WHERE DateTStamp > '{OLD}'")
        practice.run(f"UPDATE appointment SET Note = CONCAT(Note, '.') LIMIT {count}")
    return datetime.now(UTC) - timedelta(seconds=60)


def main() -> None:
    """Measure InnoDB and MyISAM, the table growing; then again with an index on the stamp."""
    print(f"# ms a poll, n changed: ours (Open Dental's query), {machine()}")
    with mariadb() as server:
        for engine in ("InnoDB", "MyISAM"):
            url = server.create_database().url
            # Before 24.4 the stamp of an appointment has no index; that is what offices have.
            today = datetime.now(UTC).date()
            create(url, patients=300, seed=1, today=today, engine=engine, version="24.3")
            for size in SIZES:
                with connect(url) as practice:
                    grow(practice, size)
                asyncio.run(measure(url, engine, size))
            with connect(url) as practice:
                practice.run("ALTER TABLE appointment ADD INDEX (DateTStamp)")
            asyncio.run(measure(url, f"{engine}+index", SIZES[-1]))


if __name__ == "__main__":
    main()
