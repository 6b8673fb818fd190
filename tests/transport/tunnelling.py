"""Scripts for a server that plays a proxy: it answers CONNECT, and may then pass bytes on."""

import socket
import threading
from contextlib import suppress

from tests.transport.scripted import Script, Visit


def read_connect(visit: Visit) -> bytes:
    """Read what asks for a tunnel, and remember it as a request."""
    head = b""
    while b"\r\n\r\n" not in head:
        received = visit.socket.recv(1)
        if not received:
            return b""
        head += received
    visit.requests.append(head)
    return head


def refusing(answer: bytes) -> Script:
    """Answer every CONNECT with these bytes."""

    def play(visit: Visit) -> None:
        read_connect(visit)
        visit.say(answer)
        visit.until_gone()

    return play


def tunnelling_to(port: int) -> Script:
    """Make a tunnel to this port of this machine, whatever name was asked for."""

    def play(visit: Visit) -> None:
        if not read_connect(visit):
            return
        with socket.create_connection(("127.0.0.1", port)) as onward:
            visit.say(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
            back = threading.Thread(target=_pass_on, args=(onward, visit.socket))
            back.start()
            _pass_on(visit.socket, onward)
            back.join()

    return play


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while received := source.recv(65536):
            sink.sendall(received)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
