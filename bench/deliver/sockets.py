"""A bare socket loop: write, wait, read."""

import select
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench.deliver import contents
from bench.deliver.gauge import Cost, Gauge
from bench.deliver.receiver import trusting


def by_sockets(url: str, ca_file: str, count: int, connections: int) -> Cost:
    """Write, wait, read: the least that Python can do, with a signature in every request."""
    poll = select.epoll()
    opened = {one.fileno(): one for one in connect(url, ca_file, connections)}
    start = start_of(url)
    gauge = Gauge()
    for number, one in opened.items():
        poll.register(number, select.EPOLLIN)
        one.send(request(start, number))
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
                one.send(request(start, sent))
                sent += 1
    return gauge.read(answered)


def connect(url: str, ca_file: str, connections: int) -> Iterator[socket.socket]:
    """Open so many, non-blocking."""
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


def start_of(url: str) -> str:
    """Give what every request begins with."""
    parts = urlsplit(url)
    return f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n"


def request(start: str, number: int) -> bytes:
    """Write one, signed."""
    content = contents.body(number)
    lines = "".join(
        [f"{name}: {value}\r\n" for name, value in contents.headers(f"msg_{number}", content)]
    )
    head = f"{start}Content-Type: application/json\r\n{lines}Content-Length: {len(content)}\r\n\r\n"
    return head.encode() + content
