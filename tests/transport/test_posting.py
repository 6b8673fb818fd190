"""Posting without a task: what a lane does with an open connection."""

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from tests.fakes.clock import FakeClock
from tests.transport.conftest import LOOPBACK, Serve
from tests.transport.connecting import wait_for
from tests.transport.scripted import NO_CONTENT, Visit, always, counting
from tests.transport.sending import message, posting, send

from bitewing.model.delivery import Outcome, OutcomeKind
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.mailing import Mailing
from bitewing.transport.route import Routes

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_a_hundred_follow_each_other_on_one_connection(
    serve: Serve, sender: HttpSender
) -> None:
    """Each answer lets the next one go; the first opens the connection, the others find it."""
    server = serve(always(NO_CONTENT))
    finished = asyncio.Event()
    outcomes: list[Outcome] = []

    def again(ended: Sequence[tuple[None, Outcome]]) -> None:
        outcomes.extend(outcome for _, outcome in ended)
        if len(outcomes) < 100:
            sender.post(*posting(message(server.url)), again)
        else:
            finished.set()

    sender.post(*posting(message(server.url)), again)
    async with asyncio.timeout(10):
        await finished.wait()

    assert {outcome.status for outcome in outcomes} == {204}
    assert {outcome.address for outcome in outcomes} == {"127.0.0.1"}
    assert [outcome.timings.connect is None for outcome in outcomes] == [False] + [True] * 99
    assert len(server.visits) == 1
    assert len(server.requests) == 100


async def test_the_outcome_never_comes_from_within(serve: Serve, sender: HttpSender) -> None:
    """Neither cold nor warm nor blocked: whoever posts may finish what it does first."""
    server = serve(always(OK))
    ended: asyncio.Queue[Sequence[tuple[None, Outcome]]] = asyncio.Queue()
    early: list[bool] = []
    for url in (server.url, server.url, "http://10.0.0.5/"):
        sender.post(*posting(message(url)), ended.put_nowait)
        early.append(not ended.empty())
        await ended.get()

    assert early == [False] * 3


@pytest.mark.parametrize("status", [301, 404, 410, 429, 500, 503])
async def test_a_refusal_on_an_open_connection(
    serve: Serve, sender: HttpSender, status: int
) -> None:
    """It is told with what the receiver asks for."""
    refusal = f"HTTP/1.1 {status} No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"

    def refuse_the_second(visit: Visit) -> None:
        visit.answer(OK)
        visit.answer(refusal.encode())

    server = serve(refuse_the_second)
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert (outcome.kind, outcome.status) == (OutcomeKind.ANSWERED, status)
    assert outcome.retry_after == timedelta(seconds=7)
    assert outcome.timings.connect is None
    assert not outcome.is_acknowledged


async def test_a_connection_that_was_given_up_is_replaced(serve: Serve, sender: HttpSender) -> None:
    """The Message goes out once more on a new one; the time it took counts from the first."""

    def leave_at_the_second_request(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()

    server = serve(leave_at_the_second_request, always(OK))
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url))

    assert outcome.status == 200
    assert outcome.timings.connect is not None
    assert [len(visit.requests) for visit in server.visits] == [2, 1]


async def test_silence_on_an_open_connection_ends_in_time(serve: Serve, sender: HttpSender) -> None:
    """The timeout of the Message holds without a timer of its own."""

    def fall_silent(visit: Visit) -> None:
        visit.answer(OK)
        visit.read_request()
        visit.hang()

    server = serve(fall_silent)
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url, seconds=0.2))

    assert outcome.kind is OutcomeKind.TIMED_OUT
    assert outcome.address == "127.0.0.1"


async def test_a_name_is_judged_at_every_attempt(serve: Serve, clock: FakeClock) -> None:
    """A name that has come to mean a forbidden address reaches not even the open connection."""
    server = serve(always(OK))
    answers = [("127.0.0.1",), ("127.0.0.1", "10.0.0.5")]
    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=lambda _: answers.pop(0))
    url = f"http://receiver.example:{server.port}/"

    first = await send(sender, message(url))
    second = await send(sender, message(url))
    clock.advance(31)
    third = await send(sender, message(url))
    fourth = await send(sender, message(url))
    await sender.close()

    assert (first.status, second.status) == (200, 200)
    assert (third.kind, fourth.kind) == (OutcomeKind.BLOCKED, OutcomeKind.BLOCKED)
    assert "10.0.0.5 is in 10.0.0.0/8 (private network)" in third.detail
    assert len(server.requests) == 2


