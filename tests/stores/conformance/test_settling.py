"""Settling what was claimed, where the claims are known, in every store."""

from datetime import timedelta

from tests.stores.samples import NOON, a_delivery, a_sent, add_deliveries, after_noon, an_attempt

from bitewing.model.delivery import Claim, DeliveryState, Settlement
from bitewing.ports.outbox import Want
from bitewing.ports.store import Store, Transaction

PENDING, DELIVERED = DeliveryState.PENDING, DeliveryState.DELIVERED
CANCELLED, EXHAUSTED = DeliveryState.CANCELLED, DeliveryState.EXHAUSTED


def claimed(tx: Transaction, seconds: float = 0, *, is_retry: bool = False) -> dict[str, Claim]:
    """Claim what is due so many seconds after noon, for a minute."""
    now = after_noon(seconds)
    found = tx.outbox.claim(now, now + timedelta(minutes=1), Want(1, is_retry, limit=100))
    return {claim.delivery.id: claim for claim in found}


async def standing(store: Store, ids: str) -> dict[str, DeliveryState]:
    """Give where these stand."""
    found = await store.read(lambda t: [t.outbox.get(one) for one in ids])
    return {one.id: one.state for one in found if one is not None}


async def test_many_that_were_taken_are_settled_together(store: Store) -> None:
    """Each has its Attempt and its first try, and whoever waited behind it may go."""
    ids = [f"d{number}" for number in range(70)]
    deliveries = [a_delivery(one, lane=number) for number, one in enumerate(ids)]
    waiting = a_delivery("waiting", lane=3)
    await store.write(lambda t: add_deliveries(t, *deliveries, waiting))
    claims = await store.write(claimed)
    taken = [a_sent(claims[one], seconds=n) for n, one in enumerate(ids)]
    moved = await store.write(lambda t: t.outbox.settle_taken(taken))
    found = await store.read(lambda t: [t.outbox.get(one) for one in ids])
    attempts = await store.read(lambda t: [t.outbox.attempts(one) for one in ids])
    freed = await store.write(claimed)

    assert moved == 70
    assert [(one.state, one.attempts) for one in found if one] == [(DELIVERED, 1)] * 70
    assert [one.first_tried_at for one in found if one] == [after_noon(n) for n in range(70)]
    assert attempts == [[one.attempt] for one in taken]
    assert list(freed) == ["waiting"]
    assert (await store.read(lambda t: t.outbox.tally()))[DELIVERED] == 70


async def test_one_whose_claim_ran_out_does_not_spoil_the_others(store: Store) -> None:
    """It was taken, so nobody need send it again; one settled meanwhile stays as it is."""
    await store.write(lambda t: add_deliveries(t, *[a_delivery(one) for one in "abc"]))
    claims = await store.write(claimed)
    await store.write(lambda t: t.outbox.settle_taken([a_sent(claims["c"])]))
    await store.write(lambda t: t.outbox.rescue(after_noon(3600)))
    taken = [a_sent(claims[one], seconds=1) for one in "abc"]
    moved = await store.write(lambda t: t.outbox.settle_taken(taken))

    assert moved == 2
    assert await standing(store, "abc") == dict.fromkeys("abc", DELIVERED)
    assert len(await store.read(lambda t: t.outbox.attempts("c"))) == 2


async def test_a_claim_of_before_says_nothing_about_the_next_one(store: Store) -> None:
    """Who has it now is told by the state, not by the old claim; failures are not believed."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))
    await store.write(claimed)
    await store.write(lambda t: t.outbox.rescue(after_noon(3600)))
    failed = Settlement(an_attempt("a"), PENDING, after_noon(30))
    assert await store.write(lambda t: t.outbox.settle([failed])) == set()

    new = (await store.write(claimed))["a"]
    assert await store.write(lambda t: t.outbox.settle_taken([a_sent(new)])) == 1
    assert await standing(store, "a") == {"a": DELIVERED}


async def test_what_was_cancelled_under_way_is_delivered_if_it_was_taken(store: Store) -> None:
    """And never sent again if it was not, also where others of the same piece were taken."""
    await store.write(lambda t: add_deliveries(t, *[a_delivery(one) for one in "abc"]))
    claims = await store.write(claimed)
    await store.write(lambda t: t.outbox.cancel(claims["a"].delivery.subscription, 10))
    failed = Settlement(an_attempt("b"), PENDING, after_noon(30))
    over = Settlement(an_attempt("c"), EXHAUSTED)
    await store.write(lambda t: t.outbox.settle_taken([a_sent(claims["a"])]))
    await store.write(lambda t: t.outbox.settle([failed, over]))

    assert await standing(store, "abc") == {"a": DELIVERED, "b": CANCELLED, "c": EXHAUSTED}


async def test_the_same_answer_told_twice_counts_once(store: Store) -> None:
    """Whether in one piece of work or in two."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a"), a_delivery("b")))
    claims = await store.write(claimed)
    twice = [a_sent(claims["a"]), a_sent(claims["b"]), a_sent(claims["a"])]
    moved = await store.write(lambda t: t.outbox.settle_taken(twice))
    again = await store.write(lambda t: t.outbox.settle_taken(twice))

    assert (moved, again) == (2, 0)
    assert (await store.read(lambda t: t.outbox.tally()))[DELIVERED] == 2
    assert len(await store.read(lambda t: t.outbox.attempts("a"))) == 1


async def test_a_first_try_stays_the_first(store: Store) -> None:
    """When it is taken at last it still counts from the Attempt that failed."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))
    await store.write(claimed)
    failed = Settlement(an_attempt("a"), PENDING, after_noon(30))
    await store.write(lambda t: t.outbox.settle([failed]))
    again = (await store.write(lambda t: claimed(t, 30, is_retry=True)))["a"]
    await store.write(lambda t: t.outbox.settle_taken([a_sent(again, seconds=30)]))
    found = await store.read(lambda t: t.outbox.get("a"))

    assert found is not None
    assert (found.state, found.attempts, found.first_tried_at) == (DELIVERED, 2, NOON)
