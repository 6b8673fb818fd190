"""How SQLite settles."""

from datetime import timedelta

from tests.stores.samples import NOON, a_delivery, add_deliveries, an_attempt

from bitewing.model.delivery import DeliveryState, Settlement
from bitewing.ports.outbox import Want
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore


async def test_what_was_taken_is_settled_without_being_looked_for(
    sqlite_store: SqliteStore,
) -> None:
    """Nearly all are; to read each of them first would cost a third of the whole."""
    deliveries = [a_delivery(f"d{number}", lane=number) for number in range(40)]

    def claim(tx: Transaction) -> list[Settlement]:
        add_deliveries(tx, *deliveries)
        until = NOON + timedelta(minutes=1)
        claims = tx.outbox.claim(NOON, until, Want(1, is_retry=False, limit=100))
        return [
            Settlement(an_attempt(one.delivery.id), DeliveryState.DELIVERED, claim=one)
            for one in claims
        ]

    settlements = await sqlite_store.write(claim)
    statements: list[str] = []

    def settle(tx: Transaction) -> None:
        tx.connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]
        try:
            tx.outbox.settle(settlements)
        finally:
            tx.connection.set_trace_callback(None)  # type: ignore[attr-defined]

    await sqlite_store.write(settle)
    read = [one for one in statements if "SELECT id, ordinal, state" in one]

    assert read == []
    assert len([one for one in statements if "UPDATE delivery" in one]) == 2
    assert (await sqlite_store.read(lambda tx: tx.outbox.tally()))[DeliveryState.DELIVERED] == 40
