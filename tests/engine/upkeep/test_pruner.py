"""The pruner: what has ended and what is old is forgotten, a batch at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.engine.flow import A_WISH, URL, Flow
from tests.fakes.clock import FakeClock
from tests.fakes.sender import answered
from tests.stores.samples import NOON, a_change, a_delivery, add_deliveries, claim_at, settle_as

from bitewing.engine.upkeep.pruner import BATCH, SHORTEST, Kept, Pruner
from bitewing.model.delivery import DeliveryState
from bitewing.model.subscription import EndpointState
from bitewing.ports.store import Store, Transaction

KEPT = Kept()
A_DAY = 86400.0
A_WEEK = 7 * A_DAY


async def test_it_forgets_in_batches_and_then_rests(store: Store) -> None:
    """More than a batch: it comes again soon; nothing left: it rests."""
    many = [a_delivery(f"d{number}") for number in range(BATCH + 1)]
    await store.write(lambda tx: add_deliveries(tx, *many))
    await store.write(lambda tx: claim_at(tx, 0, limit=BATCH + 1))
    await store.write(lambda tx: [settle_as(tx, one.id, DeliveryState.DELIVERED) for one in many])
    young = Pruner(store, clock=FakeClock(at=NOON + KEPT.deliveries / 2), kept=KEPT)
    old = Pruner(store, clock=FakeClock(at=NOON + KEPT.deliveries * 2), kept=KEPT)

    assert await young.step() == 60.0
    assert await store.read(lambda tx: tx.outbox.get("d0")) is not None
    assert [await old.step(), await old.step()] == [0.5, 60.0]
    assert await store.read(lambda tx: tx.outbox.get(many[-1].id)) is None


async def test_changes_are_forgotten_in_batches(store: Store) -> None:
    """Of each Source; what is younger stays, and numbers go on as if nothing had happened."""
    many = [a_change(number) for number in range(1, BATCH + 3)]
    young = replace(a_change(BATCH + 3), noticed_at=NOON + KEPT.changes * 2)
    await store.write(lambda tx: tx.changes.append("main", [*many, young]))
    await store.write(lambda tx: tx.changes.append("other", [a_change(1, source="other")]))
    pruner = Pruner(store, clock=FakeClock(at=NOON + KEPT.changes * 2), kept=KEPT)
    earliest, pauses = [], []
    for _ in range(3):
        pauses.append(await pruner.step())
        earliest.append(await store.read(lambda tx: tx.changes.earliest("main")))

    assert earliest == [BATCH + 1, BATCH + 3, BATCH + 3]
    assert pauses == [0.5, 60.0, 60.0]
    assert await store.read(lambda tx: tx.changes.between("main", 1, 9999, 9)) == [young]
    assert await store.read(lambda tx: tx.changes.earliest("other")) == 2
    assert await store.read(lambda tx: tx.changes.latest("other")) == 1


async def test_changes_are_kept_longer_than_receivers_are_sent_them(store: Store) -> None:
    """Whatever is asked for: a window reaches back three days."""
    await store.write(lambda tx: tx.changes.append("main", [a_change(1)]))
    hasty = Kept(changes=timedelta(0))
    await Pruner(store, clock=FakeClock(at=NOON + SHORTEST), kept=hasty).step()
    kept = await store.read(lambda tx: tx.changes.earliest("main"))
    await Pruner(store, clock=FakeClock(at=NOON + SHORTEST * 2), kept=hasty).step()

    assert kept == 1
    assert await store.read(lambda tx: tx.changes.earliest("main")) == 2


async def prune(flow: Flow) -> None:
    """Let a pruner that keeps Changes for five days come by until it rests."""
    pruner = Pruner(flow.store, clock=flow.clock, kept=Kept(changes=timedelta(days=5)))
    while await pruner.step() < 1:
        pass


async def turn(flow: Flow, number: int, state: EndpointState) -> None:
    """Pause the Endpoint of a Subscription, or let it be sent to again."""
    endpoint = (await flow.subscription(number)).endpoint

    def work(tx: Transaction) -> None:
        standing = tx.endpoints.get(endpoint)
        assert standing is not None
        tx.endpoints.put(replace(standing, state=state))

    await flow.store.write(work)
    flow.signals.dispatch.set()


async def note(flow: Flow, *keys: int) -> None:
    """Change appointments, each for itself."""
    for key in keys:
        flow.source.update("Appointment", key, note=f"{key} at {flow.source.now}")
        await flow.poller.poll()
        flow.pass_time(1)


async def test_the_ledger_adds_up_when_changes_are_forgotten(watching: Flow) -> None:
    """Delivered, unwished and waiting are as they were; a later Subscription counts them too."""
    await note(watching, 1)
    await watching.subscribe()
    await note(watching, 2, 3)
    await watching.run()
    before = await watching.ledger()
    watching.pass_time(A_WEEK)
    await note(watching, 1)
    await prune(watching)
    await watching.subscribe(replace(A_WISH, url=f"{URL}/late"))
    after = await watching.ledger()
    earliest = await watching.store.read(lambda tx: tx.changes.earliest("main"))

    assert (before.seen, before.delivered, before.not_subscribed) == (3, 2, 1)
    assert earliest == 4
    assert after.adds_up
    assert (after.seen, after.delivered, after.waiting, after.not_subscribed) == (8, 2, 1, 5)


@pytest.mark.parametrize("kind", ["over", "to come"])
async def test_a_subscription_that_is_sent_nothing_keeps_nothing(watching: Flow, kind: str) -> None:
    """Its end has passed, or its start lies ahead: what is too old for it counts as given up."""
    now = watching.source.now
    over, to_come = (
        replace(A_WISH, stops_at=now),
        replace(A_WISH, starts_at=now + timedelta(days=99)),
    )
    await watching.subscribe(over if kind == "over" else to_come)
    await note(watching, 1, 2)
    watching.pass_time(A_WEEK)
    await note(watching, 3)
    await prune(watching)
    books = await watching.ledger()

    assert await watching.store.read(lambda tx: tx.changes.earliest("main")) == 3
    assert books.adds_up
    assert (books.seen, books.failed, books.waiting) == (3, 2, 1)


async def test_what_a_window_under_way_has_counted_is_kept(watching: Flow) -> None:
    """Also what is old; it is forgotten when the window has ended."""
    watching.sender.standing[URL] = answered(500)
    await watching.subscribe()
    await note(watching, 1, 2)
    await watching.run()
    watching.pass_time(4 * A_DAY)
    watching.sender.standing.clear()
    await note(watching, 3)
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    watching.pass_time(2 * A_DAY)
    await prune(watching)
    during = await watching.store.read(lambda tx: tx.changes.earliest("main"))
    await watching.send()
    await watching.run()
    await prune(watching)
    books = await watching.ledger()

    assert during == 1
    assert await watching.store.read(lambda tx: tx.changes.earliest("main")) == 3
    assert (books.delivered, books.failed, books.adds_up) == (1, 2, True)


@pytest.mark.parametrize("how", ["over", "paused"])
async def test_a_window_that_does_not_end_keeps_nothing(watching: Flow, how: str) -> None:
    """Its end came between two pages, or its Endpoint is paused while a page waits."""
    watching.dialect.page_size = 2
    stops_at = watching.source.now + timedelta(seconds=30)
    number = await watching.subscribe(replace(A_WISH, stops_at=stops_at if how == "over" else None))
    await note(watching, 1, 2, 3)
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    if how == "over":
        watching.pass_time(60)
        await watching.poller.poll()
        await watching.send()
    else:
        await turn(watching, number, EndpointState.PAUSED)
    watching.pass_time(A_WEEK)
    await watching.poller.poll()
    await watching.send()
    await prune(watching)
    books = await watching.ledger()

    assert await watching.store.read(lambda tx: tx.changes.earliest("main")) == 4
    assert (await watching.subscription(number)).window is None
    assert (books.failed, books.waiting, books.adds_up) == (3, 0, True)


@pytest.mark.parametrize("status", [204, 500])
async def test_a_late_page_is_settled_without_its_window(watching: Flow, status: int) -> None:
    """Taken or not, it counts no Change again, and what is new follows it."""
    number = await watching.subscribe()
    await note(watching, 1)
    watching.pass_time(11)
    await watching.poller.poll()
    await watching.pacer.step()
    await turn(watching, number, EndpointState.PAUSED)
    watching.pass_time(A_WEEK)
    await prune(watching)
    watching.sender.script.append(answered(status))
    await turn(watching, number, EndpointState.ACTIVE)
    await watching.send()
    late = watching.received_keys
    await note(watching, 2)
    await watching.run()
    books = await watching.ledger()

    assert (late, watching.received_keys) == ([[1]], [[1], [2]])
    assert (books.delivered, books.failed, books.adds_up) == (1, 1, True)


async def test_what_fails_for_longer_than_three_days_is_given_up_once(watching: Flow) -> None:
    """Whether the window or the pruner comes first, each Change is counted once."""
    watching.sender.standing[URL] = answered(500)
    await watching.subscribe()
    await note(watching, 1, 2)
    await watching.run()
    watching.pass_time(A_WEEK)
    await prune(watching)
    await note(watching, 3)
    watching.sender.standing.clear()
    await watching.run(20)
    watching.pass_time(4000)
    await watching.run(20)
    books = await watching.ledger()

    assert books.adds_up
    assert (books.seen, books.delivered, books.failed) == (3, 1, 2)
