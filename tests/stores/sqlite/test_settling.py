"""How SQLite settles."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from tests.stores.samples import NOON, a_delivery, a_sent, add_deliveries

from bitewing.model.delivery import DeliveryState, Sent
from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.outbox import Want
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore


async def test_what_was_taken_is_settled_without_being_looked_for(
    sqlite_store: SqliteStore,
) -> None:
    """Nearly all are; to read each of them first would cost a third of the whole."""
    deliveries = [a_delivery(f"d{number}", lane=number) for number in range(40)]

    def claim(tx: Transaction) -> list[Sent]:
        add_deliveries(tx, *deliveries)
        until = NOON + timedelta(minutes=1)
        claims = tx.outbox.claim(NOON, until, Want(1, is_retry=False, limit=100))
        return [a_sent(one) for one in claims]

    taken = await sqlite_store.write(claim)
    statements: list[str] = []

    def settle(tx: Transaction) -> None:
        tx.connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]
        try:
            tx.outbox.settle_taken(taken)
        finally:
            tx.connection.set_trace_callback(None)  # type: ignore[attr-defined]

    await sqlite_store.write(settle)
    read = [one for one in statements if "SELECT id, ordinal, state" in one]

    assert read == []
    assert len([one for one in statements if "UPDATE delivery" in one]) == 2
    assert (await sqlite_store.read(lambda tx: tx.outbox.tally()))[DeliveryState.DELIVERED] == 40


async def test_the_rescue_at_the_start_is_done_whole_or_not_at_all(path: str) -> None:
    """What was cancelled while it was claimed leaves its lane with it, or those behind stand."""
    first, behind = a_delivery("a", lane=1), a_delivery("b", lane=1)._replace(subscription=2)
    store = SqliteStore(path)
    await store.open()
    want = Want(1, is_retry=False, limit=1)
    until = NOON + timedelta(minutes=1)
    await store.write(lambda tx: add_deliveries(tx, first, behind))
    await store.write(lambda tx: tx.outbox.claim(NOON, until, want))
    await store.write(lambda tx: tx.outbox.cancel(first.subscription, 10))
    await store.close()
    broken = "CREATE TRIGGER broken BEFORE DELETE ON lane BEGIN SELECT raise(ABORT, 'no'); END"
    with closing(sqlite3.connect(path)) as table:
        table.execute(broken)
    with pytest.raises(StoreUnavailableError):
        await store.open()
    with closing(sqlite3.connect(path)) as table:
        states = table.execute("SELECT state FROM delivery ORDER BY ordinal").fetchall()
        table.execute("DROP TRIGGER broken")
    await store.open()
    claimed = await store.write(lambda tx: tx.outbox.claim(NOON, until, want))
    await store.close()

    assert states == [("claimed",), ("pending",)]
    assert [claim.delivery.id for claim in claimed] == ["b"]
