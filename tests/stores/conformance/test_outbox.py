"""The outbox, in every store."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from tests.stores.samples import (
    NOON,
    a_delivery,
    add_deliveries,
    after_noon,
    an_attempt,
    claim_at,
    settle_as,
)

from bitewing.model.delivery import (
    Attempt,
    DeliveryState,
    Outcome,
    OutcomeKind,
    Settlement,
    Timings,
)
from bitewing.ports.outbox import Turn, Want
from bitewing.ports.store import Store

DELIVERED = DeliveryState.DELIVERED
PENDING = DeliveryState.PENDING


async def test_a_delivery_comes_back_as_it_was_added(store: Store) -> None:
    """Its bytes, and the keys of a full page of Records, among the rest."""
    delivery = a_delivery("a", lane=-4, records=[2**63 - 1, -1, *range(1000)])
    await store.write(lambda t: add_deliveries(t, delivery))
    found, missing = await store.read(lambda t: (t.outbox.get("a"), t.outbox.get("b")))

    assert found == delivery
    assert missing is None


async def test_a_delivery_is_added_once(store: Store) -> None:
    """An id is unique for ever; a second Delivery with it is refused."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))

    with pytest.raises(Exception, match=r"(?i)unique"):
        await store.write(lambda t: add_deliveries(t, a_delivery("b"), a_delivery("a")))

    assert await store.read(lambda t: t.outbox.get("b")) is None


async def test_a_claim_takes_what_is_due_and_says_until_when(store: Store) -> None:
    """What is due later stays; what was claimed is not claimed again."""
    now, later = a_delivery("now"), a_delivery("later", due=1)
    await store.write(lambda t: add_deliveries(t, now, later))
    until = after_noon(60)
    claimed = await store.write(
        lambda t: t.outbox.claim(NOON, until, Want(1, is_retry=False, limit=10))
    )
    again = await store.write(lambda t: claim_at(t, 0))

    [(delivery, ends_at, _)] = claimed
    assert delivery == now._replace(state=DeliveryState.CLAIMED, claimed_until=until)
    assert ends_at == until
    assert again == []
    assert await store.read(lambda t: t.outbox.get("now")) == delivery


async def test_the_oldest_are_claimed_first_and_no_more_than_asked_for(store: Store) -> None:
    """Of equally due ones, the one added first."""
    deliveries = [a_delivery("c", due=-1), a_delivery("b"), a_delivery("a"), a_delivery("d")]
    await store.write(lambda t: add_deliveries(t, *deliveries))
    first = await store.write(lambda t: claim_at(t, 0, limit=3))
    second = await store.write(lambda t: claim_at(t, 0, limit=3))

    assert (first, second) == (["c", "b", "a"], ["d"])


async def test_in_a_lane_one_goes_after_another(store: Store) -> None:
    """The next may go when the one before it has reached an end, not while it waits or is out."""
    lane = [a_delivery(identity, lane=1) for identity in "abc"]
    await store.write(
        lambda t: add_deliveries(t, *lane, a_delivery("free"), a_delivery("x", lane=2))
    )
    claims = [await store.write(lambda t: claim_at(t, 0))]
    await store.write(lambda t: settle_as(t, "a", PENDING, due=30))
    claims.append(await store.write(lambda t: claim_at(t, 10)))
    claims.append(await store.write(lambda t: claim_at(t, 30)))
    await store.write(lambda t: settle_as(t, "a", DeliveryState.EXHAUSTED))
    claims.append(await store.write(lambda t: claim_at(t, 30)))
    await store.write(lambda t: settle_as(t, "b", DELIVERED))
    claims.append(await store.write(lambda t: claim_at(t, 30)))

    assert claims == [["a", "free", "x"], [], ["a"], ["b"], ["c"]]


async def test_a_lane_goes_on_when_its_oldest_is_cancelled(store: Store) -> None:
    """Also where the next one belongs to another Subscription."""
    first = a_delivery("a", lane=1, subscription=1, due=500)
    second = a_delivery("b", lane=1, subscription=2)
    await store.write(lambda t: add_deliveries(t, first, second))
    before = await store.write(lambda t: claim_at(t, 0))
    cancelled = await store.write(lambda t: t.outbox.cancel(1, 100))
    after = await store.write(lambda t: claim_at(t, 0))

    assert (before, cancelled, after) == ([], 1, ["b"])


