"""The way past the outbox: from the commit to the first Attempt without a claim."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from tests.engine.flow import OWNER, SELECTED, URL, Flow
from tests.fakes.dialect import FakeDialect
from tests.fakes.sender import answered
from tests.stores.samples import NOON, a_delivery

from bitewing.engine.delivery.breaker import TRIP
from bitewing.engine.delivery.reception import Reception
from bitewing.model.delivery import Delivery, DeliveryState
from bitewing.model.retry import TEN_IN_TWO_DAYS
from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore

T = TypeVar("T")
MINUTE = timedelta(minutes=1)


def opened(**changes: int) -> Reception:
    """Give one that lets three come to Endpoint 1."""
    reception = Reception()
    reception.open(NOON + MINUTE, **({"room": 10, "most_bytes": 10**6} | changes))
    reception.make_room(1, 3)
    return reception


def test_no_more_come_than_there_is_room_for() -> None:
    """To one Endpoint, in all, and by their bytes; the last may be a little too large."""
    body = len(a_delivery("a").body)
    one, few, small = opened(), opened(room=2), opened(most_bytes=body + 1)
    by_endpoint = one.admit([a_delivery("a")] * 4)
    in_all = few.admit([a_delivery("a")] * 3)
    by_bytes = small.admit([a_delivery("a")] * 3)

    until = NOON + MINUTE
    assert by_endpoint == [until, until, until, None]
    assert in_all == [until, until, None]
    assert by_bytes == [until, until, None]


def test_where_there_is_room_for_all_the_room_is_used_up() -> None:
    """To the last place, and then nobody comes, to that Endpoint or any other."""
    reception = opened(room=5)
    reception.make_room(2, 9)
    both = [a_delivery("a"), a_delivery("b", endpoint=2)]
    first = reception.admit(both * 2)
    then = reception.admit([*both, *both[1:]])

    until = NOON + MINUTE
    assert first == [until] * 4
    assert then == [until, None, None]


class Interrupted(list[Delivery]):
    """Deliveries; while somebody goes through them once more the loop takes the room away."""

    def __init__(self, reception: Reception, *, at: int) -> None:
        super().__init__([a_delivery("a")] * 2)
        self._reception, self._left = reception, at

    def __iter__(self) -> Iterator[Delivery]:
        self._left -= 1
        if not self._left:
            self._reception.make_room(1, 0)
        return super().__iter__()


@pytest.mark.parametrize("at", range(1, 5))
def test_room_may_be_taken_away_while_somebody_asks(at: int) -> None:
    """The store asks in its own thread: what it reads may be old, but it never fails."""
    reception = opened()
    untils = reception.admit(Interrupted(reception, at=at))

    assert untils in ([NOON + MINUTE] * 2, [None] * 2)
    assert reception.admit([a_delivery("b")]) == [None]


def test_what_cannot_go_out_now_waits_in_the_outbox() -> None:
    """What is due later, and what goes where nobody is expected."""
    reception = opened()
    later = a_delivery("a")._replace(due_at=a_delivery("a").created_at + MINUTE)
    elsewhere = a_delivery("a", endpoint=2)

    assert reception.admit([later, elsewhere]) == [None] * 2
    assert reception.admit([later, a_delivery("b")]) == [None, NOON + MINUTE]


def test_when_it_is_closed_nothing_comes() -> None:
    """As before it was opened for the first time."""
    closed = opened()
    closed.close()

    assert closed.admit([a_delivery("a")]) == [None]
    assert Reception().admit([a_delivery("a")]) == [None]


@pytest.fixture
async def flow(tmp_path: Path) -> AsyncIterator[Flow]:
    """Give an engine whose store knows its reception; a first Message has been taken."""
    reception = Reception()
    store = SqliteStore(str(tmp_path / "store.db"), reception=reception)
    await store.open()
    dialect = FakeDialect()
    dialect.retries = TEN_IN_TWO_DAYS
    made = Flow(store, dialect=dialect, reception=reception)
    await made.subscribe(SELECTED)
    for patient in range(1, 9):
        made.source.insert("Patient", patient)
    await select(made, 1)
    await made.send()
    yield made
    made.crash()
    await store.close()


async def select(flow: Flow, patient: int) -> None:
    """Owe a UI event."""
    await flow.counter.patient_selected("main", patient=patient, workstation="MOLLYR")


async def standing(flow: Flow) -> list[DeliveryState]:
    """Give the states of all Deliveries, newest first."""
    recent = await flow.store.read(lambda t: t.outbox.recent(10))
    return [delivery.state for delivery in recent]


async def test_what_is_durable_goes_out_without_the_dispatchers_step(flow: Flow) -> None:
    """It is claimed as it is added; the next step only settles what came of it."""
    before = len(flow.sender.messages)
    await select(flow, 2)
    sent, claimed = len(flow.sender.messages) - before, await standing(flow)
    await flow.send()

    assert sent == 1
    assert claimed == [DeliveryState.CLAIMED, DeliveryState.DELIVERED]
    assert await standing(flow) == [DeliveryState.DELIVERED] * 2


async def test_an_endpoint_that_fails_is_not_sent_to_past_its_breaker(flow: Flow) -> None:
    """After a failure what is new waits in the outbox until the Endpoint is trusted again."""
    flow.sender.script.append(answered(500))
    await select(flow, 2)
    await flow.send()
    before = len(flow.sender.messages)
    await select(flow, 3)

    assert len(flow.sender.messages) == before
    assert (await standing(flow))[0] is DeliveryState.PENDING


async def test_a_paused_endpoint_gives_back_what_came_past_the_outbox(flow: Flow) -> None:
    """It was let in just before the person's word was known here, and came just after."""

    def pause(tx: Transaction) -> int:
        (endpoint,) = tx.endpoints.all()
        tx.endpoints.put(replace(endpoint, state=EndpointState.PAUSED))
        return endpoint.id

    number = await flow.store.write(pause)
    flow.signals.endpoints.add(number)
    await flow.send()
    before = len(flow.sender.messages)
    assert flow.reception is not None
    flow.reception.make_room(number, 1)
    await select(flow, 2)
    claimed = (await standing(flow))[0]
    await flow.send()

    assert claimed is DeliveryState.CLAIMED
    assert len(flow.sender.messages) == before
    assert (await standing(flow))[0] is DeliveryState.PENDING


