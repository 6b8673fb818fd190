"""What a sender makes of receivers that behave."""

import asyncio
from datetime import timedelta

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.conftest import Serve
from tests.transport.scripted import NO_CONTENT, Visit, always, once
from tests.transport.sending import message, send

from bitewing import __version__
from bitewing.model.delivery import OutcomeKind
from bitewing.ports.sender import Sender
from bitewing.transport.https import HttpSender

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_a_receiver_that_answers_has_the_message(serve: Serve, sender: HttpSender) -> None:
    """A 2xx acknowledges; the outcome says who answered."""
    server = serve(always(OK))
    port: Sender = sender

    outcome = await send(port, message(server.url))

    assert outcome.kind is OutcomeKind.ANSWERED
    assert outcome.status == 200
    assert outcome.is_acknowledged
    assert outcome.address == "127.0.0.1"
    assert outcome.timings.connect is not None
    assert outcome.timings.first_byte is not None
    assert outcome.timings.resolve is None and outcome.timings.tls is None


async def test_the_request_is_exact(serve: Serve, sender: HttpSender) -> None:
    """Host comes first; given headers keep case, order and value; the body is untouched."""
    server = serve(always(NO_CONTENT))

    await send(sender, message(server.url + "?a=1&b=%20", body=b"\x00\xff[]"))

    assert server.requests == [
        b"POST /hook?a=1&b=%20 HTTP/1.1\r\n"
        b"Host: 127.0.0.1:" + str(server.port).encode() + b"\r\n"
        b"Content-Length: 4\r\n"
        b"User-Agent: bitewing/" + __version__.encode() + b"\r\n"
        b"Accept: */*\r\n"
        b"Content-Type: application/json\r\n"
        b"Authorization: VzkmZEaUWOjnQX2z\r\n"
        b"Workstation: MOLLYR\r\n"
        b"Event-Type: WatchTable: Appointment\r\n"
        b"\r\n\x00\xff[]"
    ]


async def test_a_connection_is_used_again(serve: Serve, sender: HttpSender) -> None:
    """The second Message needs no new connection, and its timings show that."""
    server = serve(always(OK))

    await send(sender, message(server.url))
    second = await send(sender, message(server.url))

    assert second.status == 200
    assert second.timings.connect is None
    assert len(server.visits) == 1
    assert len(server.requests) == 2


async def test_exchanges_at_the_same_time_have_connections_of_their_own(
    serve: Serve, sender: HttpSender
) -> None:
    """Twenty at once all arrive; later ones share what the first ones opened."""
    server = serve(always(OK))

    first = await asyncio.gather(*(send(sender, message(server.url)) for _ in range(20)))
    opened = len(server.visits)
    later = [await send(sender, message(server.url)) for _ in range(20)]

    assert {outcome.status for outcome in (*first, *later)} == {200}
    assert len(server.visits) == opened
    assert len(server.requests) == 40


async def test_an_idle_connection_is_not_kept_for_ever(
    serve: Serve, sender: HttpSender, clock: FakeClock
) -> None:
    """After 70 idle seconds a new connection is made."""
    server = serve(always(OK))
    await send(sender, message(server.url))
    clock.advance(69)
    await send(sender, message(server.url))
    kept = len(server.visits)
    clock.advance(71)
    await send(sender, message(server.url))

    assert kept == 1
    assert len(server.visits) == 2


async def test_a_connection_that_closed_while_idle_is_replaced(
    serve: Serve, sender: HttpSender
) -> None:
    """The receiver closes a used connection on the next request: it is sent once more."""

    def leave_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()

    server = serve(leave_at_the_second_request, always(OK))
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert outcome.status == 200
    assert outcome.timings.connect is not None
    assert [len(visit.requests) for visit in server.visits] == [2, 1]


async def test_a_used_connection_that_is_reset_is_replaced(
    serve: Serve, sender: HttpSender
) -> None:
    """A reset before any byte of the answer counts like a farewell."""

    def reset_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()
        visit.reset()

    server = serve(reset_at_the_second_request, always(OK))
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert outcome.status == 200
    assert len(server.visits) == 2


async def test_a_message_is_repeated_only_once(serve: Serve, sender: HttpSender) -> None:
    """If the new connection closes as well, that is the outcome."""

    def leave_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()

    server = serve(leave_at_the_second_request, lambda visit: visit.answer())
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail == "the receiver closed the connection without an answer"
    assert len(server.visits) == 2


async def test_a_half_answer_is_not_repeated(serve: Serve, sender: HttpSender) -> None:
    """Once an answer has begun on a used connection, nothing is sent again."""

    def stop_in_the_second_answer(visit: Visit) -> None:
        visit.answer(OK)
        visit.answer(b"HTTP/1.1 200 OK\r\nCont")

    server = serve(stop_in_the_second_answer)
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail == "the receiver closed the connection in the middle of its answer"
    assert len(server.visits) == 1


