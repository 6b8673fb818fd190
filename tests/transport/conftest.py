"""Every async test of the transport runs on asyncio's own loop and on uvloop, and without epoll."""

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
from tests.transport.connecting import Driver
from tests.transport.scripted import Script, ScriptedServer

from bitewing.transport.connection import Lookout
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.lookout import LoopLookout, OnEnded, usual_lookout


class LoopWithoutEpoll(asyncio.SelectorEventLoop):
    """As there are on other systems than Linux; connections are the loop's own readers then."""


LOOPBACK = [ip_network("127.0.0.0/8")]

Serve = Callable[..., ScriptedServer]


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {
        "asyncio": asyncio.new_event_loop,
        "uvloop": uvloop.new_event_loop,
        "without epoll": LoopWithoutEpoll,
    }


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
async def lookout() -> Callable[[OnEnded], Lookout]:
    """What looks after connections on this loop."""
    is_without = isinstance(asyncio.get_running_loop(), LoopWithoutEpoll)
    return LoopLookout if is_without else usual_lookout


@pytest.fixture
async def sender(
    clock: FakeClock, ca_file: str, lookout: Callable[[OnEnded], Lookout]
) -> AsyncIterator[HttpSender]:
    """A sender that may reach loopback and trusts the test's authority."""
    guard = AddressGuard(LOOPBACK, https_only=False)
    made = HttpSender(clock=clock, guard=guard, ca_file=ca_file, lookout=lookout)
    yield made
    await made.close()


@pytest.fixture
async def driver(clock: FakeClock, lookout: Callable[[OnEnded], Lookout]) -> Driver:
    """Give a Driver for the Lookout of this loop."""
    return Driver(clock, lookout)
