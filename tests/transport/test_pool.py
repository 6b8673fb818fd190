"""Keeping connections for the next exchange."""

import asyncio
import socket

from tests.fakes.clock import FakeClock
from tests.transport.conftest import Serve
from tests.transport.scripted import ScriptedServer, always

from bitewing.transport.connection import Connection
from bitewing.transport.failure import Failure
from bitewing.transport.pool import Pool

REQUEST = b"POST / HTTP/1.1\r\nHost: r.example\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def added(server: ScriptedServer, clock: FakeClock, pool: Pool) -> Connection:
    opened = socket.create_connection(("127.0.0.1", server.port))
    opened.settimeout(0)
    key = ("http", "127.0.0.1", server.port, "127.0.0.1", None)
    with pool.opening():
        connection = Connection(opened, key=key, monotonic=clock.monotonic)
        pool.add(connection)
    return connection


async def used(server: ScriptedServer, clock: FakeClock, pool: Pool) -> Connection:
    connection = added(server, clock, pool)
    ended: asyncio.Future[Failure | None] = asyncio.get_running_loop().create_future()
    connection.post(REQUEST, seconds=5, on_end=ended.set_result)
    await ended
    return connection


async def test_the_connection_used_last_is_used_first(serve: Serve, clock: FakeClock) -> None:
    """So that those that are not needed grow old and go."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic)
    first, second = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(first)
    pool.give_back(second)

    assert pool.take([first.key], 1, clock.monotonic()) == [second]
    assert pool.take([first.key], 1, clock.monotonic()) == [first]
    assert pool.take([first.key], 1, clock.monotonic()) == []

    first.close()
    second.close()
    pool.close()


async def test_the_patrol_closes_what_has_been_idle_too_long(
    serve: Serve, clock: FakeClock
) -> None:
    """Nobody needs to ask for a connection for it to be closed in time."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic)
    connection = await used(server, clock, pool)
    pool.give_back(connection)
    clock.advance(71)

    await asyncio.to_thread(server.visits[0].until_gone)

    assert connection.is_closed
    pool.close()


async def test_one_in_use_is_found_again_after_the_others_have_gone(
    serve: Serve, clock: FakeClock
) -> None:
    """Its shelf stays though nothing stands there while those that were too old are closed."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic)
    idle, busy = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(idle)
    clock.advance(71)
    await asyncio.to_thread(server.visits[0].until_gone)
    busy.last_byte_at = clock.monotonic()
    pool.give_back(busy)

    assert pool.take([busy.key], 2, clock.monotonic()) == [busy]
    busy.close()
    pool.close()


async def test_as_many_as_are_wanted_are_taken_one_address_after_the_other(
    serve: Serve, clock: FakeClock
) -> None:
    """A name may have several."""
    servers = [serve(always(OK)), serve(always(OK))]
    pool = Pool(monotonic=clock.monotonic)
    made = [await used(server, clock, pool) for server in servers for _ in range(2)]
    for connection in made:
        pool.give_back(connection)
    keys = [made[0].key, made[2].key]

    assert pool.take(keys, 3, clock.monotonic()) == [made[1], made[0], made[3]]
    assert pool.take(keys, 3, clock.monotonic()) == [made[2]]
    for connection in made:
        connection.close()
    pool.close()


async def test_dead_ones_take_no_room_from_the_living(serve: Serve, clock: FakeClock) -> None:
    """Those that a receiver has closed meanwhile are no longer counted when there are enough."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic, most_idle=1)
    dead, living = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(dead)
    dead.close()
    pool.give_back(living)

    assert not living.is_closed
    assert pool.take([living.key], 1, clock.monotonic()) == [living]
    living.close()
    pool.close()


async def test_a_full_pool_keeps_no_more(serve: Serve, clock: FakeClock) -> None:
    """Beyond its limit a connection is closed instead of kept."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic, most_idle=1)
    first, second = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(first)
    pool.give_back(second)

    assert not first.is_closed
    assert second.is_closed
    pool.close()


async def test_a_closed_pool_keeps_nothing(serve: Serve, clock: FakeClock) -> None:
    """Idle connections go at once, those in use when they are given back."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic)
    idle, busy = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(idle)
    pool.close()

    assert idle.is_closed
    assert not busy.is_closed

    pool.give_back(busy)

    assert busy.is_closed


async def test_an_idle_connection_makes_way_for_a_new_one(serve: Serve, clock: FakeClock) -> None:
    """The one that was idle for longest: there are only so many files."""
    server = serve(always(OK))
    pool = Pool(monotonic=clock.monotonic, most_open=2)
    first, second = await used(server, clock, pool), await used(server, clock, pool)
    pool.give_back(first)
    pool.give_back(second)
    third = await used(server, clock, pool)
    busy = await used(server, clock, pool)

    assert (first.is_closed, second.is_closed) == (True, True)
    assert not third.is_closed
    assert pool.take([second.key], 1, clock.monotonic()) == []

    for one in (third, busy):
        one.close()
    pool.close()


async def test_the_patrol_outlives_what_breaks_on_its_way(serve: Serve, clock: FakeClock) -> None:
    """An exchange whose end raises does not let the others wait for ever."""
    silent = serve(always(b""))
    pool = Pool(monotonic=clock.monotonic)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda *_: None)
    ended: asyncio.Future[Failure | None] = loop.create_future()

    def broken(_: Failure | None) -> None:
        raise ZeroDivisionError

    for seconds, on_end in ((0.01, broken), (0.3, ended.set_result)):
        connection = added(silent, clock, pool)
        connection.post(REQUEST, seconds=seconds, on_end=on_end)
    async with asyncio.timeout(10):
        failure = await ended

    assert failure is not None
    pool.close()
