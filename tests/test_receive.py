"""The receiver: what it understands, what it answers, and how it ends."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_network

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.sending import message, send

from bitewing.model.delivery import OutcomeKind
from bitewing.receive import Received, Receiver
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender


class Listener:
    """A receiver that keeps what it took and answers with the next status."""

    def __init__(self) -> None:
        self.taken: list[Received] = []
        self.statuses: list[int] = []
        self.receiver = Receiver(self._take)
        self.port = 0

    async def _take(self, received: Received) -> int:
        self.taken.append(received)
        return self.statuses.pop(0) if self.statuses else 200

    async def talk(self, *requests: bytes) -> bytes:
        """Send bytes on a connection of their own, end it, and give all that comes back."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.writelines(requests)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        await writer.wait_closed()
        return answer


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """A listener on a port of its own."""
    made = Listener()
    made.port = await made.receiver.start()
    yield made
    await made.receiver.stop()


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    """The program's own sender."""
    guard = AddressGuard([ip_network("127.0.0.0/8")], https_only=False)
    made = HttpSender(clock=FakeClock(), guard=guard)
    yield made
    await made.close()


async def test_what_our_sender_sends_is_understood(listener: Listener, sender: HttpSender) -> None:
    """Path, headers regardless of letter case, exact bytes, and the elements."""
    url = f"http://127.0.0.1:{listener.port}/events?type=appointment"

    outcome = await send(sender, message(url, body=b'[{"AptNum": 1}, {"AptNum": 2}]'))

    [received] = listener.taken
    assert outcome.is_acknowledged
    assert received.path == "/events?type=appointment"
    assert received.event_name == "WatchTable: Appointment"
    assert received.headers["workstation"] == "MOLLYR"
    assert received.body == b'[{"AptNum": 1}, {"AptNum": 2}]'
    assert received.elements == [{"AptNum": 1}, {"AptNum": 2}]


async def test_the_status_is_the_handlers(listener: Listener, sender: HttpSender) -> None:
    """Whoever has not handled it answers so, and the sender does not take it for done."""
    listener.statuses = [503, 200]
    url = f"http://127.0.0.1:{listener.port}/"

    outcomes = [await send(sender, message(url)) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [503, 200]
    assert [outcome.is_acknowledged for outcome in outcomes] == [False, True]


async def test_a_ui_event_has_one_element(listener: Listener, sender: HttpSender) -> None:
    """Its body is one bare object."""
    await send(sender, message(f"http://127.0.0.1:{listener.port}/", body=b'{"PatNum": 28}'))

    assert listener.taken[0].elements == [{"PatNum": 28}]


async def test_requests_on_one_connection_are_taken_in_order(listener: Listener) -> None:
    """Keep-alive: each is answered before the next one is read."""
    requests = [
        b"POST /%d HTTP/1.1\r\nWebhook-Id: %d\r\nContent-Length: 2\r\n\r\n[]" % (place, place)
        for place in range(3)
    ]

    answer = await listener.talk(*requests)

    assert [received.id for received in listener.taken] == ["0", "1", "2"]
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 3


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"\r\n",
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: ten\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n[",
        b"POST /" + b"x" * 100_000,
    ],
    ids=lambda request_bytes: repr(request_bytes)[:40],
)
async def test_what_is_no_whole_request_is_not_taken(
    listener: Listener, request_bytes: bytes
) -> None:
    """The connection is closed without an answer, and the next sender is served."""
    answer = await listener.talk(request_bytes)
    after = await listener.talk(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n")

    assert answer == b""
    assert after.startswith(b"HTTP/1.1 200 OK")
    assert len(listener.taken) == 1


async def test_after_the_end_nobody_is_there(listener: Listener, sender: HttpSender) -> None:
    """Kept connections are hung up, new ones refused."""
    url = f"http://127.0.0.1:{listener.port}/"
    await send(sender, message(url))

    await listener.receiver.stop()

    assert (await send(sender, message(url))).kind is OutcomeKind.REFUSED


async def test_what_was_received_does_not_show_in_a_trace(listener: Listener) -> None:
    """Bodies and headers are health data and keys."""
    await listener.talk(b"POST / HTTP/1.1\r\nAuthorization: key\r\nContent-Length: 2\r\n\r\n[]")

    assert "key" not in repr(listener.taken[0])
    assert "[]" not in repr(listener.taken[0])
