"""Looking names up."""

import asyncio
import socket
import threading

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.sending import message, send

from bitewing.model.delivery import OutcomeKind
from bitewing.transport.addresses import Resolver, look_up_addresses
from bitewing.transport.failure import ExchangeError
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender


def test_the_operating_system_knows_localhost() -> None:
    """The real lookup gives each address once."""
    addresses = look_up_addresses("localhost")

    assert set(addresses) <= {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses))


async def test_lookups_of_one_name_at_one_time_are_one(clock: FakeClock) -> None:
    """Ten Messages to a new name ask once; the answer is remembered for half a minute."""
    asked: list[str] = []
    may_answer = threading.Event()

    def look_up(host: str) -> tuple[str, ...]:
        may_answer.wait(10)
        asked.append(host)
        return ("192.0.2.1",)

    resolver = Resolver(monotonic=clock.monotonic, look_up=look_up)
    async with asyncio.TaskGroup() as group:
        lookups = [group.create_task(resolver.resolve("a.example", seconds=5)) for _ in range(10)]
        may_answer.set()
    clock.advance(29)
    fresh = resolver.remembered("a.example")
    clock.advance(2)
    stale = resolver.remembered("a.example")
    resolver.close()

    assert [lookup.result() for lookup in lookups] == [("192.0.2.1",)] * 10
    assert asked == ["a.example"]
    assert (fresh, stale) == (("192.0.2.1",), ())


async def test_one_who_is_cancelled_does_not_spoil_it_for_others(clock: FakeClock) -> None:
    """A shared lookup goes on when one of those who wait for it goes away."""
    may_answer = threading.Event()

    def look_up(_: str) -> tuple[str, ...]:
        may_answer.wait(10)
        return ("192.0.2.1",)

    resolver = Resolver(monotonic=clock.monotonic, look_up=look_up)
    async with asyncio.TaskGroup() as group:
        leaving = group.create_task(resolver.resolve("a.example", seconds=5))
        staying = group.create_task(resolver.resolve("a.example", seconds=5))
        group.create_task(_release(leaving, may_answer))
    resolver.close()

    assert leaving.cancelled()
    assert staying.result() == ("192.0.2.1",)


async def _release(leaving: asyncio.Task[tuple[str, ...]], may_answer: threading.Event) -> None:
    leaving.cancel()
    may_answer.set()


async def test_a_silent_name_server_is_given_up(clock: FakeClock) -> None:
    """A lookup that takes too long is a timeout that names the phase."""
    may_answer = threading.Event()

    def look_up(_: str) -> tuple[str, ...]:
        may_answer.wait(10)
        raise socket.gaierror(socket.EAI_AGAIN, "late")

    resolver = Resolver(monotonic=clock.monotonic, look_up=look_up)
    with pytest.raises(ExchangeError) as caught:
        await resolver.resolve("slow.example", seconds=0.1)
    may_answer.set()
    resolver.close()

    assert caught.value.failure.kind is OutcomeKind.TIMED_OUT
    assert caught.value.failure.detail == "resolving slow.example took longer than 0.1 s"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, "Name or service not known"), "there is no such name"),
        (socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), "no name server answered"),
        (socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure"), "Non-recoverable failure"),
        (UnicodeError("label too long"), "it is not a valid name"),
        (None, "it has no address"),
    ],
)
async def test_a_name_without_an_address(
    clock: FakeClock, error: Exception | None, reason: str
) -> None:
    """UNRESOLVED, with the reason in plain words; asked again the next time."""
    asked: list[str] = []

    def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        if error is not None:
            raise error
        return ()

    sender = HttpSender(clock=clock, guard=AddressGuard(), look_up=look_up)

    outcomes = [await send(sender, message("https://missing.example/")) for _ in range(2)]
    await sender.close()

    assert {outcome.kind for outcome in outcomes} == {OutcomeKind.UNRESOLVED}
    assert outcomes[0].detail == f"missing.example could not be resolved: {reason}"
    assert len(asked) == 2
