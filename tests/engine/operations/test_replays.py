"""Replays: what goes out again, what a dry run says of it, and how it is cancelled."""

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest
from tests.engine.flow import OWNER, URL, Flow
from tests.stores.samples import a_delivery

from bitewing.engine.operations.backlog import MOST_REMEMBERED, BacklogDesk
from bitewing.engine.operations.endpoints import new_endpoint
from bitewing.engine.operations.replays import BATCH, Replay, ReplayDesk
from bitewing.engine.outbox.owing import owe
from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import NotFoundError
from bitewing.model.subscription import Endpoint, EndpointState
from bitewing.ports.outbox import Share, Sought

EVERYTHING = Sought(frozenset(DeliveryState))
HELD = Sought(frozenset({DeliveryState.HELD}))


class Office:
    """A flow with one Endpoint and a replay desk whose replays run when a test says so."""

    def __init__(self, flow: Flow, endpoint: Endpoint) -> None:
        self.flow, self.endpoint = flow, endpoint
        self.begun: list[Coroutine[Any, Any, None]] = []
        self.desk = ReplayDesk(flow.store, flow.clock, flow.signals, self.begun.append)

    async def owe(self, *names: str, lane: int | None = None) -> None:
        now = self.flow.clock.now()
        owed = [
            a_delivery(name, endpoint=self.endpoint.id, lane=lane)._replace(
                due_at=now, created_at=now
            )
            for name in names
        ]
        await self.flow.store.write(lambda tx: owe(tx, owed))

    async def turn(self, state: EndpointState) -> None:
        changed = replace(self.endpoint, state=state)
        await self.flow.store.write(lambda tx: tx.endpoints.put(changed))
        self.flow.signals.endpoints.add(changed.id)

    async def replay(self, sought: Sought) -> Replay:
        replay = self.desk.start(sought)
        await self.begun.pop()
        return replay

    @property
    def received(self) -> list[str]:
        return [dict(message.headers)["webhook-id"] for message in self.flow.sender.messages]


@pytest.fixture
async def office(flow: Flow) -> Office:
    made = new_endpoint(
        institution="", owner=OWNER, url=URL, dialect="opendental", at=flow.clock.now()
    )
    return Office(flow, await flow.store.write(lambda tx: tx.endpoints.add(made)))


async def test_a_dry_run_says_how_many_to_whom_and_how_old(office: Office) -> None:
    """And changes nothing."""
    began = office.flow.clock.now()
    await office.turn(EndpointState.DISABLED)
    await office.owe("a")
    office.flow.pass_time(60)
    await office.owe("b")

    assert await office.desk.dry_run(HELD) == [Share(office.endpoint.id, 2, began)]
    assert await office.desk.dry_run(replace(HELD, since=office.flow.clock.now())) == [
        Share(office.endpoint.id, 1, office.flow.clock.now())
    ]
    assert await office.desk.dry_run(replace(HELD, owner="somebody")) == []
    assert await office.flow.tally() == {DeliveryState.HELD: 2}


async def test_held_ones_are_resumed_in_their_order(office: Office) -> None:
    """Behind what is under way in their lane, with their own ids."""
    await office.turn(EndpointState.DISABLED)
    await office.owe("a", "b", lane=1)
    await office.turn(EndpointState.ACTIVE)
    await office.owe("c", lane=1)
    await office.flow.dispatch()
    replay = await office.replay(HELD)
    await office.flow.send()

    assert (replay.done, replay.is_over) == (2, True)
    assert office.received == ["c", "a", "b"]
    assert await office.flow.tally() == {DeliveryState.DELIVERED: 3}


async def test_what_has_ended_goes_out_again_under_the_same_id(office: Office) -> None:
    """As a new Delivery that says what it repeats; it is not repeated by the same replay."""
    await office.owe("a", "b")
    await office.flow.send()
    replay = await office.replay(EVERYTHING)
    await office.flow.send()
    newest = await office.flow.store.read(lambda tx: tx.outbox.recent(2))

    assert (replay.done, replay.unable) == (2, 0)
    assert office.received == ["a", "b", "a", "b"]
    assert [one.replay_of for one in newest] == ["b", "a"]


async def test_what_was_owed_in_strict_order_may_be_replayed(office: Office) -> None:
    """The copy stands in the Endpoint's lane once, as the first one did."""
    ordered = replace(office.endpoint, is_ordered=True)
    await office.flow.store.write(lambda tx: tx.endpoints.put(ordered))
    await office.owe("a")
    await office.flow.send()
    replay = await office.replay(EVERYTHING)
    await office.flow.send()

    assert (replay.done, replay.unable) == (1, 0)
    assert office.received == ["a", "a"]


async def test_one_may_be_replayed_alone(office: Office) -> None:
    """By its id."""
    await office.owe("a", "b")
    await office.flow.send()
    replay = await office.replay(replace(EVERYTHING, delivery="b"))
    await office.flow.send()

    assert replay.done == 1
    assert office.received == ["a", "b", "b"]


async def test_what_is_on_its_way_is_not_repeated(office: Office) -> None:
    """It will arrive by itself."""
    await office.owe("a")

    assert await office.desk.dry_run(EVERYTHING) == []
    assert (await office.replay(EVERYTHING)).done == 0


async def test_a_replay_is_cancelled_while_it_runs(office: Office) -> None:
    """What is owed already stays owed; nothing more follows."""
    await office.turn(EndpointState.DISABLED)
    await office.owe(*[f"msg-{number}" for number in range(BATCH + 5)])
    replay = office.desk.start(HELD)
    running = office.begun.pop()
    store = office.flow.store
    write = store.write

    class Watched:
        """Cancels the replay when its first batch is written."""

        async def read(self, work: Any) -> Any:
            return await store.read(work)

        async def write(self, work: Any) -> Any:
            replay.cancel()
            return await write(work)

    running.close()
    watched = ReplayDesk(Watched(), office.flow.clock, office.flow.signals, office.begun.append)  # type: ignore[arg-type]
    await watched._run(replay)

    assert (replay.done, replay.is_over) == (BATCH, True)
    assert await office.flow.tally() == {DeliveryState.HELD: 5, DeliveryState.PENDING: BATCH}


async def test_the_oldest_replays_that_are_over_are_forgotten(office: Office) -> None:
    """The numbers go on; one that still runs can always be asked about."""
    desk = BacklogDesk(office.flow.store, office.desk)
    waiting, _ = await desk.start(EVERYTHING)
    running, newest = office.begun.pop(), 0
    for _ in range(MOST_REMEMBERED + 5):
        newest, _ = await desk.start(EVERYTHING)
        await office.begun.pop()

    assert newest == MOST_REMEMBERED + 6
    assert desk.replay("", newest).is_over
    assert not desk.replay("", waiting).is_over
    with pytest.raises(NotFoundError):
        desk.replay("", waiting + 1)
    await running
