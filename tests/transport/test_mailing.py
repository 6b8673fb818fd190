"""Outcomes are shared by those that are alike, and by no others."""

import asyncio
import gc
import threading
import weakref
from collections.abc import Sequence
from typing import Any

from tests.fakes.clock import FakeClock
from tests.transport.conftest import Serve
from tests.transport.connecting import Driver, wait_for
from tests.transport.scripted import NO_CONTENT, always, counting
from tests.transport.sending import message, posting, send

from bitewing.model.delivery import Outcome
from bitewing.transport.guard import AddressGuard
from bitewing.transport.https import HttpSender
from bitewing.transport.mailing import Mailing, Written, acknowledged
from bitewing.transport.route import Routes


def mailed(started_at: float) -> Mailing:
    """Give a Mailing of this age."""
    destination, _ = posting(message("https://r.example/"))
    route = Routes(AddressGuard(), is_direct=True).find(destination.url)
    return Mailing(route, destination, started_at, lambda _: None)


async def test_only_those_that_are_alike_share_an_outcome(serve: Serve, driver: Driver) -> None:
    """By age, status, address and the moment of the first byte."""
    connection = driver.connect(serve(always(NO_CONTENT)))
    old, new, written = mailed(1.0), mailed(2.0), Written()
    connection.answer.status = 200
    outcomes = [acknowledged(old, connection, 5.0, written) for _ in range(2)]
    outcomes.append(acknowledged(new, connection, 5.0, written))
    connection.answer.status = 201
    outcomes.append(acknowledged(old, connection, 5.0, written))
    connection.answer.status = 200
    connection.first_byte_at = 4.0
    outcomes.append(acknowledged(old, connection, 5.0, written))
    connection.first_byte_at = None
    connection.key = (*connection.key[:3], "127.0.0.2", None)
    outcomes.append(acknowledged(old, connection, 5.0, written))
    connection.close()

    assert outcomes[0] is outcomes[1]
    assert [(one.status, one.address, one.timings.first_byte) for one in outcomes[1:]] == [
        (200, "127.0.0.1", 4000.0),
        (200, "127.0.0.1", 3000.0),
        (201, "127.0.0.1", 4000.0),
        (200, "127.0.0.1", 3000.0),
        (200, "127.0.0.2", 4000.0),
    ]
    assert [one.timings.total for one in outcomes[1:]] == [4000.0, 3000.0, *[4000.0] * 3]


async def test_the_first_moment_is_a_moment(serve: Serve, driver: Driver) -> None:
    """A machine's clock may have begun at nought."""
    connection = driver.connect(serve(always(NO_CONTENT)))
    connection.answer.status, connection.first_byte_at = 200, 0.0
    outcome = acknowledged(mailed(0.0), connection, 5.0, {})
    connection.close()

    assert outcome.timings.first_byte == 0.0


async def test_what_was_posted_at_different_times_has_times_of_its_own(
    serve: Serve, sender: HttpSender, clock: FakeClock
) -> None:
    """Though it goes to one receiver and ends in one look."""
    said = threading.Semaphore(0)

    one = message(serve(counting(said, NO_CONTENT, NO_CONTENT)).url)
    ended: asyncio.Queue[Sequence[tuple[int, Outcome]]] = asyncio.Queue()
    sender.post(*posting(one, one), ended.put_nowait)
    first = list(await ended.get())
    while len(first) < 2:
        first += await ended.get()
    for _ in range(2):
        sender.post(*posting(one), ended.put_nowait)
        clock.advance(1)
    wait_for(said, sender._pool._open)
    outcomes = await ended.get()

    assert sorted(outcome.timings.total or 0 for _, outcome in outcomes) == [1000.0, 2000.0]


class Token:
    """Something that is seen to go."""


async def test_an_idle_connection_holds_nothing_of_what_it_carried(
    serve: Serve, sender: HttpSender
) -> None:
    """Bodies are large, and connections idle for a minute."""
    one = message(serve(always(NO_CONTENT)).url)
    await send(sender, one)
    token: Token | None = Token()
    gone = weakref.ref(token)
    ended = asyncio.Event()
    destination, _ = posting(one)

    def end(_: Sequence[tuple[Any, Outcome]]) -> None:
        ended.set()

    sender.post(destination, [(token, one.headers, one.body)], end)
    token = None
    await ended.wait()
    await send(sender, message("http://10.0.0.5/"))  # the loop has gone round
    gc.collect()

    assert gone() is None
