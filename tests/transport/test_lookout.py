"""Many connections are looked after together, and none is mistaken for another."""

import asyncio
import errno
import os
import select
import threading
from functools import partial
from pathlib import Path

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.connecting import LARGE_REQUEST, OK, Driver, wait_for
from tests.transport.scripted import ScriptedServer, always, counting, patient
from tests.transport.sending import message, send

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.connection import Connection
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.lookout import EpollLookout, LoopLookout, OnEnded

on_linux = pytest.mark.skipif(not hasattr(select, "epoll"), reason="there is no epoll")


def posted(driver: Driver, server: ScriptedServer, number: int) -> list[Connection]:
    """Open so many connections, and post on each."""
    connections = [driver.connect(server) for _ in range(number)]
    for connection in connections:
        driver.post(connection)
    return connections


async def test_what_is_there_at_once_is_told_together(serve: Serve, driver: Driver) -> None:
    """One that has nothing to say stops no other."""
    said = threading.Semaphore(0)
    silent = driver.connect(serve(always(b"")))
    driver.post(silent)
    connections = posted(driver, serve(counting(said, OK)), 5)
    wait_for(said, connections)
    await driver.until_ended(connections[0])

    assert [set(ended) for ended in driver.told] == [set(connections)]
    for connection in (silent, *connections):
        connection.close()


@on_linux
async def test_there_is_room_for_other_work_between(serve: Serve, clock: FakeClock) -> None:
    """However many are ready: all are read, and what else the loop has to do is done between."""
    said = threading.Semaphore(0)
    driver = Driver(clock, partial(EpollLookout, most_at_once=2))
    connections = posted(driver, serve(counting(said, OK)), 5)
    wait_for(said, connections)
    seen: list[int] = []

    def look() -> None:
        seen.append(len(driver.told))
        if len(driver.told) < 3:
            asyncio.get_running_loop().call_soon(look)

    look()
    for connection in connections:
        await driver.until_ended(connection)

    assert [len(ended) for ended in driver.told] == [2, 2, 1]
    assert {connection for ended in driver.told for connection in ended} == set(connections)
    assert {0, 1, 2} <= set(seen)
    for connection in connections:
        connection.close()


async def test_a_file_descriptor_that_is_used_again_is_not_mistaken(
    serve: Serve, driver: Driver
) -> None:
    """At the first end all of the same look are closed, and their numbers given to new ones."""
    said = threading.Semaphore(0)
    server = serve(*[counting(said, OK)] * 3, always(OK.replace(b"200", b"201")))
    first = posted(driver, server, 3)
    wait_for(said, first)
    second: list[Connection] = []

    def begin_anew(_: Connection) -> None:
        if not second:
            for one in first:
                one.close()
            second.extend(posted(driver, server, 3))

    driver.then = begin_anew
    await driver.until_ended(first[-1])
    for connection in second:
        await driver.until_ended(connection)

    assert [connection.answer.status for connection in first] == [200] * 3
    assert [connection.answer.status for connection in second] == [201] * 3
    assert len(driver.told[0]) == 3
    assert sorted(one for ended in driver.told[1:] for one in map(second.index, ended)) == [0, 1, 2]
    for connection in second:
        connection.close()


async def test_one_that_breaks_is_told_and_stops_no_other(serve: Serve, driver: Driver) -> None:
    """Whatever happens while it is read."""
    said = threading.Semaphore(0)
    times = iter([0.0])  # when it was opened; there is none for the half of an answer
    server = serve(counting(said, OK[:-2]), counting(said, OK))
    broken = driver.connect(server, monotonic=lambda: next(times))
    whole = driver.connect(server)
    for connection in (broken, whole):
        driver.post(connection)
    wait_for(said, [broken, whole])
    await driver.until_ended(whole)

    assert broken.failure is not None and broken.is_closed
    assert broken.failure.detail.endswith("StopIteration")
    assert whole.failure is None
    whole.close()


def epolls() -> int:
    """Count this process's."""
    return sum("eventpoll" in str(one.resolve()) for one in Path("/proc/self/fd").iterdir())


@on_linux
async def test_nothing_stays_open_behind_the_last_connection(
    serve: Serve, clock: FakeClock
) -> None:
    """And the next one is looked after again."""
    server = serve(always(OK))
    driver, before = Driver(clock, EpollLookout), epolls()
    for _ in range(2):
        connection = driver.connect(server)
        during = epolls()
        driver.post(connection)
        await driver.until_ended(connection)
        connection.close()

        assert (during, epolls()) == (before + 1, before)


@on_linux
async def test_a_lookout_that_could_not_begin_begins_with_the_next(
    serve: Serve, clock: FakeClock
) -> None:
    """One that stayed deaf would let every exchange run into its timeout until the next start."""
    server = serve(always(OK))
    driver, before = Driver(clock, EpollLookout), epolls()
    with pytest.raises(RuntimeError) as kept:  # there is no event loop in a thread
        await asyncio.to_thread(driver.connect, server)
    after = epolls()
    connection = driver.connect(server)
    driver.post(connection)
    await driver.until_ended(connection)
    async with asyncio.timeout(5):
        await asyncio.to_thread(server.visits[0].until_gone)

    assert kept.value is not None  # with all that it refers to
    assert (connection.failure, after) == (None, before)
    connection.close()


@on_linux
async def test_what_cannot_be_looked_at_is_forgotten(
    serve: Serve, clock: FakeClock, tmp_path: Path
) -> None:
    """Nothing is left of it that would hold the epoll open."""
    connection = Driver(clock, LoopLookout).connect(serve(always(OK)))
    lookout, before = EpollLookout(lambda _: None), epolls()
    with (tmp_path / "plain").open("wb") as file, pytest.raises(PermissionError):
        lookout.add(file.fileno(), connection)

    assert epolls() == before
    connection.close()


@on_linux
async def test_room_is_no_longer_asked_for_when_all_is_sent(serve: Serve, clock: FakeClock) -> None:
    """There is almost always room, so the loop would never come to rest."""
    made: list[EpollLookout] = []

    def make(on_ended: OnEnded) -> EpollLookout:
        made.append(EpollLookout(on_ended))
        return made[0]

    driver = Driver(clock, make)
    may_read = threading.Event()
    connection = driver.connect(serve(patient(may_read)))
    driver.post(connection, request=LARGE_REQUEST)
    assert connection._unsent is not None
    may_read.set()
    await driver.until_ended(connection)
    epoll = made[0]._epoll

    assert not connection.is_closed
    assert epoll is not None and epoll.poll(0) == []
    connection.close()


class Full:
    """A Lookout of a machine that has no room left."""

    def add(self, number: int, connection: Connection) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def want_room(self, number: int, *, is_wanted: bool) -> None:
        raise AssertionError("nothing was added")

    def remove(self, number: int) -> None:
        raise AssertionError("nothing was added")


async def test_no_room_for_a_connection_is_an_outcome(serve: Serve, clock: FakeClock) -> None:
    """The receiver sees us go, and whoever posted hears of it."""
    server = serve(lambda visit: visit.until_gone())
    sender = HttpSender(
        clock=clock,
        guard=AddressGuard(LOOPBACK, https_only=False),
        lookout=lambda _: Full(),
    )
    outcome = await send(sender, message(server.url))
    await sender.close()

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail.endswith("this machine has no room for another connection")
