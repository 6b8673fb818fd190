"""Cancelling a backlog: in pieces, and what follows with the last of them."""

from tests.stores.samples import a_delivery

from bitewing.engine.outbox.cancelling import BATCH, cancel_and
from bitewing.model.delivery import DeliveryState
from bitewing.ports.store import Store, Transaction


async def test_a_backlog_goes_in_pieces_and_then_the_work_is_done(store: Store) -> None:
    """No transaction cancels more than a batch, of however many Subscriptions; none is left."""
    many = [a_delivery(f"d{number}", subscription=number % 2) for number in range(BATCH * 2 + 3)]
    await store.write(lambda tx: tx.outbox.add(many))
    cancelled_before = []

    def owed_by(tx: Transaction) -> list[int]:
        cancelled_before.append(tx.outbox.tally()[DeliveryState.CANCELLED])
        return [0, 1]

    left = await cancel_and(store, owed_by, lambda tx: tx.outbox.tally())

    assert cancelled_before == [0, BATCH, BATCH * 2]
    assert left[DeliveryState.CANCELLED] == len(many)
    assert left[DeliveryState.PENDING] == 0
