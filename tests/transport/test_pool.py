"""Keeping connections for the next exchange."""

import asyncio
import threading

from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.connecting import OK, Deaf, Driver, wait_for
from tests.transport.scripted import ScriptedServer, always, counting
from tests.transport.sending import message, send

from bitewing.transport.connection import Connection
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.pool import Pool


class Kept:
    """A Pool, and connections that have come into it."""

    def __init__(self, driver: Driver, most_open: int = 99) -> None:
        self.driver = driver
        self.pool = Pool(
            monotonic=driver.clock.monotonic, on_ended=driver.tell, most_open=most_open
        )

    def add(self, server: ScriptedServer) -> Connection:
        """Open one."""
        with self.pool.opening():
            connection = self.driver.connect(server)
            self.pool.add(connection)
        return connection

    async def use(self, server: ScriptedServer) -> Connection:
        """Open one and use it once."""
        connection = self.add(server)
        self.driver.post(connection)
        await self.driver.until_ended(connection)
        return connection

    def give_back(self, *connections: Connection) -> None:
        """Give them back now."""
        self.pool.give_back(connections, self.driver.clock.monotonic())

    def take(self, connection: Connection, *others: Connection, most: int = 1) -> list[Connection]:
        """Take some like these now."""
        keys = [one.key for one in (connection, *others)]
        return self.pool.take(keys, most, self.driver.clock.monotonic())


async def test_the_connection_used_last_is_used_first(serve: Serve, driver: Driver) -> None:
    """So that those that are not needed grow old and go."""
    server = serve(always(OK))
    kept = Kept(driver)
    first, second = await kept.use(server), await kept.use(server)
    kept.give_back(first)
    kept.give_back(second)

    assert kept.take(first) == [second]
    assert kept.take(first) == [first]
    assert kept.take(first) == []

    first.close()
    second.close()
    kept.pool.close()


async def test_the_patrol_closes_what_has_been_idle_too_long(serve: Serve, driver: Driver) -> None:
    """Nobody needs to ask for a connection for it to be closed in time."""
    server = serve(always(OK))
    kept = Kept(driver)
    connection = await kept.use(server)
    kept.give_back(connection)
    driver.clock.advance(71)

    await asyncio.to_thread(server.visits[0].until_gone)

    assert connection.is_closed
    kept.pool.close()


async def test_one_in_use_is_found_again_after_the_others_have_gone(
    serve: Serve, driver: Driver
) -> None:
    """Its shelf stays though nothing stands there while those that were too old are closed."""
    server = serve(always(OK))
    kept = Kept(driver)
    idle, busy = await kept.use(server), await kept.use(server)
    kept.give_back(idle)
    driver.clock.advance(71)
    await asyncio.to_thread(server.visits[0].until_gone)
    kept.give_back(busy)

    assert kept.take(busy, most=2) == [busy]
    busy.close()
    kept.pool.close()


async def test_as_many_as_are_wanted_are_taken_one_address_after_the_other(
    serve: Serve, driver: Driver
) -> None:
    """A name may have several."""
    servers = [serve(always(OK)), serve(always(OK))]
    kept = Kept(driver)
    made = [await kept.use(server) for server in servers for _ in range(2)]
    for connection in made:
        kept.give_back(connection)

    assert kept.take(made[0], made[2], most=3) == [made[1], made[0], made[3]]
    assert kept.take(made[0], made[2], most=3) == [made[2]]
    for connection in made:
        connection.close()
    kept.pool.close()


async def test_a_dead_one_is_not_given(serve: Serve, driver: Driver) -> None:
    """The living ones behind it are; and nothing is kept of a receiver that nobody needs."""
    server, silent = serve(always(OK)), serve(always(b""))
    kept = Kept(driver)
    living, dead = await kept.use(server), await kept.use(server)
    kept.give_back(living, dead)
    dead.close()

    assert kept.take(living) == [living]
    assert kept.take(living) == []

    living.close()
    driver.clock.advance(2)
    late = kept.add(silent)
    driver.post(late, seconds=0.01)
    await driver.until_ended(late)  # the patrol has come by

    assert list(kept.pool._shelves) == [late.key]
    kept.pool.close()


async def test_an_answer_that_is_there_when_time_is_up_counts(
    serve: Serve, clock: FakeClock
) -> None:
    """We were held up, not the receiver: it would get the same once more without need."""
    said = threading.Semaphore(0)

    driver = Driver(clock, lambda _: Deaf())
    kept = Kept(driver)
    connections = [kept.add(serve(counting(said, OK))) for _ in range(3)]
    for connection in connections:
        driver.post(connection, seconds=0)
    wait_for(said, connections)
    await driver.until_ended(connections[0])

    assert [set(ended) for ended in driver.told] == [set(connections)]
    for connection in connections:
        assert (connection.failure, connection.answer.status) == (None, 200)
        connection.close()
    kept.pool.close()


