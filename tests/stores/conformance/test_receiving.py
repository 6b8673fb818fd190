"""What a Reception takes over, in every store."""

import asyncio
from functools import partial

import pytest
from tests.fakes.reception import FakeReception
from tests.stores.samples import (
    a_delivery,
    a_sent,
    add_deliveries,
    after_noon,
    claim_at,
    settle_as,
)

from bitewing.model.delivery import Delivery, DeliveryState, Settlement
from bitewing.ports.outbox import Sought, Turn
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


def _add_behind_another(refused: Delivery, tx: Transaction) -> None:
    add_deliveries(tx, a_delivery("lost", lane=8), refused)


async def test_nobody_stands_twice_in_a_lane(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Whether it would be taken over, wait, or be held: refused, and the lane stays free."""
    twice = a_delivery("a", lanes=(7, 7))
    held = twice._replace(state=DeliveryState.HELD)
    for refused in (twice, twice._replace(endpoint=2), held):
        with pytest.raises(ValueError, match="twice in a lane"):
            await receiving_store.write(partial(_add_behind_another, refused))
    await receiving_store.write(lambda t: add_deliveries(t, a_delivery("a", lane=7)))

    assert [claim.delivery.id for claim in reception.arrived] == ["a"]


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


async def test_until_it_is_taken_nobody_sees_anything_of_it_but_a_claim(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Counted, sought and never forgotten as one that was not tried yet."""
    delivery = a_delivery("a")
    await receiving_store.write(lambda t: add_deliveries(t, delivery))
    states = {state: Sought(frozenset({state}), is_untried=True) for state in DeliveryState}

    def look(tx: Transaction) -> tuple[object, ...]:
        return (
            {state: tx.outbox.seek(sought, after=0, limit=9) for state, sought in states.items()},
            {state: tx.outbox.survey(sought) != [] for state, sought in states.items()},
            tx.outbox.tally(),
            tx.outbox.outstanding(delivery.subscription),
            tx.outbox.outstanding(delivery.subscription + 1),
            tx.outbox.attempts("a"),
            tx.outbox.recent(1),
        )

    seen = await receiving_store.read(look)
    pruned = await receiving_store.write(lambda t: t.outbox.prune(after_noon(9999), 10))
    claimed = delivery._replace(state=DeliveryState.CLAIMED, claimed_until=reception.until)

    assert seen == (
        {state: [(1, "a")] * (state is DeliveryState.CLAIMED) for state in DeliveryState},
        {state: state is DeliveryState.CLAIMED for state in DeliveryState},
        {state: int(state is DeliveryState.CLAIMED) for state in DeliveryState},
        1,
        0,
        [],
        [claimed],
    )
    assert pruned == 0
    assert await receiving_store.read(lambda t: t.outbox.get("a")) == claimed


async def test_what_was_taken_at_its_first_attempt_says_so(
    receiving_store: Store, reception: FakeReception
) -> None:
    """When it was first tried, and that it was delivered; then it may be forgotten."""
    delivery = a_delivery("a")
    await receiving_store.write(lambda t: add_deliveries(t, delivery))
    sent = a_sent(reception.arrived[0], seconds=3)
    moved = await receiving_store.write(lambda t: t.outbox.settle_taken([sent, sent]))
    again = await receiving_store.write(lambda t: t.outbox.settle_taken([sent]))
    found = await receiving_store.read(lambda t: (t.outbox.get("a"), t.outbox.attempts("a")))
    tally = await receiving_store.read(lambda t: t.outbox.tally())
    outstanding = await receiving_store.read(lambda t: t.outbox.outstanding(1))
    pruned = await receiving_store.write(lambda t: t.outbox.prune(after_noon(9999), 10))

    assert (moved, again) == (1, 0)
    assert found == (
        delivery._replace(state=DeliveryState.DELIVERED, attempts=1, first_tried_at=after_noon(3)),
        [sent.attempt],
    )
    assert (tally[DeliveryState.DELIVERED], tally[DeliveryState.CLAIMED]) == (1, 0)
    assert (outstanding, pruned) == (0, 1)


async def test_one_that_was_not_taken_fails_like_any_other(
    receiving_store: Store, reception: FakeReception
) -> None:
    """It is tried again, counts from its first Attempt, and its lane waits; others are taken."""
    deliveries = [a_delivery(one, lane=lane) for lane, one in enumerate("abc")]
    behind = [a_delivery(one, lane=lane) for lane, one in enumerate("xyz")]
    await receiving_store.write(lambda t: add_deliveries(t, *deliveries, *behind))
    first, second, third = [a_sent(claim, seconds=3) for claim in reception.arrived]
    failed_then = Settlement(second.attempt, DeliveryState.PENDING, after_noon(30))
    taken = await receiving_store.write(lambda t: t.outbox.settle_taken([first, third]))
    moved = await receiving_store.write(lambda t: t.outbox.settle([failed_then]))
    failed = await receiving_store.read(lambda t: t.outbox.get("b"))
    freed = await receiving_store.write(lambda t: claim_at(t, 0))
    retried = await receiving_store.write(lambda t: claim_at(t, 30))

    assert (taken, moved) == (2, {"b"})
    assert failed is not None
    assert (failed.state, failed.attempts) == (DeliveryState.PENDING, 1)
    assert failed.first_tried_at == after_noon(3)
    assert (freed, retried) == (["x", "z"], ["b"])


async def test_what_is_given_back_is_as_it_was_before(
    receiving_store: Store, reception: FakeReception
) -> None:
    """Pending and untried, in its lane before those that came behind it."""
    first, behind = a_delivery("a", lane=7), a_delivery("b", lane=7)
    await receiving_store.write(lambda t: add_deliveries(t, first, behind))
    await receiving_store.write(lambda t: t.outbox.give_back(["a", "b"]))
    kept = await receiving_store.read(lambda t: t.outbox.get("a"))
    turns = await receiving_store.read(lambda t: t.outbox.turns())
    claims = await receiving_store.write(lambda t: claim_at(t, 0))

    assert len(reception.arrived) == 1
    assert kept == first
    assert turns == [Turn(1, is_retry=False, due_at=first.due_at)]
    assert claims == ["a"]


async def test_who_is_cancelled_behind_one_that_was_taken_over_frees_nobody(
    receiving_store: Store, reception: FakeReception
) -> None:
    """The next in the lane goes on waiting for the first."""
    first = a_delivery("a", lane=7, subscription=1)
    second, third = a_delivery("b", lane=7, subscription=2), a_delivery("c", lane=7)
    await receiving_store.write(lambda t: add_deliveries(t, first, second, third))
    await receiving_store.write(lambda t: t.outbox.cancel(2, 10))
    before = await receiving_store.write(lambda t: claim_at(t, 0))
    sent = a_sent(reception.arrived[0])
    await receiving_store.write(lambda t: t.outbox.settle_taken([sent]))
    after = await receiving_store.write(lambda t: claim_at(t, 0))

    assert (before, after) == ([], ["c"])