async def test_a_receiver_that_says_close_is_left(serve: Serve, sender: HttpSender) -> None:
    """``Connection: close`` ends the connection after the answer."""
    server = serve(always(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"))

    outcomes = [await send(sender, message(server.url)) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert len(server.visits) == 2


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"HTTP/1.1 100 Continue\r\n\r\n" + OK,), id="100 glued to the answer"),
        pytest.param((b"HTTP/1.1 100 Continue\r\n\r\n", OK), id="100 alone"),
        pytest.param(
            (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nRetry-After: 9\r\n\r\n", OK),
            id="103 alone",
        ),
        pytest.param(
            (b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 103 E\r\nLink: </a>\r\n\r\n" + OK,),
            id="100, 103, 200",
        ),
        pytest.param(
            (
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                b"3\r\nab",
                b"c\r\n5;x=y\r\nde",
                b"fgh\r\n0\r\nTrailer: 1\r",
                b"\n\r\n",
            ),
            id="chunked in pieces",
        ),
        pytest.param(tuple(OK[i : i + 1] for i in range(len(OK))), id="byte by byte"),
        pytest.param((b"HTTP/1.1 200\r\ncontent-length:0\r\n\r\n",), id="no reason phrase"),
    ],
)
async def test_answers_come_in_many_shapes(
    serve: Serve, sender: HttpSender, pieces: tuple[bytes, ...]
) -> None:
    """Interim answers are skipped, pieces are joined, and the connection stays usable."""

    def play(visit: Visit) -> None:
        visit.answer(*pieces, pause=0.002)
        visit.answer(NO_CONTENT)

    server = serve(play)

    outcome = await send(sender, message(server.url))
    following = await send(sender, message(server.url))

    assert (outcome.status, outcome.retry_after) == (200, None)
    assert following.status == 204
    assert len(server.visits) == 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nold and short", id="HTTP/1.0 without a length"),
        pytest.param(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", id="HTTP/1.0"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nuntil I close", id="ended by closing"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", id="body broken off"),
        pytest.param(OK + b"HTTP/1.1 500 Oops\r\n\r\n", id="a second answer, unasked"),
        pytest.param(OK + b"rubbish", id="rubbish behind the answer"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", id="a broken chunk"
        ),
    ],
)
async def test_the_status_counts_but_such_a_connection_is_left(
    serve: Serve, sender: HttpSender, answer: bytes
) -> None:
    """Complete headers acknowledge, whatever follows; a doubtful connection is not used again."""
    server = serve(once(answer))

    outcomes = [await send(sender, message(server.url)) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert len(server.visits) == 2


async def test_a_large_request_is_written_in_parts(serve: Serve, sender: HttpSender) -> None:
    """Five megabytes arrive whole, although no socket takes them at once."""
    body = bytes(range(256)) * 20_480
    server = serve(always(OK))

    outcome = await send(sender, message(server.url, body=body))

    assert outcome.status == 200
    assert server.requests[0].partition(b"\r\n\r\n")[2] == body


async def test_an_answer_before_the_end_of_the_request_counts(
    serve: Serve, sender: HttpSender
) -> None:
    """A receiver may say 413 without reading on."""

    def refuse(visit: Visit) -> None:
        visit.socket.recv(1000)
        visit.say(b"HTTP/1.1 413 Too Much\r\nContent-Length: 0\r\n\r\n")
        visit.hang()

    server = serve(refuse)

    outcome = await send(sender, message(server.url, body=b"x" * 20_000_000))

    assert outcome.status == 413
    assert not outcome.is_acknowledged


async def test_a_huge_answer_is_not_read_to_its_end(serve: Serve, sender: HttpSender) -> None:
    """Of 50 MB we read a little; the status counts and the connection is closed."""
    swallowed: list[int] = []

    def flood(visit: Visit) -> None:
        visit.answer(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        for sent in range(500):
            swallowed.append(sent)
            visit.say(b"y" * 100_000)

    server = serve(flood, always(OK))

    outcome = await send(sender, message(server.url))
    following = await send(sender, message(server.url))

    assert (outcome.status, following.status) == (200, 200)
    assert len(server.visits) == 2
    assert len(swallowed) < 500


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (b"120", timedelta(seconds=120)),
        (b"0", timedelta()),
        (b"Mon, 02 Mar 2026 15:00:30 GMT", timedelta(seconds=30)),
        (b"Mon, 02 Mar 2026 14:00:00 GMT", timedelta()),
        (b"999999999999999", timedelta(hours=24)),
        (b"soon", None),
    ],
)
async def test_a_receiver_may_ask_for_patience(
    serve: Serve, sender: HttpSender, value: bytes, wait: timedelta | None
) -> None:
    """Retry-After is understood as seconds and as a date, up to a day."""
    server = serve(
        once(b"HTTP/1.1 503 Busy\r\nretry-after: " + value + b"\r\nContent-Length: 0\r\n\r\n")
    )

    outcome = await send(sender, message(server.url))

    assert outcome.kind is OutcomeKind.ANSWERED
    assert outcome.status == 503
    assert outcome.retry_after == wait


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_redirects_are_not_followed(serve: Serve, sender: HttpSender, status: int) -> None:
    """A redirect is an answer and no acknowledgement; where it points is never asked."""
    elsewhere = serve(always(OK))
    location = f"HTTP/1.1 {status} R\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n"
    server = serve(once(location.encode()))

    outcome = await send(sender, message(server.url))

    assert (outcome.kind, outcome.status) == (OutcomeKind.ANSWERED, status)
    assert not outcome.is_acknowledged
    assert elsewhere.visits == []


async def test_localhost_is_the_loopback_that_the_policy_allows(
    serve: Serve, sender: HttpSender
) -> None:
    """The name localhost needs no lookup and does not lead to the forbidden ::1."""
    server = serve(always(OK))

    outcome = await send(sender, message(f"http://LocalHost:{server.port}/"))

    assert (outcome.status, outcome.address) == (200, "127.0.0.1")
    assert f"Host: localhost:{server.port}\r\n".encode() in server.requests[0]


async def test_a_closed_sender_says_so(serve: Serve, sender: HttpSender) -> None:
    """Closing closes idle connections; a name cannot be looked up any more."""
    server = serve(always(OK))
    await send(sender, message(server.url))
    await sender.close()
    await asyncio.to_thread(server.visits[0].until_gone)

    outcome = await send(sender, message("http://receiver.example/"))

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail == "this sender has been closed"
