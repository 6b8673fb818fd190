"""Sessions: a second handshake with a receiver is cheaper, and never proves less."""

import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import trustme
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.scripted import Script, ScriptedServer, Visit
from tests.transport.sending import message, send

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.sessions import TRUSTED_SECONDS, Session, Sessions

NAME, OTHER = "receiver.example", "other.example"
LAST = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"
KEY = ("https", NAME, 443, "192.0.2.1", None)


@pytest.fixture
async def sender(clock: FakeClock, ca_file: str) -> AsyncIterator[HttpSender]:
    """A sender for which every name is this machine; it trusts the test's authority."""
    guard = AddressGuard(LOOPBACK)
    made = HttpSender(clock=clock, guard=guard, ca_file=ca_file, look_up=lambda _: ("127.0.0.1",))
    yield made
    await made.close()


def serving(
    authority: trustme.CA, *names: str, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3
) -> ssl.SSLContext:
    """Give what a receiver proves itself with; its tickets are good for this context alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    authority.issue_cert(*(names or (NAME,))).configure_cert(context)
    return context


def noting(reused: list[bool | None]) -> Script:
    """Note whether the handshake was a short one, answer one request, and close."""

    def play(visit: Visit) -> None:
        assert isinstance(visit.socket, ssl.SSLSocket)
        reused.append(visit.socket.session_reused)
        visit.answer(LAST)

    return play


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_next_handshake_with_a_receiver_is_a_short_one(
    serve: Serve, sender: HttpSender, authority: trustme.CA, version: ssl.TLSVersion
) -> None:
    """And the one after that."""
    reused: list[bool | None] = []
    server = serve(noting(reused), context=serving(authority, version=version))

    outcomes = [await send(sender, message(f"https://{NAME}:{server.port}/")) for _ in range(3)]

    assert [outcome.status for outcome in outcomes] == [204] * 3
    assert reused == [False, True, True]


async def test_an_hour_after_the_verifying_it_is_verified_anew(
    serve: Serve, sender: HttpSender, authority: trustme.CA, clock: FakeClock
) -> None:
    """Counted from the whole handshake, however many short ones there were in between."""
    reused: list[bool | None] = []
    server = serve(noting(reused), context=serving(authority))
    for _ in range(4):
        await send(sender, message(f"https://{NAME}:{server.port}/"))
        clock.advance(TRUSTED_SECONDS / 2 - 1)

    assert reused == [False, True, True, False]


async def test_what_one_name_has_proved_another_has_not(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """The same address and port, and a certificate for two names of three."""
    reused: list[bool | None] = []
    server = serve(noting(reused), context=serving(authority, NAME, OTHER))
    names = (NAME, OTHER, "third.example", NAME)

    outcomes = [await send(sender, message(f"https://{name}:{server.port}/")) for name in names]

    assert [outcome.kind is OutcomeKind.ANSWERED for outcome in outcomes] == [
        True,
        True,
        False,
        True,
    ]
    assert reused == [False, False, True]


async def test_what_one_authority_vouches_for_is_nothing_to_another(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """An Endpoint with authorities of its own is verified by these, session or not."""
    reused: list[bool | None] = []
    server = serve(noting(reused), context=serving(authority))
    usual = message(f"https://{NAME}:{server.port}/")
    own = usual._replace(ca_pem=authority.cert_pem.bytes().decode())
    stranger = usual._replace(ca_pem=trustme.CA().cert_pem.bytes().decode())

    outcomes = [await send(sender, one) for one in (usual, own, stranger, usual, own)]

    assert [outcome.status for outcome in outcomes] == [204, 204, None, 204, 204]
    assert outcomes[2].kind is OutcomeKind.TLS_FAILED
    assert reused == [False, False, True, True]


@pytest.mark.parametrize(
    ("is_known", "kind"), [(True, OutcomeKind.ANSWERED), (False, OutcomeKind.TLS_FAILED)]
)
async def test_a_receiver_that_was_restarted_is_verified_anew(
    sender: HttpSender, authority: trustme.CA, *, is_known: bool, kind: OutcomeKind
) -> None:
    """It cannot read the ticket: a whole handshake, in which a wrong certificate is refused."""
    reused: list[bool | None] = []
    with ScriptedServer([noting(reused)], context=serving(authority)) as server:
        port = server.port
        await send(sender, message(f"https://{NAME}:{port}/"))
    by = authority if is_known else trustme.CA()
    with ScriptedServer([noting(reused)], context=serving(by), port=port):
        outcome = await send(sender, message(f"https://{NAME}:{port}/"))

    assert outcome.kind is kind
    assert reused == [False] * (1 + is_known)


async def test_a_receiver_that_cannot_stand_a_session_is_asked_without(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """It hangs up in the middle of the handshake: the Message goes out all the same."""
    reused: list[bool | None] = []
    context = serving(authority)

    def encrypted(visit: Visit) -> None:
        visit.socket = context.wrap_socket(visit.socket, server_side=True)
        noting(reused)(visit)

    def hang_up(visit: Visit) -> None:
        visit.socket.recv(65536)

    server = serve(encrypted, hang_up, encrypted)
    outcomes = [await send(sender, message(f"https://{NAME}:{server.port}/")) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [204, 204]
    assert len(server.visits) == 3
    assert reused == [False, False]


def a_session(authority: trustme.CA) -> Session:
    """Shake hands in memory; give what is left of it."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(to_client, to_server, server_hostname=NAME)
    server = serving(authority).wrap_bio(to_server, to_client, server_side=True)
    for side in (client, server, client, server):
        with suppress(ssl.SSLWantReadError):
            side.do_handshake()
    assert client.session is not None
    return Session(client.session, 1000.0)


def test_of_too_many_the_oldest_goes(clock: FakeClock, authority: trustme.CA) -> None:
    """The one kept last stays, however old its receiver's first is."""
    context = ssl.create_default_context()
    sessions = Sessions(monotonic=clock.monotonic, most=2)
    session = a_session(authority)
    first, second, third = ((*KEY[:2], port, *KEY[3:]) for port in (1, 2, 3))
    for key in (first, second, second):
        sessions.keep(key, context, session)
    two = [sessions.find(key, context) for key in (first, second)]
    for key in (first, third):
        sessions.keep(key, context, session)

    assert two == [session, session]
    assert [sessions.find(key, context) for key in (first, second, third)] == [
        session,
        None,
        session,
    ]


def test_a_context_that_was_made_anew_offers_nothing(
    clock: FakeClock, authority: trustme.CA
) -> None:
    """A session is its context's; another one would raise an error."""
    sessions = Sessions(monotonic=clock.monotonic)
    sessions.keep(KEY, ssl.create_default_context(), a_session(authority))

    assert sessions.find(KEY, ssl.create_default_context()) is None
