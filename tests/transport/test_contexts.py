"""Authorities of an Endpoint's own."""

import ssl
from collections.abc import AsyncIterator

import pytest
import trustme
from tests.fakes.clock import FakeClock
from tests.fakes.sender import Message
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.scripted import NO_CONTENT, always
from tests.transport.sending import message, send

from bitewing.model.delivery import OutcomeKind
from bitewing.model.errors import InvalidRequestError
from bitewing.transport.contexts import Contexts, own_context
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

NAME = "receiver.example"


@pytest.fixture
async def sender(clock: FakeClock, ca_file: str) -> AsyncIterator[HttpSender]:
    """A sender for which every name is this machine; it trusts the test's authority."""
    guard = AddressGuard(LOOPBACK)
    made = HttpSender(clock=clock, guard=guard, ca_file=ca_file, look_up=lambda _: ("127.0.0.1",))
    yield made
    await made.close()


def to(port: int, authority: trustme.CA | None) -> Message:
    """Give a Message whose receiver is verified by this authority alone, or by the usual."""
    ca_pem = authority.cert_pem.bytes().decode() if authority is not None else None
    plain = message(f"https://{NAME}:{port}/")
    return Message(plain.url, plain.headers, plain.body, plain.timeout, ca_pem)


async def test_an_endpoint_is_verified_by_its_own_authorities_alone(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """One's own receiver is trusted without trusting its authority for any other."""
    own = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.issue_cert(NAME).configure_cert(context)
    server = serve(always(NO_CONTENT), context=context)

    by_own = await send(sender, to(server.port, own))
    by_usual = await send(sender, to(server.port, None))
    by_other = await send(sender, to(server.port, authority))
    again = await send(sender, to(server.port, own))

    assert (by_own.status, again.status) == (204, 204)
    assert again.timings.connect is None
    assert (by_usual.kind, by_other.kind) == (OutcomeKind.TLS_FAILED, OutcomeKind.TLS_FAILED)


async def test_an_open_connection_is_not_lent_across_authorities(
    serve: Serve, sender: HttpSender, authority: trustme.CA
) -> None:
    """What others have verified by theirs is not verified by yours."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME).configure_cert(context)
    server = serve(always(NO_CONTENT), context=context)

    usual = await send(sender, to(server.port, None))
    strict = await send(sender, to(server.port, trustme.CA()))

    assert usual.status == 204
    assert strict.kind is OutcomeKind.TLS_FAILED


async def test_unreadable_authorities_fail_the_attempt(serve: Serve, sender: HttpSender) -> None:
    """With words that say what is wrong; nothing is sent."""
    server = serve(always(NO_CONTENT))
    plain = message(f"https://{NAME}:{server.port}/")

    outcome = await send(
        sender, Message(plain.url, plain.headers, plain.body, plain.timeout, "no certificate")
    )

    assert outcome.kind is OutcomeKind.TLS_FAILED
    assert "PEM text" in outcome.detail
    assert server.requests == []


@pytest.mark.parametrize(
    "ca_pem",
    [
        "",
        "certificates",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "zahn\u00e4rzte",
        "x" * 70_000,
    ],
)
def test_unfit_authorities_are_refused(ca_pem: str) -> None:
    """An InvalidRequestError, so that it can be told to whoever gave them."""
    with pytest.raises(InvalidRequestError, match="certificate authorities"):
        own_context(ca_pem)


def test_every_context_is_strict_and_made_once(authority: trustme.CA) -> None:
    """TLS 1.2 or later, host names checked; the same text gives the same context."""
    contexts = Contexts(None)
    own = contexts.find(authority.cert_pem.bytes().decode())

    for context in (own, contexts.find(None)):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
    assert contexts.find(authority.cert_pem.bytes().decode()) is own