async def test_a_backlog_is_cancelled_in_pieces(store: Store) -> None:
    """No more than so many at once, held ones too; what is under way is revoked at once."""
    backlog = [a_delivery(f"d{number}", subscription=1) for number in range(5)]
    await store.write(lambda t: add_deliveries(t, *backlog))
    (under_way,) = await store.write(lambda t: claim_at(t, 0, limit=1))
    pieces = [await store.write(lambda t: t.outbox.cancel(1, 2)) for _ in range(3)]
    await store.write(lambda t: t.outbox.give_back([under_way]))
    left = await store.read(lambda t: t.outbox.tally())

    assert pieces == [2, 2, 0]
    assert left[DeliveryState.CANCELLED] == 5


async def test_a_settled_delivery_remembers_its_attempts(store: Store) -> None:
    """Oldest first, with all that is known about the exchange."""
    timings = Timings(resolve=1.5, connect=2.25, tls=None, first_byte=30.0, total=33.75)
    wished = timedelta(seconds=120)
    refused = Outcome(OutcomeKind.ANSWERED, 503, "busy", wished, "192.0.2.7", timings)
    attempts = [Attempt("a", 1, NOON, refused), an_attempt("a", 2, seconds=30)]
    await store.write(lambda t: add_deliveries(t, a_delivery("a"), a_delivery("b")))
    await store.write(lambda t: claim_at(t, 0))
    first = Settlement(attempts[0], PENDING, after_noon(30))
    moved = await store.write(lambda t: t.outbox.settle([first]))
    waiting = await store.read(lambda t: t.outbox.get("a"))
    await store.write(lambda t: claim_at(t, 30))
    await store.write(lambda t: t.outbox.settle([Settlement(attempts[1], DELIVERED)]))
    delivered = await store.read(lambda t: t.outbox.get("a"))
    found = await store.read(lambda t: (t.outbox.attempts("a"), t.outbox.attempts("b")))

    tried = a_delivery("a", due=30)._replace(first_tried_at=NOON)

    assert moved == {"a"}
    assert waiting == tried._replace(attempts=1)
    assert delivered == tried._replace(attempts=2, state=DELIVERED)
    assert found == (attempts, [])


async def test_settling_what_was_rescued_keeps_the_attempt_alone(store: Store) -> None:
    """The claim ran out, so another worker decides about the Delivery."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))
    await store.write(lambda t: claim_at(t, 0))
    rescued = await store.write(lambda t: t.outbox.rescue(after_noon(60)))
    moved = await store.write(lambda t: settle_as(t, "a", PENDING, due=30))
    delivery, attempts = await store.read(lambda t: (t.outbox.get("a"), t.outbox.attempts("a")))

    assert (rescued, moved) == (1, False)
    assert delivery == a_delivery("a")
    assert attempts == [an_attempt("a")]


async def test_what_was_taken_after_its_claim_ran_out_is_delivered(store: Store) -> None:
    """It need not go out again; the next of its lanes may, and one that has ended stays so."""
    lane = [a_delivery("a", lane=1), a_delivery("b", lane=1)]
    await store.write(lambda t: add_deliveries(t, *lane))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: t.outbox.rescue(after_noon(60)))
    moved = [await store.write(lambda t: settle_as(t, "a", DELIVERED)) for _ in range(2)]
    claimed = await store.write(lambda t: claim_at(t, 60))
    found, tally = await store.read(lambda t: (t.outbox.get("a"), t.outbox.tally()))

    assert (moved, claimed) == ([True, False], ["b"])
    assert found is not None
    assert found.state is DELIVERED
    assert tally[DELIVERED] == 1


async def test_settling_an_unknown_delivery_does_nothing(store: Store) -> None:
    """There is nothing to which the Attempt could belong."""
    moved = await store.write(lambda t: settle_as(t, "nobody", DELIVERED))

    assert not moved


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (DeliveryState.CLAIMED, None),
        (DeliveryState.CANCELLED, None),
        (DeliveryState.PENDING, None),
        (DeliveryState.DELIVERED, NOON),
    ],
)
async def test_a_move_that_is_not_legal_is_refused(
    store: Store, state: DeliveryState, due: datetime | None
) -> None:
    """A claimed Delivery becomes pending with a time, or delivered or exhausted without."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))
    await store.write(lambda t: claim_at(t, 0))

    with pytest.raises(ValueError, match=r"claimed Delivery|pending Delivery"):
        await store.write(lambda t: t.outbox.settle([Settlement(an_attempt("a"), state, due)]))

    assert await store.read(lambda t: t.outbox.attempts("a")) == []


