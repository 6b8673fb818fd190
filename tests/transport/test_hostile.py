"""What a sender makes of receivers, networks and policies that do not behave."""

import asyncio
import socket
from ipaddress import ip_network

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.scripted import Script, Visit, always, once
from tests.transport.sending import message, posting, send

from bitewing.model.delivery import Headers, OutcomeKind
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def drip(visit: Visit) -> None:
    visit.answer(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 100, pause=0.05)


def hang_after_request(visit: Visit) -> None:
    visit.read_request()
    visit.hang()


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        pytest.param(hang_after_request, "waiting for the answer took longer than", id="hang"),
        pytest.param(drip, "reading the answer took longer than", id="drip"),
    ],
)
async def test_a_slow_receiver_is_given_up(
    serve: Serve, sender: HttpSender, script: Script, detail: str
) -> None:
    """The time is for the whole exchange, however busy the receiver looks."""
    server = serve(script)
    loop = asyncio.get_running_loop()
    started = loop.time()

    outcome = await send(sender, message(server.url, seconds=0.3))

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail.startswith(detail)
    assert outcome.status is None
    assert 0.25 < loop.time() - started < 2


async def test_a_receiver_that_does_not_read_is_given_up(serve: Serve, sender: HttpSender) -> None:
    """A large request that nobody takes times out while it is being sent."""
    server = serve(lambda visit: visit.hang())

    outcome = await send(sender, message(server.url, body=b"x" * 20_000_000, seconds=0.3))

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail.startswith("sending the request took longer than")


async def test_a_body_that_never_ends_does_not_take_the_status_back(
    serve: Serve, sender: HttpSender
) -> None:
    """When time is up after the headers, the receiver has answered."""

    def linger(visit: Visit) -> None:
        visit.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
        visit.hang()

    server = serve(linger)

    outcome = await send(sender, message(server.url, seconds=0.2))

    assert (outcome.kind, outcome.status) == (OutcomeKind.ANSWERED, 200)


async def test_a_timeout_is_not_repeated(serve: Serve, sender: HttpSender) -> None:
    """Silence on a used connection is the receiver's slowness, not a connection given up."""

    def fall_silent(visit: Visit) -> None:
        visit.answer(OK)
        hang_after_request(visit)

    server = serve(fall_silent, always(OK))
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url, seconds=0.2))

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert len(server.visits) == 1


def stop_writing(visit: Visit) -> None:
    visit.read_request()
    visit.socket.shutdown(socket.SHUT_WR)
    visit.hang()


def reset(visit: Visit) -> None:
    visit.read_request()
    visit.reset()


