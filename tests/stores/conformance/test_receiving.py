"""What a Reception takes over, in every store."""

import asyncio

import pytest
from tests.fakes.reception import FakeReception
from tests.stores.samples import a_delivery, add_deliveries, claim_at, settle_as

from bitewing.model.delivery import DeliveryState
from bitewing.ports.store import Store, Transaction


async def test_what_is_taken_over_is_claimed_as_it_is_added(
    receiving_store: Store, reception: FakeReception
) -> None:
    """It is handed on as it was added; nobody else can claim it, and it can be settled."""
    delivery, other = a_delivery("a"), a_delivery("b", endpoint=2)
    await receiving_store.write(lambda t: add_deliveries(t, delivery, other))
    kept = await receiving_store.read(lambda t: (t.outbox.get("a"), t.outbox.get("b")))
    claimed = await receiving_store.write(lambda t: claim_at(t, 0))
    await receiving_store.write(lambda t: settle_as(t, "a", DeliveryState.DELIVERED))
    settled = await receiving_store.read(lambda t: t.outbox.get("a"))

    assert [claim[:2] for claim in reception.arrived] == [(delivery, reception.until)]
    assert kept[0] is not None
    assert (kept[0].state, kept[0].claimed_until) == (DeliveryState.CLAIMED, reception.until)
    assert kept[1] == other
    assert claimed == []
    assert settled is not None
    assert settled.state is DeliveryState.DELIVERED


async def test_who_waits_for_another_in_a_lane_is_not_taken_over(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Nor who is held; when the first has gone the next can be claimed."""
    first, second = a_delivery("a", lane=1), a_delivery("b", lane=1)
    held = a_delivery("h")._replace(state=DeliveryState.HELD)
    await receiving_store.write(lambda t: add_deliveries(t, first, second, held))
    before = await receiving_store.write(lambda t: claim_at(t, 0))
    await receiving_store.write(lambda t: settle_as(t, "a", DeliveryState.DELIVERED))
    after = await receiving_store.write(lambda t: claim_at(t, 0))

    assert [claim.delivery.id for claim in reception.arrived] == ["a"]
    assert (before, after) == ([], ["b"])


async def test_what_was_undone_is_not_handed_on(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Though what was done in the same commit is."""

    def fail(tx: Transaction) -> None:
        add_deliveries(tx, a_delivery("lost"))
        raise ValueError("undone")

    async with asyncio.TaskGroup() as group:
        group.create_task(receiving_store.write(lambda t: add_deliveries(t, a_delivery("a"))))
        failing = asyncio.ensure_future(receiving_store.write(fail))
        group.create_task(receiving_store.write(lambda t: add_deliveries(t, a_delivery("b"))))
        with pytest.raises(ValueError, match="undone"):
            await failing

    assert [claim.delivery.id for claim in reception.arrived] == ["a", "b"]


async def test_what_was_taken_over_and_never_settled_is_rescued(
    receiving_store: Store, reception: FakeReception
) -> None:
    """When its claim has run out, like any other."""
    await receiving_store.write(lambda t: add_deliveries(t, a_delivery("a")))
    early = await receiving_store.write(
        lambda t: t.outbox.rescue(reception.until.replace(year=2000))
    )
    rescued = await receiving_store.write(lambda t: t.outbox.rescue(reception.until))

    assert (early, rescued) == (0, 1)
    assert await receiving_store.write(lambda t: claim_at(t, 0)) == ["a"]


async def test_what_is_cancelled_while_it_is_claimed_is_recalled(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Once; given back it is cancelled, as it is when it ends without being taken."""
    first, second = a_delivery("a"), a_delivery("b", endpoint=2)
    await receiving_store.write(lambda t: add_deliveries(t, first, second))
    await receiving_store.write(lambda t: t.outbox.cancel(first.subscription, 10))
    recalled = set(reception.recalled)
    reception.recalled.clear()
    await receiving_store.write(lambda t: t.outbox.cancel(first.subscription, 10))
    await receiving_store.write(lambda t: t.outbox.give_back(["a"]))
    given_back = await receiving_store.read(lambda t: t.outbox.get("a"))

    assert recalled == {"a"}
    assert reception.recalled == set()
    assert given_back is not None
    assert given_back.state is DeliveryState.CANCELLED