async def test_during_the_end_nothing_is_taken_over(flow: Flow) -> None:
    """What is added then waits in the outbox for the next process."""
    await flow.dispatcher.drain()
    before = len(flow.sender.messages)
    await select(flow, 2)

    assert len(flow.sender.messages) == before
    assert (await standing(flow))[0] is DeliveryState.PENDING


async def owe_in_one_lane_each(flow: Flow, patients: range) -> None:
    """Owe several UI events at once."""
    async with asyncio.TaskGroup() as group:
        for patient in patients:
            group.create_task(select(flow, patient))


async def test_what_is_cancelled_before_it_has_begun_is_not_sent(flow: Flow) -> None:
    """Though it was claimed and waits in memory; what is under way goes on."""
    (wish,) = await flow.store.read(lambda t: t.subscriptions.all())
    (endpoint,) = await flow.store.read(lambda t: t.endpoints.all())
    slow = replace(endpoint, concurrency=2)
    await flow.store.write(lambda t: t.endpoints.put(slow))
    flow.signals.endpoints.add(endpoint.id)
    await flow.send()
    before = len(flow.sender.messages)
    await owe_in_one_lane_each(flow, range(2, 8))
    begun = len(flow.sender.messages) - before
    await flow.desk.remove(OWNER, wish.number)
    await flow.send()

    assert begun == 2
    assert len(flow.sender.messages) - before == 2
    assert sorted(await standing(flow))[:4] == [DeliveryState.CANCELLED] * 4


async def test_what_waits_in_memory_for_an_endpoint_that_is_parked_goes_back(flow: Flow) -> None:
    """After the breaker has tripped only probes go out."""
    flow.sender.standing[f"{URL}/ui"] = answered(500)
    before = len(flow.sender.messages)
    for patient in range(2, 9):
        await select(flow, patient)
    while flow.sender.answer_all():
        pass
    sent = len(flow.sender.messages) - before
    await flow.dispatch()

    assert sent == TRIP
    assert (await standing(flow)).count(DeliveryState.CLAIMED) == 0


class Held:
    """A store of which one write may be done at once and answered when a test lets it be."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = store.read
        self.next: asyncio.Event | None = None
        self.done = asyncio.Event()

    async def write(self, work: Callable[[Transaction], T]) -> T:
        held, self.next = self.next, None
        result = await self._store.write(work)
        if held is not None:
            self.done.set()
            await held.wait()
        return result


async def test_what_is_cancelled_as_it_is_being_claimed_is_not_sent(flow: Flow) -> None:
    """The claim is stored, the dispatcher does not know of it yet, and a person cancels."""
    held = Held(flow.store)
    flow.store = held  # type: ignore[assignment] # as far as the engine uses a store
    flow.start()
    assert flow.reception is not None
    flow.reception.close()
    await select(flow, 2)
    (wish,) = await flow.store.read(lambda t: t.subscriptions.all())
    before = len(flow.sender.messages)
    answer = held.next = asyncio.Event()
    claiming = asyncio.ensure_future(flow.dispatch())
    await held.done.wait()
    claimed = (await standing(flow))[0]
    await flow.desk.remove(OWNER, wish.number)
    answer.set()
    await claiming
    await flow.send()

    assert claimed is DeliveryState.CLAIMED
    assert len(flow.sender.messages) == before
    assert (await standing(flow))[0] is DeliveryState.CANCELLED
