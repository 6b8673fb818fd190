"""Encryption: who is trusted, and what is said of those who are not."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.scripted import Script, Visit, always
from tests.transport.sending import message, posting, send

from bitewing.model.delivery import OutcomeKind
from bitewing.model.errors import SettingsError
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NAME = "receiver.example"

Issue = Callable[[trustme.CA], trustme.LeafCert]


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


@pytest.fixture
async def sender(clock: FakeClock, ca_file: str) -> AsyncIterator[HttpSender]:
    """A sender for which every name is this machine, with the default https_only."""
    made = HttpSender(
        clock=clock,
        guard=AddressGuard(LOOPBACK),
        ca_file=ca_file,
        look_up=lambda _: ("127.0.0.1",),
    )
    yield made
    await made.close()


async def test_a_known_authority_and_the_right_name_are_trusted(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """The exchange is encrypted, and the connection is used again without a new handshake."""
    server = serve(always(OK), context=serving(authority.issue_cert(NAME)))
    url = f"https://{NAME}:{server.port}/"

    outcomes = [await send(sender, message(url)) for _ in range(3)]

    assert [outcome.status for outcome in outcomes] == [200, 200, 200]
    assert outcomes[0].timings.tls is not None
    assert outcomes[1].timings.tls is None
    assert len(server.visits) == 1


async def test_an_address_in_the_certificate_is_trusted(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """A URL with an address is verified against the certificate's addresses."""
    server = serve(always(OK), context=serving(authority.issue_cert("127.0.0.1")))

    outcome = await send(sender, message(f"https://127.0.0.1:{server.port}/"))

    assert outcome.status == 200


