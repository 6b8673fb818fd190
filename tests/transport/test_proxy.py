"""Going out through a proxy: CONNECT to every receiver, and what is said when it refuses."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
import trustme
from tests.fakes.clock import FakeClock
from tests.transport.conftest import Serve
from tests.transport.scripted import NO_CONTENT, ScriptedServer, Visit, always
from tests.transport.sending import message, send
from tests.transport.tunnelling import read_connect, refusing, tunnelling_to

from bitewing.model.delivery import OutcomeKind
from bitewing.model.errors import SettingsError
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.proxy import parse_proxy

NAME = "receiver.example"
Through = Callable[[ScriptedServer], HttpSender]


def no_lookup(host: str) -> tuple[str, ...]:
    """Names are the proxy's to resolve: nothing may be asked."""
    raise AssertionError(f"asked for {host}")


@pytest.fixture
async def through(clock: FakeClock, ca_file: str) -> AsyncIterator[Through]:
    """Make senders that go through a proxy, with the strictest guard but for http."""
    async with AsyncExitStack() as made:

        def make(proxy: ScriptedServer) -> HttpSender:
            sender = HttpSender(
                clock=clock,
                guard=AddressGuard(https_only=False),
                ca_file=ca_file,
                proxy=parse_proxy(f"http://out:s%40fe@127.0.0.1:{proxy.port}"),
                look_up=no_lookup,
            )
            made.push_async_callback(_close(sender))
            return sender

        yield make


def _close(sender: HttpSender) -> Callable[[], Awaitable[None]]:
    return sender.close


async def test_an_encrypted_exchange_goes_through_a_tunnel(
    serve: Serve, through: Through, authority: trustme.CA
) -> None:
    """The proxy sees name and port alone; the receiver is verified by its name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    receiver = serve(always(NO_CONTENT), context=context)
    proxy = serve(tunnelling_to(receiver.port))
    sender = through(proxy)

    outcomes = [await send(sender, message(f"https://{NAME}/hook")) for _ in range(3)]

    assert [outcome.status for outcome in outcomes] == [204] * 3
    assert outcomes[0].timings.tls is not None
    assert outcomes[2].timings.connect is None
    assert len(receiver.requests) == 3
    asked = (
        b"CONNECT receiver.example:443 HTTP/1.1\r\nHost: receiver.example:443\r\n"
        b"Proxy-Authorization: Basic b3V0OnNAZmU=\r\n\r\n"
    )
    assert proxy.requests == [asked]


async def test_plain_http_goes_through_a_tunnel_too(serve: Serve, through: Through) -> None:
    """So that what the proxy says is never taken for what the receiver says."""
    receiver = serve(always(NO_CONTENT))
    proxy = serve(tunnelling_to(receiver.port))

    outcome = await send(through(proxy), message(f"http://{NAME}:8080/hook"))

    assert outcome.status == 204
    assert proxy.requests[0].startswith(b"CONNECT receiver.example:8080 HTTP/1.1\r\n")
    assert receiver.requests[0].startswith(b"POST /hook HTTP/1.1\r\nHost: receiver.example:8080")


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (407, OutcomeKind.BLOCKED, "the proxy answered 407: it wants a name and a password"),
        (403, OutcomeKind.BLOCKED, "the proxy answered 403: its policy forbids this receiver"),
        (405, OutcomeKind.BLOCKED, "the proxy answered 405: it does not allow CONNECT"),
        (502, OutcomeKind.REFUSED, "the proxy answered 502: it could not reach the receiver"),
        (504, OutcomeKind.REFUSED, "the proxy answered 504: the receiver did not answer it"),
        (302, OutcomeKind.REFUSED, "the proxy answered 302: it gives no connection"),
        (599, OutcomeKind.REFUSED, "the proxy answered 599: it gives no connection"),
    ],
)
async def test_a_refusal_is_the_proxys_and_not_the_receivers(
    serve: Serve, through: Through, status: int, kind: OutcomeKind, words: str
) -> None:
    """No status is noted, for the receiver has not answered."""
    proxy = serve(refusing(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()))

    outcome = await send(through(proxy), message(f"https://{NAME}/hook"))

    assert (outcome.kind, outcome.status) == (kind, None)
    assert outcome.detail.startswith(words)


async def test_a_proxy_that_hangs_up(serve: Serve, through: Through) -> None:
    """It says that it was the proxy."""
    proxy = serve(lambda visit: _ignore(read_connect(visit)))

    outcome = await send(through(proxy), message(f"https://{NAME}/hook"))

    assert outcome.kind is OutcomeKind.BROKEN
    assert "the proxy" in outcome.detail


async def test_a_silent_proxy_is_given_up(serve: Serve, through: Through) -> None:
    """The time for connecting holds for the tunnel too."""

    def hang(visit: Visit) -> None:
        read_connect(visit)
        visit.hang()

    outcome = await send(through(serve(hang)), message(f"https://{NAME}/hook", seconds=0.3))

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.detail.startswith("asking the proxy 127.0.0.1:")


async def test_something_that_is_no_proxy(serve: Serve, through: Through) -> None:
    """Another server's greeting is no answer."""
    proxy = serve(refusing(b"220 mail.example ESMTP\r\n"))

    outcome = await send(through(proxy), message(f"https://{NAME}/hook"))

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail == "asking the proxy: the answer is not HTTP/1"


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.5/",
        "https://localhost/",
        "https://metadata.google.internal/",
        "https://a:22",
    ],
)
async def test_what_a_url_shows_is_still_ours_to_judge(
    serve: Serve, through: Through, url: str
) -> None:
    """Only what a name means is left to the proxy."""
    proxy = serve(refusing(b""))

    outcome = await send(through(proxy), message(url))

    assert outcome.kind is OutcomeKind.BLOCKED
    assert outcome.detail.startswith("blocked by policy: ")
    assert proxy.requests == []