@pytest.mark.parametrize(
    ("script", "kind", "detail"),
    [
        pytest.param(
            once(),
            OutcomeKind.BROKEN,
            "the receiver closed the connection without an answer",
            id="closed",
        ),
        pytest.param(
            stop_writing,
            OutcomeKind.BROKEN,
            "the receiver closed the connection without an answer",
            id="half closed",
        ),
        pytest.param(
            once(b"HTTP/1.1 20"),
            OutcomeKind.BROKEN,
            "the receiver closed the connection in the middle of its answer",
            id="cut",
        ),
        pytest.param(
            once(b"HTTP/1.1 100 Continue\r\n\r\n"),
            OutcomeKind.BROKEN,
            "the receiver closed the connection in the middle of its answer",
            id="only an interim answer",
        ),
        pytest.param(
            reset,
            OutcomeKind.BROKEN,
            "the receiver reset the connection before it answered",
            id="reset",
        ),
        pytest.param(
            once(b"SSH-2.0-OpenSSH_9.2\r\n"),
            OutcomeKind.BROKEN,
            "the answer is not HTTP/1",
            id="another protocol",
        ),
        pytest.param(
            once(b"HTTP/1.1 banana\r\n\r\n"),
            OutcomeKind.BROKEN,
            "the answer is not HTTP/1",
            id="malformed",
        ),
        pytest.param(
            once(b"HTTP/1.1 000 Nothing\r\nContent-Length: 0\r\n\r\n"),
            OutcomeKind.BROKEN,
            "the answer is not HTTP/1",
            id="no such status",
        ),
        pytest.param(
            once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc"),
            OutcomeKind.BROKEN,
            "the answer is not HTTP/1",
            id="two lengths",
        ),
        pytest.param(
            once(b"HTTP/1.1 101 Hello\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            OutcomeKind.BROKEN,
            "the receiver switched protocols, which nobody asked for",
            id="switching protocols",
        ),
        pytest.param(
            once(b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 300_000),
            OutcomeKind.TOO_LARGE,
            "the answer's headers are longer than 64 KiB",
            id="endless header",
        ),
        pytest.param(
            once(b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000),
            OutcomeKind.TOO_LARGE,
            "the answer's headers are longer than 64 KiB",
            id="endless interim answers",
        ),
    ],
)
async def test_what_is_no_answer_is_named(
    serve: Serve, sender: HttpSender, script: Script, kind: OutcomeKind, detail: str
) -> None:
    """Each way of not answering has its kind and its plain words, and is not repeated."""
    server = serve(script)

    outcome = await send(sender, message(server.url))

    assert (outcome.kind, outcome.detail) == (kind, detail)
    assert outcome.status is None
    assert not outcome.is_acknowledged
    assert len(server.visits) == 1


async def test_a_port_that_nobody_listens_on(sender: HttpSender) -> None:
    """A refused connection is REFUSED, with the address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    outcome = await send(sender, message(f"http://127.0.0.1:{port}/"))

    assert outcome.kind is OutcomeKind.REFUSED
    assert outcome.detail == f"127.0.0.1:{port} refused the connection"
    assert outcome.address == "127.0.0.1"


async def test_a_network_that_swallows_packets_is_given_up(sender: HttpSender) -> None:
    """Connecting has a time limit of its own, within the whole."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.settimeout(0)
            one.connect_ex(("127.0.0.1", port))

        outcome = await send(sender, message(f"http://127.0.0.1:{port}/", seconds=0.3))

        for one in crowd:
            one.close()

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail.startswith(f"connecting to 127.0.0.1:{port} took longer than 0.3")


async def test_an_idle_connection_on_which_somebody_speaks_is_closed(
    serve: Serve, sender: HttpSender
) -> None:
    """Bytes that nobody asked for cannot become the next Message's answer."""
    gone = asyncio.Event()
    loop = asyncio.get_running_loop()

    def speak_unasked(visit: Visit) -> None:
        visit.answer(OK)
        visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        visit.until_gone()
        loop.call_soon_threadsafe(gone.set)

    refusal = b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"
    server = serve(speak_unasked, always(refusal))
    await send(sender, message(server.url))
    async with asyncio.timeout(5):
        await gone.wait()

    outcome = await send(sender, message(server.url))

    assert outcome.status == 500


async def test_what_is_cancelled_while_it_opens_a_connection_closes_it(
    serve: Serve, sender: HttpSender
) -> None:
    """Cancellation passes through, and the receiver sees us go."""
    gone = asyncio.Event()
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_farewell(visit: Visit) -> None:
        visit.socket.recv(1)  # the handshake begins
        loop.call_soon_threadsafe(asked.set)
        visit.until_gone()
        loop.call_soon_threadsafe(gone.set)

    server = serve(wait_for_farewell)
    sender.post(*posting(message(server.url.replace("http:", "https:"))), lambda _: None)
    await asked.wait()
    (sending,) = sender._under_way
    sending.cancel()
    async with asyncio.timeout(5):
        await gone.wait()

    assert sending.cancelled()


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ((("X-A", "b\r\nX-Evil: 1"),), "line break"),
        ((("X-A", "b\nc"),), "line break"),
        ((("X-A", "b\x00c"),), "line break"),
        ((("X-A\r\nX-Evil", "b"),), "name holds a character"),
        ((("X A", "b"),), "name holds a character"),
        ((("", "b"),), "name holds a character"),
        ((("Content-Length", "0"),), "set by the sender itself"),
        ((("transfer-encoding", "chunked"),), "set by the sender itself"),
        ((("HOST", "elsewhere"),), "set by the sender itself"),
        ((("X-A", "\udc80"),), "cannot be sent"),
    ],
)
async def test_headers_that_break_a_request_apart_are_refused(
    serve: Serve, sender: HttpSender, headers: Headers, words: str
) -> None:
    """Nothing is sent, and the outcome names the rule but no value."""
    server = serve(always(OK))

    outcome = await send(sender, message(server.url, headers=headers))

    assert outcome.kind is OutcomeKind.BLOCKED
    assert words in outcome.detail
    assert "Evil: 1" not in outcome.detail
    assert server.visits == []


async def test_a_private_address_is_not_contacted(serve: Serve, clock: FakeClock) -> None:
    """Without permission loopback is refused, and the outcome says which rule did it."""
    server = serve(always(OK))
    strict = HttpSender(clock=clock, guard=AddressGuard(https_only=False))

    outcome = await send(strict, message(server.url))
    await strict.close()

    assert outcome.kind is OutcomeKind.BLOCKED
    assert outcome.detail == (
        "blocked by policy: 127.0.0.1 is in 127.0.0.0/8 (loopback); "
        "allow it with delivery.allow_networks"
    )
    assert server.visits == []


async def test_a_name_that_turns_private_is_refused_the_next_time(
    serve: Serve, clock: FakeClock
) -> None:
    """Rebinding: a name that was allowed is judged again, even with a connection at hand."""
    server = serve(always(OK))
    answers = iter([("127.0.0.1",), ("127.0.0.1", "10.0.0.5")])
    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=lambda _: next(answers))
    url = f"http://rebinding.example:{server.port}/"

    first = await send(sender, message(url))
    clock.advance(31)
    second = await send(sender, message(url))
    await sender.close()

    assert (first.status, first.address) == (200, "127.0.0.1")
    assert first.timings.resolve is not None
    assert second.kind is OutcomeKind.BLOCKED
    assert "10.0.0.5 is in 10.0.0.0/8 (private network)" in second.detail
    assert len(server.requests) == 1


async def test_the_vetted_address_is_the_one_connected_to(serve: Serve, clock: FakeClock) -> None:
    """The name is not looked up again between judging and connecting."""
    server = serve(always(OK))
    asked: list[str] = []

    def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("169.254.169.254",)

    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=look_up)

    outcome = await send(sender, message(f"http://Twofaced.Example.:{server.port}/"))
    await sender.close()

    assert outcome.status == 200
    assert asked == ["twofaced.example"]
    assert f"Host: twofaced.example:{server.port}\r\n".encode() in server.requests[0]


async def test_the_next_address_is_tried(serve: Serve, clock: FakeClock) -> None:
    """If the first address refuses, the second may take the Message."""
    server = serve(always(OK))
    networks = [*LOOPBACK, ip_network("::1/128")]
    guard = AddressGuard(networks, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=lambda _: ("127.0.0.9", "127.0.0.1"))

    outcome = await send(sender, message(f"http://two.example:{server.port}/"))
    await sender.close()

    assert (outcome.status, outcome.address) == (200, "127.0.0.1")