async def test_what_cannot_be_sent_is_told(serve: Serve, sender: HttpSender) -> None:
    """A header that would break the request apart is refused on an open connection, too."""
    server = serve(always(OK))
    await send(sender, message(server.url))

    outcome = await send(sender, message(server.url, headers=(("X-A", "b\r\nX-C: d"),)))

    assert outcome.kind is OutcomeKind.BLOCKED
    assert len(server.requests) == 1


async def test_whatever_breaks_who_posted_hears_of_an_end(clock: FakeClock) -> None:
    """Otherwise the Delivery would be ours, and its lane stand still, until the next start."""

    def look_up(_: str) -> tuple[str, ...]:
        raise ZeroDivisionError

    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=look_up)
    outcome = await send(sender, message("http://receiver.example/"))
    await sender.close()

    assert outcome.kind is OutcomeKind.BROKEN
    assert outcome.detail == "the exchange broke off: ZeroDivisionError"


async def test_many_go_out_together(serve: Serve, sender: HttpSender) -> None:
    """One that cannot be sent stops no other; each end bears its token, and each comes once."""
    server = serve(always(NO_CONTENT), always(NO_CONTENT), always(NO_CONTENT))
    unfit = message(server.url, headers=(("X-A", "b\r\nX-C: d"),))
    messages = [message(server.url), unfit, message(server.url), message(server.url)]
    outcomes: dict[int, Outcome] = {}
    finished = asyncio.Event()

    def end(ended: Sequence[tuple[int, Outcome]]) -> None:
        assert outcomes.keys().isdisjoint(dict(ended))
        outcomes.update(ended)
        if len(outcomes) == len(messages):
            finished.set()

    sender.post(*posting(*messages), end)
    async with asyncio.timeout(10):
        await finished.wait()

    assert {token: outcome.status for token, outcome in outcomes.items()} == {
        0: 204,
        1: None,
        2: 204,
        3: 204,
    }
    assert outcomes[1].kind is OutcomeKind.BLOCKED


async def test_what_ends_together_is_told_together_each_with_its_own(
    serve: Serve, sender: HttpSender
) -> None:
    """Those that are alike share their Outcome; a refusal or another status is another."""
    said = threading.Semaphore(0)
    answers = [OK, OK, OK.replace(b"200", b"201"), OK.replace(b"200", b"404")]

    server = serve(*[counting(said, OK, answer) for answer in answers])
    told: asyncio.Queue[Sequence[tuple[int, Outcome]]] = asyncio.Queue()
    messages = [message(server.url)] * 4
    sender.post(*posting(*messages), told.put_nowait)
    first: dict[int, Outcome] = {}
    while len(first) < 4:
        first.update(await told.get())
    sender.post(*posting(*messages), told.put_nowait)
    wait_for(said, sender._pool._open)
    outcomes = dict(await told.get())

    assert outcomes.keys() == {0, 1, 2, 3}
    statuses = [(outcome.status, outcome.is_acknowledged) for outcome in outcomes.values()]
    assert sorted(statuses) == [(200, True), (200, True), (201, True), (404, False)]
    assert len({id(outcome) for outcome in outcomes.values()}) == 3
    assert {outcome.timings.connect for outcome in outcomes.values()} == {None}


def test_what_is_on_its_way_is_not_shown() -> None:
    """Its URL may bear credentials."""
    destination, _ = posting(message("https://r.example/?key=1"))
    route = Routes(AddressGuard(), is_direct=True).find(destination.url)
    mailing = Mailing(route, destination, 0.0, lambda _: None)

    assert "r.example" in repr(mailing)
    assert "key=1" not in repr(mailing)


async def test_an_idle_connection_is_found_when_the_name_is_looked_up_anew(
    serve: Serve, clock: FakeClock
) -> None:
    """Names are remembered for half a minute; what stands open goes on being used."""
    server = serve(always(OK))
    guard = AddressGuard(LOOPBACK, https_only=False)
    sender = HttpSender(clock=clock, guard=guard, look_up=lambda _: ("127.0.0.1",))
    url = f"http://receiver.example:{server.port}/"
    first = await send(sender, message(url))
    clock.advance(31)
    second = await send(sender, message(url))
    await sender.close()

    assert len(server.visits) == 1
    assert first.timings.connect is not None and second.timings.connect is None
    assert second.timings.resolve is not None
