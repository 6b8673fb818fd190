"""Whatever breaks, each exchange is told once, and none is lost with another's."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Sequence

import pytest
import trustme
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.connecting import (
    LARGE,
    LARGE_REQUEST,
    OK,
    Deaf,
    Driver,
    Failing,
    wait_for,
)
from tests.transport.scripted import Visit, always, counting, deaf_to_large, patient
from tests.transport.sending import message, posting, send

from bitewing.model.delivery import Outcome, OutcomeKind
from bitewing.transport.connection import Lookout
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.lookout import OnEnded

Looking = Callable[[OnEnded], Lookout]
CLOSE = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")


def sending(clock: FakeClock, lookout: Looking) -> HttpSender:
    """Give a sender whose connections are looked after in this way."""
    return HttpSender(clock=clock, guard=AddressGuard(LOOPBACK, https_only=False), lookout=lookout)


async def test_a_session_that_cannot_be_kept_costs_no_exchange(
    serve: Serve, driver: Driver, authority: trustme.CA
) -> None:
    """It would only have saved work; the answer counts, and the connection stays open."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("receiver.example").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def refuse(_: ssl.SSLSession) -> None:
        raise ZeroDivisionError

    server = serve(always(OK), context=context)
    connection = driver.connect(server, context=trusting, keep=refuse)
    for _ in range(2):
        driver.post(connection)
        await driver.until_ended(connection)

    assert (connection.failure, connection.is_closed) == (None, False)
    assert driver.told == [[connection]] * 2
    connection.close()


async def test_what_breaks_while_it_is_closed_is_told(
    serve: Serve, clock: FakeClock, lookout: Looking
) -> None:
    """The exchange is over, and the file descriptor free."""
    failing = Failing(lookout, is_clinging=True)
    driver = Driver(clock, failing)
    server = serve(always(CLOSE))
    connection = driver.connect(server)
    driver.post(connection)
    await driver.until_ended(connection)
    async with asyncio.timeout(5):
        await asyncio.to_thread(server.visits[0].until_gone)

    assert (connection.failure, connection.is_closed) == (None, True)
    assert driver.told == [[connection]]
    assert failing.failed == 1


async def test_one_that_cannot_be_sent_whole_stops_none_that_goes_with_it(
    serve: Serve, clock: FakeClock, lookout: Looking
) -> None:
    """It ends when its time is up; each is told once."""
    failing = Failing(lookout, room=True)
    sender = sending(clock, failing)
    url = serve(deaf_to_large).url
    small, large = message(url, seconds=0.5), message(url, body=LARGE, seconds=0.5)
    ended: asyncio.Queue[Sequence[tuple[int, Outcome]]] = asyncio.Queue()
    told: list[tuple[int, Outcome]] = []
    for batch in ((small, small, small), (large, small, small)):
        told.clear()
        sender.post(*posting(*batch), ended.put_nowait)
        async with asyncio.timeout(5):
            while len(told) < 3:
                told += await ended.get()
    await sender.close()

    outcomes = {token: outcome.kind for token, outcome in told}
    answered = OutcomeKind.ANSWERED
    assert outcomes == {0: OutcomeKind.TIMED_OUT, 1: answered, 2: answered}
    assert failing.failed == 1


async def test_one_that_cannot_be_sent_whole_on_a_new_connection_is_told_once(
    serve: Serve, clock: FakeClock, lookout: Looking
) -> None:
    """Not by whoever opened the connection and by the patrol as well."""
    failing = Failing(lookout, room=True)
    sender = sending(clock, failing)
    server = serve(lambda visit: visit.hang())
    told: list[OutcomeKind] = []
    large = message(server.url, body=LARGE, seconds=0.3)
    sender.post(*posting(large), lambda ended: told.extend(one.kind for _, one in ended))
    silent = await send(sender, message(server.url, seconds=0.6))
    await sender.close()

    assert silent.kind is OutcomeKind.TIMED_OUT
    assert told == [OutcomeKind.TIMED_OUT]
    assert failing.failed == 1


async def test_that_all_is_sent_but_cannot_be_said_so_ends_with_the_exchange(
    serve: Serve, clock: FakeClock, lookout: Looking
) -> None:
    """The answer counts, and what would be looked at for ever is closed."""
    failing = Failing(lookout, room=False)
    driver = Driver(clock, failing)
    may_read = threading.Event()
    connection = driver.connect(serve(patient(may_read)))
    driver.post(connection, request=LARGE_REQUEST)
    may_read.set()
    await driver.until_ended(connection)

    assert (connection.failure, connection.answer.status) == (None, 204)
    assert connection.is_closed
    assert failing.failed == 1


class Odd(socket.socket):
    """A socket that breaks as none should: with the second piece that is sent, or at once."""

    pieces = 1

    def send(self, piece: bytes | memoryview, flags: int = 0) -> int:  # type: ignore[override]
        if not self.pieces:
            raise ZeroDivisionError
        self.pieces -= 1
        return super().send(piece[:10], flags)


