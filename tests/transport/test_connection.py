"""A connection that is driven without tasks, as lanes do it."""

import asyncio
import socket
import threading

from tests.transport.conftest import Serve
from tests.transport.connecting import OK, REQUEST, Driver
from tests.transport.scripted import Visit, always, once

from bitewing.transport.connection import Connection


async def test_the_next_request_goes_out_from_within_the_last_answer(
    serve: Serve, driver: Driver
) -> None:
    """Who is told of an end may post again at once: a hundred exchanges without any task."""
    server = serve(always(OK))
    connection = driver.connect(server)
    finished = asyncio.get_running_loop().create_future()
    statuses: list[int] = []

    def again(_: Connection) -> None:
        assert connection.failure is None
        statuses.append(connection.answer.status)
        if len(statuses) == 100:
            finished.set_result(None)
        else:
            driver.post(connection)

    driver.then = again
    driver.post(connection)
    await finished
    connection.close()

    assert statuses == [200] * 100
    assert server.requests == [REQUEST] * 100


async def test_a_connection_notices_while_idle_that_it_was_closed(
    serve: Serve, driver: Driver
) -> None:
    """A farewell that comes before the next request costs no attempt."""
    left = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer_and_leave(visit: Visit) -> None:
        visit.answer(OK)
        visit.socket.shutdown(socket.SHUT_WR)
        visit.until_gone()
        loop.call_soon_threadsafe(left.set)

    connection = driver.connect(serve(answer_and_leave))
    driver.post(connection)
    await driver.until_ended(connection)
    async with asyncio.timeout(5):
        await left.wait()

    assert connection.failure is None
    assert connection.is_closed
    assert driver.told == [[connection]]


async def test_an_idle_connection_on_which_somebody_speaks_is_closed(
    serve: Serve, driver: Driver
) -> None:
    """What it says would be taken for the answer to the next request; nobody is told of it."""
    heard, left = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer_twice(visit: Visit) -> None:
        visit.answer(OK)
        heard.wait(10)
        visit.say(OK)
        visit.until_gone()
        loop.call_soon_threadsafe(left.set)

    connection = driver.connect(serve(answer_twice))
    driver.post(connection)
    await driver.until_ended(connection)
    heard.set()
    async with asyncio.timeout(5):
        await left.wait()

    assert connection.is_closed
    assert driver.told == [[connection]]


async def test_when_an_answer_began_is_not_said_of_the_next(serve: Serve, driver: Driver) -> None:
    """Only one that comes in pieces begins at another time than it ends."""
    asked = threading.Semaphore(0)

    def in_pieces_and_whole(visit: Visit) -> None:
        visit.answer(OK[:20])
        for _ in range(2):  # when it was opened, and when this has been read
            asked.acquire(timeout=10)
        visit.say(OK[20:])
        visit.answer(OK)
        visit.until_gone()

    def monotonic() -> float:
        asked.release()
        return 7.0

    connection = driver.connect(serve(in_pieces_and_whole), monotonic=monotonic)
    began: list[float | None] = []
    for _ in range(2):
        driver.post(connection)
        await driver.until_ended(connection)
        began.append(connection.first_byte_at)

    assert began == [7.0, None]
    connection.close()


async def test_closing_ends_an_exchange_without_a_word(serve: Serve, driver: Driver) -> None:
    """After close nobody is told, and closing twice does no harm."""
    server = serve(once(OK), always(OK))
    connection, other = driver.connect(server), driver.connect(server)

    driver.post(connection)
    connection.close()
    connection.close()
    driver.post(other)
    await driver.until_ended(other)
    other.close()

    assert driver.told == [[other]]
    assert connection.is_closed
    assert connection.deadline is None


async def test_an_answer_before_the_end_of_the_request_is_the_last(
    serve: Serve, driver: Driver
) -> None:
    """Nobody reads the rest, and the next request would be taken for it."""

    def answer_unheard(visit: Visit) -> None:
        visit.say(OK)
        visit.hang()

    connection = driver.connect(serve(answer_unheard))
    driver.post(connection, request=REQUEST + b"x" * 20_000_000)
    await driver.until_ended(connection)

    assert (connection.failure, connection.answer.status) == (None, 200)
    assert connection.is_closed
