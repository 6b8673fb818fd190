"""Every async test of the transport runs on asyncio's own loop and on uvloop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack
from ipaddress import ip_network
from pathlib import Path

import pytest
import trustme
import uvloop
from tests.fakes.clock import FakeClock
from tests.transport.scripted import Script, ScriptedServer

from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender

LOOPBACK = [ip_network("127.0.0.0/8")]

Serve = Callable[..., ScriptedServer]


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start scripted servers, which end with the test."""
    with ExitStack() as servers:

        def start(*scripts: Script, context: ssl.SSLContext | None = None) -> ScriptedServer:
            return servers.enter_context(ScriptedServer(scripts, context=context))

        yield start


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture
async def sender(clock: FakeClock, ca_file: str) -> AsyncIterator[HttpSender]:
    """A sender that may reach loopback and trusts the test's authority."""
    guard = AddressGuard(LOOPBACK, https_only=False)
    made = HttpSender(clock=clock, guard=guard, ca_file=ca_file)
    yield made
    await made.close()
