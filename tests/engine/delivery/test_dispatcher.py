"""The dispatcher: what it claims, how much of it, and what happens to claims that run out."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from tests.engine.flow import A_WISH, SELECTED, URL, Flow
from tests.fakes.sender import answered
from tests.stores.samples import an_endpoint

from bitewing.engine.delivery.dispatcher import LAST_SECONDS, LEASE
from bitewing.engine.delivery.traffic import SLOWEST
from bitewing.engine.supervisor import DRAIN_SECONDS
from bitewing.model.delivery import DeliveryState
from bitewing.model.subscription import CONCURRENCY
from bitewing.ports.store import Store, Transaction

T = TypeVar("T")


async def compose_one(flow: Flow) -> int:
    """Bring one Change into the outbox; give the Subscription's number."""
    number = await flow.subscribe()
    flow.source.touch("Appointment", 1)
    await flow.poller.poll()
    await flow.pacer.step()
    return number


async def select_patients(flow: Flow, count: int) -> None:
    """Owe so many UI events, which may all go out at once."""
    await flow.subscribe(SELECTED)
    for patient in range(1, count + 1):
        flow.source.insert("Patient", patient)
        await flow.counter.patient_selected("main", patient=patient, workstation="MOLLYR")


class Interrupted:
    """A store of which the next use may be broken off with ``error``; it notes its ``uses``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.error: BaseException | None = None
        self.uses: list[str] = []

    async def read(self, work: Callable[[Transaction], T]) -> T:
        self._break_off()
        self.uses.append("read")
        return await self._store.read(work)

    async def write(self, work: Callable[[Transaction], T]) -> T:
        self._break_off()
        self.uses.append("write")
        return await self._store.write(work)

    def _break_off(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error


async def test_what_is_due_is_claimed_once(watching: Flow) -> None:
    """A second step finds nothing more to do."""
    await compose_one(watching)
    for _ in range(3):
        await watching.dispatch()

    assert len(watching.sender.posted) == watching.dispatcher.under_way == 1


async def test_exchanges_run_beside_each_other_up_to_the_endpoints_concurrency(
    watching: Flow,
) -> None:
    """The rest waits until there is room; each end begins the next by itself."""
    await select_patients(watching, CONCURRENCY + 3)
    first = await watching.dispatch()
    still = await watching.dispatch()
    ended = watching.sender.answer_all()

    assert (first, still, ended) == (CONCURRENCY, CONCURRENCY, CONCURRENCY)
    assert len(watching.sender.posted) == 3


async def test_one_lane_never_overlaps(watching: Flow) -> None:
    """A slow receiver has one Message of a Subscription under way, however many are owed."""
    watching.dialect.page_size = 1
    await watching.subscribe()
    await watching.subscribe(replace(A_WISH, url=f"{URL}/other"))
    for key in (1, 2, 3):
        watching.source.touch("Appointment", key)
    watching.pass_time(11)
    await watching.poller.poll()
    for _ in range(4):
        await watching.pacer.step()
        await watching.dispatch()
    await watching.send()

    assert watching.sender.busiest == {URL: 1, f"{URL}/other": 1}
    assert len(watching.sender.messages) == 6


async def test_an_ended_exchange_wakes_dispatcher_and_then_pacer(watching: Flow) -> None:
    """There is something to settle; then the next page may follow."""
    await compose_one(watching)
    await watching.dispatch()
    watching.signals.pacing.clear()
    watching.signals.dispatch.clear()
    watching.sender.answer_all()
    woken = watching.signals.dispatch.is_set()
    await watching.dispatcher.step()

    assert woken and watching.signals.pacing.is_set()
    assert watching.dispatcher.under_way == 0


async def test_a_crash_between_claim_and_settling_is_rescued(watching: Flow) -> None:
    """When the claim has run out, the same bytes go out under the same id."""
    number = await compose_one(watching)
    await watching.dispatch()
    (claimed,) = await watching.store.read(lambda tx: tx.outbox.recent(1))
    watching.crash()
    watching.sender.messages.clear()
    watching.start()
    watching.pass_time(LEASE.total_seconds() - 1)
    await watching.rescuer.step()
    early = await watching.send()
    watching.pass_time(1)
    await watching.rescuer.step()
    await watching.send()

    assert early == 0
    assert [dict(m.headers)["webhook-id"] for m in watching.sender.messages] == [claimed.id]
    assert watching.last_message.body == claimed.body
    assert (await watching.subscription(number)).delivered == 1


async def test_a_claim_that_runs_out_under_way_is_not_sent_beside_itself(watching: Flow) -> None:
    """Our clock jumps two minutes ahead while a receiver takes its time."""
    number = await compose_one(watching)
    await watching.dispatch()
    watching.clock.set_wall_clock(watching.clock.now() + timedelta(minutes=2))
    await watching.rescuer.step()
    await watching.dispatch()
    beside = len(watching.sender.posted)
    await watching.send()

    assert beside == 1
    assert len(watching.sender.messages) == 1
    assert (await watching.subscription(number)).delivered == 1


async def test_a_late_success_settles_a_rescued_delivery(watching: Flow) -> None:
    """It has arrived: it is not sent once more."""
    await compose_one(watching)
    await watching.dispatch()
    watching.clock.advance(LEASE.total_seconds())
    await watching.rescuer.step()
    await watching.answer()

    assert await watching.tally() == {DeliveryState.DELIVERED: 1}


async def test_what_has_waited_long_goes_out_under_a_new_claim(watching: Flow) -> None:
    """A claim that could end under way is given back instead: nobody else sends the same."""
    await select_patients(watching, CONCURRENCY + 1)
    await watching.dispatch()
    before = await watching.tally()
    watching.clock.advance((LEASE - SLOWEST).total_seconds() + 1)
    watching.sender.answer_all()
    beside = len(watching.sender.posted)
    await watching.dispatch()
    (last,) = [
        one
        for one in await watching.store.read(lambda tx: tx.outbox.recent(99))
        if one.state is DeliveryState.CLAIMED
    ]

    assert before == {DeliveryState.CLAIMED: CONCURRENCY + 1}
    assert (beside, len(watching.sender.posted)) == (0, 1)
    assert last.claimed_until == watching.clock.now() + LEASE


async def test_a_late_failure_of_a_rescued_delivery_is_only_remembered(watching: Flow) -> None:
    """The new exchange settles it; the old answer is kept as an Attempt, and fails nothing."""
    number = await compose_one(watching)
    await watching.dispatch()
    watching.clock.advance(LEASE.total_seconds())
    await watching.rescuer.step()
    watching.sender.script.append(answered(500))
    await watching.answer()
    between, wish = await watching.tally(), await watching.subscription(number)
    await watching.send()

    assert between == {DeliveryState.PENDING: 1}
    assert (wish.failures, wish.window is None) == (0, False)
    assert await watching.tally() == {DeliveryState.DELIVERED: 1}


async def test_the_dispatcher_sleeps_until_something_is_due(watching: Flow) -> None:
    """Never longer than a second; signals wake it anyway."""
    await compose_one(watching)
    (delivery,) = await watching.store.read(lambda tx: tx.outbox.recent(1))
    await watching.dispatch()
    idle = await watching.dispatcher.step()
    soon = delivery._replace(
        id="msg_2", lanes=(), due_at=watching.clock.now() + timedelta(seconds=0.25)
    )
    await watching.store.write(lambda tx: tx.outbox.add([soon]))

    assert idle == 1.0
    assert await watching.dispatcher.step() == 0.25


async def test_draining_does_not_wait_for_one_that_hangs(watching: Flow) -> None:
    """What was taken by then is settled in time; only the one that hangs is sent once more."""
    await select_patients(watching, 2)
    await watching.dispatch()
    hanging = watching.sender.posted.pop()
    async with asyncio.TaskGroup() as group:
        draining = group.create_task(watching.dispatcher.drain())
        await watching.clock.until_waiting()
        watching.sender.answer_all()
        watching.sender.posted.append(hanging)
        watching.clock.advance(LAST_SECONDS)
        await draining

    assert LAST_SECONDS < DRAIN_SECONDS
    assert await watching.tally() == {DeliveryState.DELIVERED: 1, DeliveryState.CLAIMED: 1}


async def test_what_has_ended_is_settled_though_the_step_was_broken_off(watching: Flow) -> None:
    """The program is stopped while the store is asked: the answer is not lost."""
    await compose_one(watching)
    store = Interrupted(watching.store)
    watching.store = store  # type: ignore[assignment]
    watching.start()
    await watching.dispatch()
    watching.sender.answer_all()
    store.error = asyncio.CancelledError()
    with pytest.raises(asyncio.CancelledError):
        await watching.dispatcher.step()
    await watching.dispatcher.drain()

    assert await watching.tally() == {DeliveryState.DELIVERED: 1}


@pytest.mark.parametrize(("beside", "uses"), [(0, ["write"]), (100, ["write", "read"])])
async def test_whose_turn_it_is_among_many_is_asked_beside_the_writer(
    watching: Flow, beside: int, uses: list[str]
) -> None:
    """What is to be settled does not wait for it, nor what others write."""
    await compose_one(watching)
    store = Interrupted(watching.store)
    watching.store = store  # type: ignore[assignment]
    watching.start()
    await watching.dispatch()
    many = {number: an_endpoint(id=number) for number in range(101, 101 + beside)}
    watching.dispatcher._lines.learn(many, watching.clock.monotonic())
    watching.dispatcher._lines.stirred.clear()
    watching.clock.advance(1)
    watching.sender.answer_all()
    store.uses.clear()
    await watching.dispatcher.step()

    assert store.uses == uses


async def test_an_activated_endpoint_is_looked_at_though_the_store_failed(watching: Flow) -> None:
    """What a person changed is not forgotten when the first look at it fails."""
    await compose_one(watching)
    store = Interrupted(watching.store)
    watching.store = store  # type: ignore[assignment]
    watching.start()
    watching.signals.endpoints.add(1)
    store.error = OSError("The disk is full")
    with pytest.raises(OSError, match="full"):
        await watching.dispatcher.step()

    assert watching.signals.endpoints == {1}


async def test_draining_lets_what_is_under_way_end(watching: Flow) -> None:
    """It is settled; what was only claimed waits in the outbox again, for the next start."""
    await select_patients(watching, CONCURRENCY + 3)
    await watching.dispatch()
    async with asyncio.TaskGroup() as group:
        group.create_task(watching.dispatcher.drain())
        await asyncio.wait([group.create_task(watching.store.read(lambda tx: None))])
        watching.sender.answer_all()
        later = len(watching.sender.posted)

    assert later == 0
    assert await watching.tally() == {
        DeliveryState.DELIVERED: CONCURRENCY,
        DeliveryState.PENDING: 3,
    }