async def test_only_claims_that_ran_out_are_rescued(store: Store) -> None:
    """A claim that holds for another moment is left alone."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a"), a_delivery("b", due=1)))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: claim_at(t, 1))
    rescued = await store.write(lambda t: t.outbox.rescue(after_noon(60)))
    claimed = await store.write(lambda t: claim_at(t, 60))

    assert (rescued, claimed) == (1, ["a"])


async def test_cancelling_takes_what_is_pending_of_one_subscription(store: Store) -> None:
    """What is out already, and what is another's, goes on."""
    await store.write(lambda t: add_deliveries(t, a_delivery("out")))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(
        lambda t: add_deliveries(
            t, a_delivery("a"), a_delivery("b"), a_delivery("other", subscription=2)
        )
    )
    cancelled = await store.write(lambda t: t.outbox.cancel(1, 100))
    states = await store.read(lambda t: {d.id: d.state for d in t.outbox.recent(9)})
    outstanding = await store.read(lambda t: (t.outbox.outstanding(1), t.outbox.outstanding(2)))

    assert cancelled == 2
    assert states == {
        "out": DeliveryState.CLAIMED,
        "a": DeliveryState.CANCELLED,
        "b": DeliveryState.CANCELLED,
        "other": DeliveryState.PENDING,
    }
    assert outstanding == (1, 1)


async def test_a_turn_is_that_of_a_delivery_that_may_go(store: Store) -> None:
    """Not of one that is out, nor of one that waits for an older one of its lane."""

    async def due() -> list[datetime]:
        return [turn.due_at for turn in await store.read(lambda t: t.outbox.turns())]

    moments = [await due()]
    first, second = a_delivery("a", lane=1, due=5), a_delivery("b", lane=1, due=2)
    await store.write(lambda t: add_deliveries(t, first, second))
    moments.append(await due())
    await store.write(lambda t: claim_at(t, 5))
    moments.append(await due())
    await store.write(lambda t: settle_as(t, "a", DELIVERED))
    moments.append(await due())

    assert moments == [[], [after_noon(5)], [], [after_noon(2)]]


async def test_every_endpoint_has_its_turn(store: Store) -> None:
    """The earliest of each, apart for first tries and for retries."""
    waiting = [
        a_delivery(f"{endpoint}-{due}", endpoint=endpoint, due=due)
        for endpoint in (1, 2, 7)
        for due in (3, 4, 5)
    ]
    await store.write(lambda t: add_deliveries(t, *waiting))
    await store.write(lambda t: claim_at(t, 3, endpoint=2))
    await store.write(lambda t: settle_as(t, "2-3", PENDING, due=9))
    turns = await store.read(lambda t: t.outbox.turns())
    claimed = await store.write(lambda t: claim_at(t, 100, endpoint=2))

    assert turns == [
        Turn(1, is_retry=False, due_at=after_noon(3)),
        Turn(2, is_retry=False, due_at=after_noon(4)),
        Turn(2, is_retry=True, due_at=after_noon(9)),
        Turn(7, is_retry=False, due_at=after_noon(3)),
    ]
    assert claimed == ["2-4", "2-5", "2-3"]


async def test_a_delivery_waits_for_all_its_lanes(store: Store) -> None:
    """It goes when it is the oldest in each of them."""
    first, second = a_delivery("a", lanes=[1]), a_delivery("b", lanes=[2])
    both, behind = a_delivery("c", lanes=[1, 2]), a_delivery("d", lanes=[2, 3])
    await store.write(lambda t: add_deliveries(t, first, second, both, behind))
    claims = [await store.write(lambda t: claim_at(t, 0))]
    for name in "abc":
        await store.write(partial(settle_as, delivery=name, state=DELIVERED))
        claims.append(await store.write(lambda t: claim_at(t, 0)))

    assert claims == [["a", "b"], [], ["c"], ["d"]]


