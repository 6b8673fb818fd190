"""POSTs and nothing else: a bare socket loop, aiohttp, and our sender, each to the same receiver.

``python -m bench.deliver.posting KIND URL CA_FILE COUNT CONNECTIONS`` prints the Cost.
"""

import asyncio
import select
import socket
import ssl
import sys
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from urllib.parse import urlsplit

import aiohttp
import uvloop

from bench.deliver import contents
from bench.deliver.gauge import Cost, Gauge, tell
from bench.deliver.receiver import trusting
from bitewing.clock import SystemClock
from bitewing.model.delivery import Message, Outcome
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

_TIMEOUT = timedelta(seconds=15)


def by_sockets(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """Write, wait, read: the least that Python can do, with a signature in every request."""
    poll = select.epoll()
    opened = {one.fileno(): one for one in _connect(url, ca_file, connections)}
    parts = urlsplit(url)
    start = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
    gauge = Gauge()
    for number, one in opened.items():
        poll.register(number, select.EPOLLIN)
        one.send(_request(start, number))
    sent, answered = connections, 0
    while answered < count:
        for number, _ in poll.poll():
            one = opened[number]
            try:
                received = one.recv(65536)
            except ssl.SSLWantReadError:
                continue
            if not received.startswith(b"HTTP/1.1 204"):
                raise SystemExit(f"the receiver said {received[:40]!r}")
            answered += 1
            if sent < count:
                one.send(_request(start, sent))
                sent += 1
    return gauge.read(answered)


def _connect(url: str, ca_file: str, connections: int) -> Iterator[socket.socket]:
    parts = urlsplit(url)
    where = (parts.hostname or "", parts.port or 0)
    context = trusting(ca_file) if parts.scheme == "https" else None
    for _ in range(connections):
        one = socket.create_connection(where)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is not None:
            one = context.wrap_socket(one, server_hostname=where[0])
        one.settimeout(0)
        yield one


async def by_aiohttp(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """The usual choice, doing nothing but POSTs of ready bytes, unsigned."""
    lines = dict(contents.headers("msg_1", contents.body(1)))
    context = trusting(ca_file) if url.startswith("https") else False
    connector = aiohttp.TCPConnector(limit=connections, ssl=context)
    todo = iter(range(count))

    async def post_some(session: aiohttp.ClientSession) -> None:
        for number in todo:
            async with session.post(url, data=contents.body(number), headers=lines) as answer:
                await answer.read()
                if answer.status != 204:
                    raise SystemExit(f"the receiver answered {answer.status}")

    async with aiohttp.ClientSession(connector=connector) as session:
        gauge = Gauge()
        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(post_some(session))
        return gauge.read(count)


async def by_sender(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """Our sender with its guard, signed, without a store; each answer lets the next one go."""
    guard = AddressGuard([ip_network("127.0.0.0/8")], https_only=False)
    sender = HttpSender(clock=SystemClock(), guard=guard, ca_file=ca_file)
    finished = asyncio.Event()
    delays: list[float] = []
    sent = 0

    def post_one() -> None:
        nonlocal sent
        content = contents.body(sent)
        lines = contents.headers(f"msg_{sent}", content)
        sent += 1
        sender.post(Message(url, lines, content, _TIMEOUT), take)

    def take(outcome: Outcome) -> None:
        if outcome.status != 204:
            raise SystemExit(f"{outcome.kind}: {outcome.detail}")
        delays.append(outcome.timings.total)
        if sent < count:
            post_one()
        elif len(delays) == count:
            finished.set()

    gauge = Gauge()
    for _ in range(connections):
        post_one()
    await finished.wait()
    cost = gauge.read(count, delays)
    await sender.close()
    return cost


def _request(start: str, number: int) -> bytes:
    content = contents.body(number)
    lines = "".join(
        [f"{name}: {value}\r\n" for name, value in contents.headers(f"msg_{number}", content)]
    )
    head = f"{start}Content-Type: application/json\r\n{lines}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content


def main() -> None:
    kind, url, ca_file, count, connections = sys.argv[1:]
    given = (url, ca_file, int(count), int(connections))
    if kind == "sockets":
        tell(by_sockets(*given))
    elif kind == "aiohttp":
        tell(uvloop.run(by_aiohttp(*given)))
    else:
        tell(uvloop.run(by_sender(*given)))


if __name__ == "__main__":
    main()