async def test_the_name_of_a_proxy_is_looked_up(serve: Serve, clock: FakeClock) -> None:
    """And only that name; its address is the operator's choice and not judged."""
    receiver = serve(always(NO_CONTENT))
    proxy = serve(tunnelling_to(receiver.port))
    asked: list[str] = []

    def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        return ("127.0.0.1",)

    sender = HttpSender(
        clock=clock,
        guard=AddressGuard(https_only=False),
        proxy=parse_proxy(f"http://proxy.lan:{proxy.port}"),
        look_up=look_up,
    )
    outcomes = [await send(sender, message(f"http://{NAME}/")) for _ in range(2)]
    await sender.close()

    assert [outcome.status for outcome in outcomes] == [204, 204]
    assert asked == ["proxy.lan"]
    assert b"Proxy-Authorization" not in proxy.requests[0]


@pytest.mark.parametrize(
    "url",
    [
        *("proxy.lan:3128", "https://proxy.lan:3128", "http://proxy.lan", "http://:3128"),
        *("http://proxy.lan:3128/path", "http://proxy.lan:x", "socks5://proxy.lan:1080", ""),
    ],
)
def test_an_unfit_proxy_is_refused(url: str) -> None:
    """The form is host and port, and the words say so."""
    with pytest.raises(SettingsError, match="http://host:port"):
        parse_proxy(url)


def test_a_proxys_password_is_shown_to_nobody() -> None:
    """Not in a repr, not in an error."""
    proxy = parse_proxy("http://out:hunter2@proxy.lan:3128")
    with pytest.raises(SettingsError) as caught:
        parse_proxy("http://out:hunter2@proxy.lan:3128/x")

    assert "hunter2" not in repr(proxy) + str(caught.value)
    assert proxy.authorization not in repr(proxy)


def _ignore(_: bytes) -> None:
    """Take no notice."""