async def test_what_is_held_leaves_its_lane_and_is_not_claimed(store: Store) -> None:
    """A few at a time; of other Endpoints nothing is held, and what is out goes on."""
    await store.write(lambda t: add_deliveries(t, a_delivery("out", lane=1)))
    await store.write(lambda t: claim_at(t, 0))
    mine = [a_delivery(name, lane=2) for name in "abc"]
    other = a_delivery("d", lane=2, endpoint=2)
    await store.write(lambda t: add_deliveries(t, *mine, other))
    held = [await store.write(lambda t: t.outbox.hold(1, 2)) for _ in range(5)]
    claimed = await store.write(lambda t: claim_at(t, 0, endpoint=2))
    tally = await store.read(lambda t: t.outbox.tally())

    assert sum(held) == 3
    assert held[-1] == 0
    assert claimed == ["d"]
    assert (tally[DeliveryState.HELD], tally[DeliveryState.CLAIMED]) == (3, 2)


async def test_what_is_added_as_held_is_in_nobodys_way(store: Store) -> None:
    """Neither claimed nor first of its lane; cancelling its Subscription cancels it."""
    held = a_delivery("a", lane=1)._replace(state=DeliveryState.HELD)
    await store.write(lambda t: add_deliveries(t, held, a_delivery("b", lane=1, subscription=2)))
    claimed = await store.write(lambda t: claim_at(t, 0))
    cancelled = await store.write(lambda t: t.outbox.cancel(1, 100))
    found = await store.read(lambda t: t.outbox.get("a"))

    assert (claimed, cancelled) == (["b"], 1)
    assert found is not None
    assert found.state is DeliveryState.CANCELLED


async def test_the_tally_counts_every_state(store: Store) -> None:
    """Also those that no Delivery is in."""
    empty = await store.read(lambda t: t.outbox.tally())
    deliveries = [a_delivery(f"d{n}", subscription=1 + n // 4, due=n) for n in range(6)]
    await store.write(lambda t: add_deliveries(t, *deliveries))
    await store.write(lambda t: claim_at(t, 3))
    await store.write(lambda t: settle_as(t, "d0", DELIVERED))
    await store.write(lambda t: settle_as(t, "d1", DELIVERED))
    await store.write(lambda t: settle_as(t, "d2", DeliveryState.EXHAUSTED))
    await store.write(lambda t: t.outbox.cancel(2, 100))
    await store.write(lambda t: add_deliveries(t, a_delivery("late")))
    tally = await store.read(lambda t: t.outbox.tally())

    assert empty == dict.fromkeys(DeliveryState, 0)
    assert tally == {
        DeliveryState.PENDING: 1,
        DeliveryState.CLAIMED: 1,
        DeliveryState.HELD: 0,
        DeliveryState.DELIVERED: 2,
        DeliveryState.EXHAUSTED: 1,
        DeliveryState.CANCELLED: 2,
    }


async def test_the_newest_deliveries_come_first(store: Store) -> None:
    """At most as many as asked for, in whatever state."""
    await store.write(lambda t: add_deliveries(t, *(a_delivery(identity) for identity in "abcd")))
    await store.write(lambda t: claim_at(t, 0, limit=2))
    newest = await store.read(lambda t: [delivery.id for delivery in t.outbox.recent(3)])

    assert newest == ["d", "c", "b"]


async def test_what_was_cancelled_under_way_is_not_rescued(store: Store) -> None:
    """A person removed the Subscription while its Message was out: it is never sent again."""
    out, next_one = a_delivery("out", lane=1), a_delivery("next", lane=1)
    await store.write(lambda t: add_deliveries(t, out, next_one))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: t.outbox.cancel(out.subscription, 100))
    rescued = await store.write(lambda t: t.outbox.rescue(after_noon(3600)))
    found = await store.read(lambda t: t.outbox.get("out"))

    assert rescued == 0
    assert found is not None
    assert found.state is DeliveryState.CANCELLED


@pytest.mark.parametrize("state", [PENDING, DeliveryState.HELD])
async def test_what_was_cancelled_under_way_is_not_tried_again(
    store: Store, state: DeliveryState
) -> None:
    """Its Attempt failed: it is neither retried nor held, and the next of its lane may go."""
    out, next_one = a_delivery("out", lane=1), a_delivery("next", lane=1, subscription=2)
    await store.write(lambda t: add_deliveries(t, out, next_one))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: t.outbox.cancel(out.subscription, 100))
    moved = await store.write(lambda t: settle_as(t, "out", state, due=30))
    claimed = await store.write(lambda t: claim_at(t, 60))
    found, tally = await store.read(lambda t: (t.outbox.get("out"), t.outbox.tally()))

    assert (moved, claimed) == (True, ["next"])
    assert found is not None
    assert (found.state, found.attempts) == (DeliveryState.CANCELLED, 1)
    assert tally[DeliveryState.CANCELLED] == 1