async def test_large_messages_and_pieces_survive_encryption(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """Five megabytes go out whole; an answer larger than one TLS record is read whole."""
    answer = b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 40_000 + b"\r\nContent-Length: 5\r\n\r\n"
    server = serve(always(answer, b"he", b"llo"), context=serving(authority.issue_cert(NAME)))
    body = bytes(range(256)) * 20_480
    url = f"https://{NAME}:{server.port}/"

    outcomes = [await send(sender, message(url, body=body)) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert server.requests[0].partition(b"\r\n\r\n")[2] == body
    assert len(server.visits) == 1


async def test_a_stale_encrypted_connection_is_replaced(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """The receiver leaves at the second request: it is sent once more."""

    def leave_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()

    server = serve(
        leave_at_the_second_request, always(OK), context=serving(authority.issue_cert(NAME))
    )
    url = f"https://{NAME}:{server.port}/"

    outcomes = [await send(sender, message(url)) for _ in range(2)]

    assert [outcome.status for outcome in outcomes] == [200, 200]
    assert len(server.visits) == 2


def expired(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(
        NAME,
        not_before=datetime.now(UTC) - timedelta(days=30),  # noqa: TID251 - OpenSSL has no Clock
        not_after=datetime.now(UTC) - timedelta(days=1),  # noqa: TID251 - OpenSSL has no Clock
    )


def not_yet_valid(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert(
        NAME,
        not_before=datetime.now(UTC) + timedelta(days=1),  # noqa: TID251 - OpenSSL has no Clock
        not_after=datetime.now(UTC) + timedelta(days=30),  # noqa: TID251 - OpenSSL has no Clock
    )


@pytest.mark.parametrize(
    ("issue", "reason"),
    [
        (expired, "its certificate has expired"),
        (not_yet_valid, "its certificate is not valid yet"),
        (lambda ca: ca.issue_cert("other.example"), "its certificate is for another name"),
        (
            lambda _: trustme.CA().issue_cert(NAME),
            "its certificate comes from an unknown authority",
        ),
    ],
    ids=["expired", "not yet valid", "wrong name", "unknown authority"],
)
async def test_a_certificate_that_proves_nothing_is_refused(
    serve: Serve,
    sender: HttpSender,
    authority: trustme.CA,
    issue: Issue,
    reason: str,
) -> None:
    """TLS_FAILED with the reason in plain words, and nothing of the Message is sent."""
    server = serve(always(OK), context=serving(issue(authority)))

    outcome = await send(sender, message(f"https://{NAME}:{server.port}/"))

    assert outcome.kind is OutcomeKind.TLS_FAILED
    assert outcome.detail.startswith(f"no TLS with {NAME}: {reason}")
    assert server.requests == []


async def test_the_address_of_a_url_must_be_in_the_certificate(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """A certificate for a name does not vouch for an address."""
    server = serve(always(OK), context=serving(authority.issue_cert(NAME)))

    outcome = await send(sender, message(f"https://127.0.0.1:{server.port}/"))

    assert outcome.kind is OutcomeKind.TLS_FAILED
    assert outcome.detail.endswith("its certificate is for another address")


def speak_plain_http(visit: Visit) -> None:
    visit.socket.recv(65536)
    visit.say(b"HTTP/1.1 400 Bad Request\r\n\r\n")


def hang_up(visit: Visit) -> None:
    visit.socket.recv(65536)


def reset(visit: Visit) -> None:
    visit.socket.recv(65536)
    visit.reset()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (speak_plain_http, "that port does not speak TLS; is it a plain http receiver?"),
        (hang_up, "it closed the connection during the handshake"),
        (reset, "it closed the connection during the handshake"),
    ],
)
async def test_a_port_without_tls_is_named(
    serve: Serve, sender: HttpSender, script: Script, reason: str
) -> None:
    """What answers a handshake with something else is TLS_FAILED."""
    server = serve(script)

    outcome = await send(sender, message(f"https://{NAME}:{server.port}/"))

    assert outcome.kind is OutcomeKind.TLS_FAILED
    assert outcome.detail == f"no TLS with {NAME}: {reason}"


async def test_handshakes_that_never_end_hold_up_nobody_else(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """Each silent receiver times out for itself, and meanwhile another one is served."""
    silent = serve(lambda visit: visit.hang())
    lively = serve(always(OK), context=serving(authority.issue_cert(NAME)))
    async with asyncio.TaskGroup() as group:
        stuck = [
            group.create_task(send(sender, message(f"https://{NAME}:{silent.port}/", seconds=0.5)))
            for _ in range(10)
        ]
        served = await send(sender, message(f"https://{NAME}:{lively.port}/"))

        assert served.status == 200
        assert not any(sending.done() for sending in stuck)

    assert {sending.result().kind for sending in stuck} == {OutcomeKind.TIMED_OUT}
    detail = stuck[0].result().detail
    assert detail.startswith(f"the TLS handshake with {NAME} took longer than")


async def test_old_versions_of_tls_are_refused(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """TLS 1.1 is not spoken, even if it is all that the receiver offers."""
    context = serving(authority.issue_cert(NAME))
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    server = serve(always(OK), context=context)

    outcome = await send(sender, message(f"https://{NAME}:{server.port}/"))

    assert outcome.kind is OutcomeKind.TLS_FAILED
    assert "TLS 1.2 or later is needed" in outcome.detail


async def test_plain_http_is_refused_by_default(serve: Serve, sender: HttpSender) -> None:
    """https_only blocks an http URL before anything is sent."""
    server = serve(always(OK))

    outcome = await send(sender, message(server.url))

    assert outcome.kind is OutcomeKind.BLOCKED
    assert "delivery.https_only = false" in outcome.detail
    assert server.visits == []


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_of_authorities_must_be_readable(
    clock: FakeClock, tmp_path: Path, content: str | None
) -> None:
    """A wrong ca_file is a SettingsError at the start, which names the file."""
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_text(content)

    with pytest.raises(SettingsError, match=r"authorities\.pem"):
        HttpSender(clock=clock, guard=AddressGuard(), ca_file=str(path))


async def test_a_cancelled_handshake_closes_its_connection(
    serve: Serve, sender: HttpSender
) -> None:
    """Whoever stops waiting leaves no half-open connection behind."""
    greeted, gone = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_farewell(visit: Visit) -> None:
        visit.socket.recv(65536)
        loop.call_soon_threadsafe(greeted.set)
        visit.until_gone()
        loop.call_soon_threadsafe(gone.set)

    server = serve(wait_for_farewell)
    sender.post(*posting(message(f"https://{NAME}:{server.port}/")), lambda _: None)
    await greeted.wait()
    (sending,) = sender._under_way
    sending.cancel()
    async with asyncio.timeout(5):
        await gone.wait()

    assert sending.cancelled()