async def test_a_closed_pool_keeps_nothing(serve: Serve, driver: Driver) -> None:
    """Idle connections go at once, those in use when they are given back."""
    server = serve(always(OK))
    kept = Kept(driver)
    idle, busy = await kept.use(server), await kept.use(server)
    kept.give_back(idle)
    kept.pool.close()

    assert idle.is_closed
    assert not busy.is_closed

    kept.give_back(busy)

    assert busy.is_closed


async def test_an_idle_connection_makes_way_for_a_new_one(serve: Serve, driver: Driver) -> None:
    """The one that was idle for longest: there are only so many files."""
    server = serve(always(OK))
    kept = Kept(driver, most_open=2)
    first, second = await kept.use(server), await kept.use(server)
    kept.give_back(first)
    kept.give_back(second)
    third = await kept.use(server)
    busy = await kept.use(server)

    assert (first.is_closed, second.is_closed) == (True, True)
    assert not third.is_closed
    assert kept.take(second) == []

    for one in (third, busy):
        one.close()
    kept.pool.close()


async def test_all_may_be_idle_and_some_make_way_together(serve: Serve, driver: Driver) -> None:
    """Those idle for longest, to whomever: each receiver of many needs its own again."""
    servers = [serve(always(OK)), serve(always(OK))]
    kept = Kept(driver, most_open=32)
    connections = [await kept.use(servers[number % 2]) for number in range(32)]
    for connection in reversed(connections):
        driver.clock.advance(0.01)
        kept.give_back(connection)

    assert not any(connection.is_closed for connection in connections)

    with kept.pool.opening():
        gone = [one for one in connections if one.is_closed]

    assert gone == connections[-3:]
    assert len(kept.take(connections[0], connections[1], most=99)) == 29
    for connection in connections:
        connection.close()
    kept.pool.close()


async def test_one_that_is_being_opened_has_its_place(serve: Serve, driver: Driver) -> None:
    """Another that is opened meanwhile finds no room either."""
    kept = Kept(driver, most_open=2)
    idle = await kept.use(serve(always(OK)))
    kept.give_back(idle)
    with kept.pool.opening():
        before = idle.is_closed
        with kept.pool.opening():
            pass

    assert (before, idle.is_closed) == (False, True)
    kept.pool.close()


async def test_the_living_make_no_way_where_the_dead_leave_room(
    serve: Serve, driver: Driver
) -> None:
    """A receiver that starts again closes all of its own at once."""
    server = serve(always(OK))
    kept = Kept(driver, most_open=4)
    connections = [await kept.use(server) for _ in range(4)]
    kept.give_back(*connections)
    for dead in connections[2:]:
        dead.close()
    with kept.pool.opening():
        pass

    assert kept.take(connections[0], most=4) == [connections[1], connections[0]]
    for connection in connections:
        connection.close()
    kept.pool.close()


async def test_what_an_end_breaks_does_not_stop_the_patrol(serve: Serve, driver: Driver) -> None:
    """An exchange whose end raises does not let the others wait for ever."""
    silent = serve(always(b""))
    kept = Kept(driver)
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    broken, whole = kept.add(silent), kept.add(silent)

    def break_down(connection: Connection) -> None:
        if connection is broken:
            raise ZeroDivisionError

    driver.then = break_down
    driver.post(broken, seconds=0.01)
    driver.post(whole, seconds=0.3)
    await driver.until_ended(whole)

    assert whole.failure is not None
    assert broken.is_closed
    kept.pool.close()


async def test_what_is_late_is_told_together(serve: Serve, driver: Driver) -> None:
    """As what is answered is."""
    silent = serve(always(b""))
    kept = Kept(driver)
    late = [kept.add(silent) for _ in range(3)]
    for connection in late:
        driver.post(connection, seconds=0.01)
    await driver.until_ended(late[0])

    assert [set(ended) for ended in driver.told] == [set(late)]
    kept.pool.close()


async def test_a_sender_has_no_more_than_it_may(serve: Serve, clock: FakeClock) -> None:
    """Whoever was sent to last keeps the connection."""
    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, most_open=1)
    first, second = serve(always(OK)), serve(always(OK))
    for server in (first, second, second):
        await send(sender, message(server.url))
    async with asyncio.timeout(5):
        await asyncio.to_thread(first.visits[0].until_gone)

    assert len(second.visits) == 1
    await sender.close()