async def test_what_is_held_keeps_nothing_from_being_forgotten(store: Store) -> None:
    """The oldest settled ones go, a few at a time, whatever lies before and between them."""
    held = a_delivery("held")._replace(state=DeliveryState.HELD)
    settled = [a_delivery(f"d{number}") for number in range(5)]
    await store.write(lambda t: add_deliveries(t, held, *settled, a_delivery("due", due=500)))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: [settle_as(t, one.id, DELIVERED) for one in settled])
    pruned = [await store.write(lambda t: t.outbox.prune(after_noon(1), 2)) for _ in range(4)]
    left = await store.read(lambda t: {delivery.id for delivery in t.outbox.recent(9)})

    assert pruned == [2, 2, 1, 0]
    assert left == {"held", "due"}


async def test_one_made_while_the_clock_was_ahead_stops_no_pruning(store: Store) -> None:
    """What is behind it goes; it stays until its own time has come."""
    ahead = a_delivery("ahead")._replace(created_at=after_noon(10**6))
    settled = [a_delivery("a"), ahead, *[a_delivery(f"b{number}") for number in range(3)]]
    await store.write(lambda t: add_deliveries(t, *settled))
    await store.write(lambda t: claim_at(t, 0))
    await store.write(lambda t: [settle_as(t, one.id, DELIVERED) for one in settled])
    pruned = [await store.write(lambda t: t.outbox.prune(after_noon(1), 2)) for _ in range(4)]
    left = await store.read(lambda t: [delivery.id for delivery in t.outbox.recent(9)])

    assert sum(pruned) == 4
    assert left == ["ahead"]


async def test_a_settling_that_is_repeated_adds_no_attempt(store: Store) -> None:
    """It was broken off when it had been committed, and nobody knew."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a")))
    await store.write(lambda t: claim_at(t, 0))
    settlement = Settlement(an_attempt("a"), DELIVERED)
    moved = [await store.write(lambda t: t.outbox.settle([settlement])) for _ in range(2)]

    assert moved == [{"a"}, set()]
    assert await store.read(lambda t: t.outbox.attempts("a")) == [settlement.attempt]


async def test_a_body_is_dropped_where_the_settlement_says_so(store: Store) -> None:
    """What is composed anew need not fill the disk; what may be replayed is kept."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a"), a_delivery("b")))
    await store.write(lambda t: claim_at(t, 0))
    exhausted = DeliveryState.EXHAUSTED
    over = [
        Settlement(an_attempt("a"), exhausted, keeps_body=False),
        Settlement(an_attempt("b"), exhausted),
    ]
    await store.write(lambda t: t.outbox.settle(over))
    dropped, kept = await store.read(lambda t: (t.outbox.get("a"), t.outbox.get("b")))

    assert dropped is not None
    assert dropped.body == b""
    assert kept is not None
    assert kept.body != b""


async def test_only_old_and_settled_deliveries_are_pruned(store: Store) -> None:
    """Of the oldest few that are looked at; what is still owed stays, however old."""
    await store.write(lambda t: add_deliveries(t, *map(a_delivery, ("a", "b", "c"))))
    await store.write(lambda t: claim_at(t, 0, limit=2))
    await store.write(lambda t: settle_as(t, "a", DELIVERED))
    await store.write(lambda t: settle_as(t, "b", DELIVERED))
    too_early = await store.write(lambda t: t.outbox.prune(NOON - timedelta(days=1), 10))
    one = await store.write(lambda t: t.outbox.prune(NOON + timedelta(days=1), 1))
    rest = await store.write(lambda t: t.outbox.prune(NOON + timedelta(days=1), 10))
    left = await store.read(lambda t: [t.outbox.get(name) is not None for name in "abc"])

    assert (too_early, one, rest) == (0, 1, 1)
    assert left == [False, False, True]
