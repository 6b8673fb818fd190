"""The pruner: old and settled Deliveries are forgotten, a batch at a time."""

from tests.fakes.clock import FakeClock
from tests.stores.samples import NOON, a_delivery, add_deliveries, claim_at, settle_as

from bitewing.engine.upkeep.pruner import BATCH, KEPT, Pruner
from bitewing.model.delivery import DeliveryState
from bitewing.ports.store import Store


async def test_it_forgets_in_batches_and_then_rests(store: Store) -> None:
    """More than a batch: it comes again soon; nothing left: it rests."""
    many = [a_delivery(f"d{number}") for number in range(BATCH + 1)]
    await store.write(lambda tx: add_deliveries(tx, *many))
    await store.write(lambda tx: claim_at(tx, 0, limit=BATCH + 1))
    await store.write(lambda tx: [settle_as(tx, one.id, DeliveryState.DELIVERED) for one in many])
    young = Pruner(store, clock=FakeClock(at=NOON + KEPT / 2))
    old = Pruner(store, clock=FakeClock(at=NOON + KEPT * 2))

    assert await young.step() == 60.0
    assert await store.read(lambda tx: tx.outbox.get("d0")) is not None
    assert [await old.step(), await old.step()] == [0.5, 60.0]
    assert await store.read(lambda tx: tx.outbox.get(many[-1].id)) is None