def odd(opened: socket.socket) -> socket.socket:
    return Odd(fileno=opened.detach())


def odd_at_once(opened: socket.socket) -> socket.socket:
    made = Odd(fileno=opened.detach())
    made.pieces = 0
    return made


@pytest.mark.parametrize("shape", [odd, odd_at_once])
async def test_one_that_breaks_while_it_is_written_stops_no_other(
    serve: Serve, driver: Driver, shape: Callable[[socket.socket], socket.socket]
) -> None:
    """Those behind it are read, and what ended before it is told."""
    said = threading.Semaphore(0)

    broken = driver.connect(serve(lambda visit: visit.until_gone()), shape=shape)
    whole = driver.connect(serve(counting(said, OK)))
    driver.post(broken)
    driver.post(whole)
    assert said.acquire(timeout=10)
    await driver.until_ended(whole)

    assert driver.told == [[whole]]
    broken.expire()
    assert broken.failure is not None and broken.is_closed
    whole.close()


class Halting(socket.socket):
    """A socket that stops whoever reads it, as the end of the program does."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        raise asyncio.CancelledError


async def test_what_has_ended_is_told_though_the_look_is_stopped(
    serve: Serve, driver: Driver
) -> None:
    """What was read before is not read again."""
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    said = threading.Semaphore(0)

    server = serve(counting(said, OK))
    whole = driver.connect(server)
    halting = driver.connect(server, shape=lambda opened: Halting(fileno=opened.detach()))
    for connection in (whole, halting):
        driver.post(connection)
        assert said.acquire(timeout=10)
    await driver.until_ended(whole)

    assert whole.failure is None
    whole.close()
    halting.close()


class TimelessClock(FakeClock):
    """A clock that cannot say what time it is, only how much has passed."""

    def now(self) -> None:  # type: ignore[override]
        raise ZeroDivisionError


async def test_one_outcome_that_cannot_be_written_loses_no_other(
    serve: Serve, lookout: Looking
) -> None:
    """It is BROKEN; those of the same look are what they are."""
    said = threading.Semaphore(0)
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n"
    busy = busy.replace(b"soon", b"Mon, 02 Mar 2026 15:00:30 GMT")

    sender = sending(TimelessClock(), lookout)
    one = message(serve(counting(said, OK, busy), counting(said, OK, OK)).url)
    ended: asyncio.Queue[Sequence[tuple[int, Outcome]]] = asyncio.Queue()
    outcomes: list[tuple[int, Outcome]] = []
    for _ in range(2):
        outcomes.clear()
        sender.post(*posting(one, one), ended.put_nowait)
        async with asyncio.timeout(5):
            while len(outcomes) < 2:
                outcomes += await ended.get()
    await sender.close()

    told = {(outcome.kind, outcome.detail) for _, outcome in outcomes}
    broken = (OutcomeKind.BROKEN, "the exchange broke off: ZeroDivisionError")
    assert told == {broken, (OutcomeKind.ANSWERED, "")}


async def test_one_that_cannot_be_told_keeps_nothing_from_the_others(
    serve: Serve, sender: HttpSender
) -> None:
    """The event loop says what went wrong."""
    said = threading.Semaphore(0)

    one = message(serve(counting(said, OK, OK)).url)
    ended: asyncio.Queue[Sequence[tuple[int, Outcome]]] = asyncio.Queue()
    count = 0
    sender.post(*posting(one, one), ended.put_nowait)
    while count < 2:
        count += len(await ended.get())
    seen: list[object] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: seen.append(context["exception"]))

    def break_down(_: Sequence[tuple[int, Outcome]]) -> None:
        raise ZeroDivisionError

    sender.post(*posting(one), break_down)
    sender.post(*posting(one), ended.put_nowait)
    wait_for(said, sender._pool._open)
    async with asyncio.timeout(5):
        ((_, outcome),) = await ended.get()

    assert outcome.status == 200
    assert [type(error) for error in seen] == [ZeroDivisionError]


async def test_a_farewell_that_is_seen_too_late_is_no_reason_to_send_again(
    serve: Serve, clock: FakeClock
) -> None:
    """There is no time left for it."""
    left = threading.Semaphore(0)

    def leave_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()
        visit.socket.shutdown(socket.SHUT_WR)
        left.release()

    sender = sending(clock, lambda _: Deaf())
    server = serve(leave_at_the_second_request)
    await send(sender, message(server.url, seconds=0.3))
    second = asyncio.ensure_future(send(sender, message(server.url, seconds=0.3)))
    await asyncio.to_thread(left.acquire, timeout=10)
    clock.advance(1)
    outcome = await second
    await sender.close()

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail == "waiting for the answer took longer than 0.3 s"
    assert len(server.visits) == 1
