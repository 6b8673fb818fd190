"""A connection that is driven without tasks, as lanes do it."""

import asyncio
import socket

from tests.fakes.clock import FakeClock
from tests.transport.conftest import Serve
from tests.transport.scripted import ScriptedServer, Visit, always, once

from bitewing.transport.connection import Connection
from bitewing.transport.failure import Failure

REQUEST = b"POST / HTTP/1.1\r\nHost: r.example\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def connected(server: ScriptedServer, clock: FakeClock) -> Connection:
    opened = socket.create_connection(("127.0.0.1", server.port))
    opened.settimeout(0)
    key = ("http", "127.0.0.1", server.port, "127.0.0.1", None)
    return Connection(opened, key=key, monotonic=clock.monotonic)


async def test_the_next_request_goes_out_from_within_the_last_answer(
    serve: Serve, clock: FakeClock
) -> None:
    """A callback may post again at once: a hundred exchanges without any task."""
    server = serve(always(OK))
    connection = connected(server, clock)
    finished = asyncio.get_running_loop().create_future()
    statuses: list[int] = []

    def again(failure: Failure | None) -> None:
        assert failure is None
        statuses.append(connection.answer.status)
        if len(statuses) == 100:
            finished.set_result(None)
        else:
            connection.post(REQUEST, seconds=5, on_end=again)

    connection.post(REQUEST, seconds=5, on_end=again)
    await finished
    connection.close()

    assert statuses == [200] * 100
    assert server.requests == [REQUEST] * 100


async def test_a_connection_notices_while_idle_that_it_was_closed(
    serve: Serve, clock: FakeClock
) -> None:
    """A farewell that comes before the next request costs no attempt."""
    left = asyncio.Event()
    loop = asyncio.get_running_loop()

    def answer_and_leave(visit: Visit) -> None:
        visit.answer(OK)
        visit.socket.shutdown(socket.SHUT_WR)
        visit.until_gone()
        loop.call_soon_threadsafe(left.set)

    server = serve(answer_and_leave)
    connection = connected(server, clock)
    ended: asyncio.Future[Failure | None] = loop.create_future()
    connection.post(REQUEST, seconds=5, on_end=ended.set_result)
    failure = await ended
    async with asyncio.timeout(5):
        await left.wait()

    assert failure is None
    assert connection.is_closed


async def test_closing_ends_an_exchange_without_a_word(serve: Serve, clock: FakeClock) -> None:
    """After close, on_end is never called, and closing twice does no harm."""
    server = serve(once(OK))
    connection = connected(server, clock)
    ends: list[Failure | None] = []

    connection.post(REQUEST, seconds=5, on_end=ends.append)
    connection.close()
    connection.close()

    assert ends == []
    assert connection.is_closed
    assert connection.deadline is None
