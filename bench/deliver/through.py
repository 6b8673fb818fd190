"""Deliveries through the whole engine: durable before the first attempt, their outcome after.

``python -m bench.deliver.through KIND ...`` prints the Cost; see the functions for the rest.
"""

import asyncio
import sys
import tempfile
import time

from bench.deliver.engine import Engine, Tally
from bench.deliver.gauge import VOID, Cost, Gauge, tell, thinned
from bench.deliver.history import grow
from bitewing.cli.hosting import run_on_loop
from bitewing.cli.journal import keep_journal

_WINDOW = 4000
"""Deliveries that may wait at once while the rate is measured."""

_PIECE = 500
"""Deliveries added in one piece of work, as those of a page of Changes (up to 1,000) are."""

_SLICES = 20
"""So many times a second some of many Endpoints get their next delivery."""

_WATCH_SECONDS = 0.02
_GIVE_UP_SECONDS = 300.0


async def at_once(url: str, ca_file: str, events: int, endpoints: int) -> Cost:
    """As fast as it goes, with a bounded backlog."""
    urls = _urls(url, endpoints)
    piece = max(1, _PIECE // endpoints)
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        engine = Engine(f"{directory}/store.db", ca_file, urls)
        async with engine.running():
            await _warm_up(engine, endpoints)
            before = (await engine.tally()).delivered
            gauge = Gauge()
            sent = 0
            while sent < events:
                number = min(piece, events - sent)
                await engine.publish(number)
                sent += number
                await _until_waiting(engine, _WINDOW)
            left = await _until_waiting(engine, 0)
            cost = gauge.read(left.delivered - before)
    return _closed(cost, sent=events * endpoints, left=left)


async def steadily(url: str, ca_file: str, rate: int, seconds: int) -> Cost:
    """So many deliveries a second, come what may; how long does each take?"""
    urls = _urls(url, 1)
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        engine = Engine(f"{directory}/store.db", ca_file, urls)
        async with engine.running():
            await _warm_up(engine, 1)
            before = (await engine.tally()).delivered
            gauge = Gauge()
            names: list[str] = []
            started = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                given = 0
                while (elapsed := time.perf_counter() - started) < seconds:
                    owed = int(elapsed * rate) - given
                    given += owed
                    if owed:
                        group.create_task(_publish(engine, owed, names))
                    await asyncio.sleep(0.005)
            left = await _until_waiting(engine, 0)
            cost = gauge.read(left.delivered - before)
            cost.delays = thinned(await engine.delays(names[:: max(1, len(names) // 10_000)]))
    return _closed(cost, sent=given, left=left)


OPENING_SECONDS = 2
"""In these a thousand connections are opened, and who hangs is found out; they are shown apart."""


async def fairly(url: str, silent: str, ca_file: str, seconds: int, *numbers: int) -> Cost:
    """One delivery a second to each of many endpoints; the delays are those of the healthy."""
    healthy, hanging, failing = numbers
    urls = _urls(url, healthy) + _urls(silent, hanging)
    urls += _urls(url.replace("/hook", "/failing"), failing)
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        engine = Engine(f"{directory}/store.db", ca_file, urls)
        async with engine.running():
            before = await engine.tally()
            gauge = Gauge()
            names: list[str] = []
            for place in range(seconds * _SLICES):
                ends = time.perf_counter() + 1 / _SLICES
                made = await engine.publish(1, slice(place % _SLICES, None, _SLICES))
                names += made[: len(urls[place % _SLICES : healthy : _SLICES])]
                await asyncio.sleep(max(0.0, ends - time.perf_counter()))
            await asyncio.sleep(1)
            after = await engine.tally()
            cost = gauge.read(after.delivered - before.delivered)
            cost.waiting, cost.failed = after.waiting, after.failed
            delays = await engine.delays(names)
            opening = healthy * OPENING_SECONDS
            cost.opening, cost.delays = thinned(delays[:opening]), thinned(delays[opening:])
            if cost.count < len(names) and not hanging:
                raise SystemExit(VOID)
    return cost


async def fill(url: str, path: str, waiting: int) -> Cost:
    """Owe so many without sending any."""
    engine = Engine(path, None, _urls(url, 1))
    gauge = Gauge()
    await engine.prepare()
    for _ in range(0, waiting, 1000):
        await engine.publish(1000)
    cost = gauge.read(waiting)
    await engine.store.close()
    return cost


async def with_backlog(url: str, ca_file: str, path: str, seconds: int) -> Cost:
    """Deliver for some seconds from a store in which very many wait."""
    engine = Engine(path, ca_file, _urls(url, 1))
    gauge = Gauge()
    async with engine.running():
        before = await engine.tally()
        await asyncio.sleep(seconds)
        after = await engine.tally()
        cost = gauge.read(after.delivered - before.delivered)
    cost.waiting, cost.failed = after.waiting, after.failed - before.failed
    return cost


async def with_history(url: str, ca_file: str, path: str, rows: int, events: int) -> Cost:
    """Add rows of history up to this number, then deliver."""
    engine = Engine(path, ca_file, _urls(url, 1))
    await engine.prepare()
    if not (await engine.tally()).delivered:
        await engine.remember_one()
    await engine.store.close()
    grow(path, rows)
    async with engine.running():
        before = await engine.tally()
        gauge = Gauge()
        for _ in range(0, events, 500):
            await engine.publish(500)
            await _until_waiting(engine, _WINDOW)
        left = await _until_waiting(engine, 0)
        cost = gauge.read(left.delivered - before.delivered)
    return _closed(cost, sent=events, left=left)


def _urls(url: str, endpoints: int) -> list[str]:
    return [f"{url}/{place}" for place in range(1, endpoints + 1)]


async def _publish(engine: Engine, events: int, names: list[str]) -> None:
    names += await engine.publish(events)


async def _warm_up(engine: Engine, endpoints: int) -> None:
    """Open connections, fill caches."""
    await engine.publish(max(1, 1000 // endpoints))
    await _until_waiting(engine, 0)


async def _until_waiting(engine: Engine, most: int) -> Tally:
    """Wait until no more than so many wait."""
    deadline = time.perf_counter() + _GIVE_UP_SECONDS
    while (tally := await engine.tally()).waiting > most:
        if time.perf_counter() > deadline:
            break
        await asyncio.sleep(_WATCH_SECONDS)
    return tally


def _closed(cost: Cost, *, sent: int, left: Tally) -> Cost:
    """Void the run if something is missing or was there twice."""
    cost.waiting, cost.failed = left.waiting, left.failed
    if sent != cost.count + left.waiting + left.failed:
        print(f"sent {sent}, found {cost.count} + {left.waiting} + {left.failed}", file=sys.stderr)
        raise SystemExit(VOID)
    return cost


def main() -> None:
    kind, *given = sys.argv[1:]
    text, numbers = (
        [one for one in given if not one.isdigit()],
        [int(one) for one in given if one.isdigit()],
    )
    ways = {
        "at_once": at_once,
        "steadily": steadily,
        "fairly": fairly,
        "fill": fill,
        "with_backlog": with_backlog,
        "with_history": with_history,
    }
    keep_journal(quiet=False)  # as the program does where it is no terminal
    tell(run_on_loop(ways[kind](*text, *numbers)))  # type: ignore[operator]


if __name__ == "__main__":
    main()
