"""Those that pass stand in stretches; their Attempts say which of a stretch have gone."""

import sqlite3
from collections.abc import AsyncIterator, Sequence, Set as AbstractSet
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from tests.fakes.reception import FakeReception
from tests.stores.samples import (
    NOON,
    a_delivery,
    a_sent,
    add_deliveries,
    after_noon,
    an_attempt,
    claim_at,
)
from tests.stores.sqlite.connections import connection_of

from bitewing.model.delivery import Claim, Delivery, DeliveryState, Settlement
from bitewing.ports.outbox import Sought
from bitewing.ports.store import Store, Transaction
from bitewing.stores.rows import microseconds_at
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.migrating import migrate, migrations

CLAIMED, DELIVERED = DeliveryState.CLAIMED, DeliveryState.DELIVERED


@pytest.fixture
async def store(path: str, reception: FakeReception) -> AsyncIterator[SqliteStore]:
    """Give an open store whose reception takes over what goes to Endpoint 1."""
    made = SqliteStore(path, reception=reception)
    await made.open()
    yield made
    await made.close()


@dataclass
class InTurns:
    """A Reception that claims each until a time of its own."""

    untils: list[datetime]

    def admit(self, deliveries: Sequence[Delivery]) -> list[datetime | None]:
        """See the port."""
        return [*self.untils[: len(deliveries)]]

    def arrive(self, claims: Sequence[Claim]) -> None:
        """See the port."""

    def recall(self, deliveries: AbstractSet[str]) -> None:
        """See the port."""


def take(tx: Transaction, claims: Sequence[Claim]) -> int:
    """Settle these as taken; give how many that moved."""
    return tx.outbox.settle_taken([a_sent(one) for one in claims])


def add_all(tx: Transaction, deliveries: Sequence[Delivery]) -> None:
    """Add these in one piece of work."""
    tx.outbox.add(deliveries)


def standing(tx: Transaction) -> list[tuple[int, int, int]]:
    """Give the first and the last place of each stretch, and how many remain."""
    rows = connection_of(tx).execute("SELECT first, last, remaining FROM passing ORDER BY first")
    return rows.fetchall()


def sought(tx: Transaction, state: DeliveryState) -> list[int]:
    """Give the places of those that stand so."""
    meant = Sought(frozenset({state}))
    return [place for place, _ in tx.outbox.seek(meant, after=0, limit=9999)]


async def seen(store: Store, state: DeliveryState) -> list[int]:
    """Give the same, and see that the books and a survey say so, too."""
    places = await store.read(lambda t: sought(t, state))
    counted = await store.read(lambda t: t.outbox.tally()[state])
    shares = await store.read(lambda t: t.outbox.survey(Sought(frozenset({state}))))

    assert counted == len(places) == sum(one.count for one in shares)
    return places


async def test_a_stretch_has_no_gaps_and_is_not_too_long(
    store: SqliteStore, reception: FakeReception
) -> None:
    """What waits stands between them, what has ended behind; who passes is read as claimed."""
    deliveries = [
        a_delivery(f"d{place}", endpoint=2 if place in {1, 300, 301, 310} else 1)
        for place in range(1, 601)
    ]
    deliveries.append(a_delivery("ended")._replace(state=DELIVERED))
    await store.write(partial(add_all, deliveries=deliveries))
    passing = [one.place for one in reception.arrived]

    assert await store.read(standing) == [
        (2, 257, 256),
        (258, 299, 42),
        (302, 309, 8),
        (311, 566, 256),
        (567, 600, 34),
    ]
    assert await seen(store, CLAIMED) == passing
    assert await seen(store, DELIVERED) == [601]


async def test_what_is_taken_leaves_its_stretch_in_any_order(
    store: SqliteStore, reception: FakeReception
) -> None:
    """Its Attempt says so; the last one to go takes the stretch along."""
    for start in (1, 11):
        deliveries = [a_delivery(f"d{place}", lane=place) for place in range(start, start + 10)]
        await store.write(partial(add_all, deliveries=deliveries))
    arrived = list(reception.arrived)
    odd = [one for one in arrived if one.place % 2 and one.place < 19]
    moved = await store.write(lambda t: take(t, odd))
    between = await store.read(standing), await seen(store, CLAIMED), await seen(store, DELIVERED)
    rest = [one for one in arrived if one not in odd]
    await store.write(lambda t: take(t, rest[:5]))
    then = await store.read(standing)
    await store.write(lambda t: take(t, rest[5:]))

    assert moved == len(odd)
    assert between == (
        [(1, 10, 5), (11, 20, 6)],
        [one.place for one in rest],
        [one.place for one in odd],
    )
    assert then == [(11, 20, 6)]
    assert await store.read(standing) == []
    assert await seen(store, DELIVERED) == list(range(1, 21))


async def test_who_does_not_go_well_leaves_it_too(
    store: SqliteStore, reception: FakeReception
) -> None:
    """Failed, given back or cancelled: the others of the stretch pass as before."""
    deliveries = [a_delivery(f"d{n}", lane=n, subscription=n // 5) for n in range(1, 7)]
    await store.write(partial(add_all, deliveries=deliveries))
    first, second, *_ = reception.arrived

    def fail(tx: Transaction) -> None:
        attempt = an_attempt(first.delivery.id)
        tx.outbox.settle([Settlement(attempt, DeliveryState.EXHAUSTED)])

    await store.write(fail)
    await store.write(lambda t: t.outbox.give_back([second.delivery.id]))
    await store.write(lambda t: t.outbox.cancel(1, 10))
    left = await store.read(standing)
    pending = await seen(store, DeliveryState.PENDING)
    again = await store.write(lambda t: claim_at(t, 0))
    retaken = await store.write(lambda t: take(t, reception.arrived[2:4]))

    assert left == [(1, 6, 2)]
    assert pending == [2]
    assert again == ["d2"]
    assert retaken == 2
    assert await store.read(standing) == []
    assert await seen(store, CLAIMED) == [2, 5, 6]


async def test_one_is_taken_once(store: SqliteStore, reception: FakeReception) -> None:
    """Named twice at once, or again later, it does not go for another one of its stretch."""
    await store.write(lambda t: add_deliveries(t, *[a_delivery(f"d{n}") for n in range(3)]))
    first, second, third = reception.arrived
    again = a_sent(first, seconds=1)
    moved = await store.write(lambda t: t.outbox.settle_taken([a_sent(first), again]))
    more = await store.write(lambda t: t.outbox.settle_taken([again]))

    assert (moved, more) == (1, 0)
    assert await store.read(standing) == [(1, 3, 2)]
    assert await store.write(lambda t: take(t, [second, third])) == 2


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM delivery WHERE id = :id", "UPDATE delivery SET ordinal = 99 WHERE id = :id"],
)
async def test_only_what_still_passes_is_kept_in_its_place(
    store: SqliteStore, reception: FakeReception, statement: str
) -> None:
    """One of the same stretch that was taken may go."""
    await store.write(lambda t: add_deliveries(t, a_delivery("a"), a_delivery("b")))
    await store.write(lambda t: take(t, reception.arrived[:1]))
    with pytest.raises(sqlite3.IntegrityError, match="a Delivery that passes cannot be"):
        await store.write(lambda t: connection_of(t).execute(statement, {"id": "b"}))
    went = await store.write(lambda t: connection_of(t).execute(statement, {"id": "a"}).rowcount)

    assert went == 1
    assert await store.read(standing) == [(1, 2, 1)]


async def test_only_what_has_been_taken_is_forgotten(
    store: SqliteStore, reception: FakeReception
) -> None:
    """However old those are that still pass, before it and behind it."""
    await store.write(lambda t: add_deliveries(t, *[a_delivery(f"d{n}") for n in range(3)]))
    await store.write(lambda t: take(t, reception.arrived[1:2]))
    forgotten = await store.write(lambda t: t.outbox.prune(NOON + timedelta(days=99), 10))

    assert forgotten == 1
    assert await seen(store, CLAIMED) == [1, 3]


async def test_a_place_in_a_stretch_is_not_given_again(
    store: SqliteStore, reception: FakeReception
) -> None:
    """Though the last of it was forgotten: nobody else may be taken for it."""
    await store.write(lambda t: add_deliveries(t, *[a_delivery(f"d{n}") for n in range(3)]))
    await store.write(lambda t: take(t, reception.arrived[1:]))
    await store.write(lambda t: t.outbox.prune(NOON + timedelta(days=99), 10))
    await store.write(lambda t: add_deliveries(t, a_delivery("new")))

    assert await store.read(standing) == [(1, 3, 1), (4, 4, 1)]
    assert [one.place for one in reception.arrived] == [1, 2, 3, 4]


async def test_what_was_claimed_for_different_times_stands_apart(path: str) -> None:
    """Though it came together; only those whose time is over leave when others are rescued."""
    reception = InTurns([after_noon(60), after_noon(120), after_noon(120)])
    store = SqliteStore(path, reception=reception)
    await store.open()
    deliveries = [a_delivery(one, lane=place) for place, one in enumerate("abc")]
    await store.write(partial(add_all, deliveries=deliveries))
    before = await store.read(standing)
    rescued = await store.write(lambda t: t.outbox.rescue(after_noon(60)))
    after = await store.read(standing)
    held = await store.read(lambda t: [t.outbox.get(one) for one in "bc"])
    again = await store.write(lambda t: claim_at(t, 0))
    await store.close()

    assert before == [(1, 1, 1), (2, 3, 2)]
    assert rescued == 1
    assert after == [(2, 3, 2)]
    assert [one.claimed_until for one in held if one] == [after_noon(120)] * 2
    assert again == ["a"]


@pytest.mark.parametrize("remaining", [1, 3])
async def test_a_damaged_count_does_not_keep_the_store_shut(path: str, remaining: int) -> None:
    """Who passes is said by the Deliveries and their Attempts; a stretch of nobody goes."""
    store = SqliteStore(path, reception=FakeReception(after_noon(60)))
    await store.open()
    deliveries = [a_delivery(one, lane=place) for place, one in enumerate("ab")]
    await store.write(partial(add_all, deliveries=deliveries))
    await store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as damaging:
        damaging.execute("UPDATE passing SET remaining = ?", (remaining,))
        damaging.execute("INSERT INTO passing VALUES (70, 90, 1, ?)", (remaining,))
    await store.open()
    owed = await seen(store, DeliveryState.PENDING)
    left = await store.read(standing)
    await store.close()

    assert (owed, left) == ([1, 2], [])


async def test_another_delivery_at_the_place_of_one_that_passes_is_looked_for(path: str) -> None:
    """It is not there any more: nothing is settled, and nobody's lane is given free."""
    reception = FakeReception(after_noon(60))
    store = SqliteStore(path, reception=reception)
    await store.open()
    await store.write(lambda t: add_deliveries(t, a_delivery("a", lane=1)))
    claim = reception.arrived[0]
    foreign = claim._replace(delivery=claim.delivery._replace(id="gone", lanes=(2,)))
    moved = await store.write(lambda t: t.outbox.settle_taken([a_sent(foreign)]))
    left = await store.read(standing)
    await store.close()

    assert (moved, left) == (0, [(1, 1, 1)])


async def test_what_passed_in_an_older_version_is_owed(path: str) -> None:
    """It stood there one by one; here it is read as claimed, and pending from the opening on."""
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        migrate(path, older, migrations()[:13])
    store = SqliteStore(path, reception=FakeReception(after_noon(60)))
    with closing(sqlite3.connect(path, isolation_level=None)) as older:
        row = (
            "INSERT INTO delivery (ordinal, id, lanes, institution, source, subscription, "
            "endpoint, dialect, owner, event_name, workstation, created_at, due_at, state, "
            "attempts, is_retry, blocked) "
            "VALUES (?, ?, '[' || ?1 || ']', '', '', 1, 1, '', '', '', '', 0, 0, 'delivered', "
            "1, 1, 0)"
        )
        older.executemany(row, [(1, "old"), (2, "a"), (3, "b")])
        content = "INSERT INTO content (delivery, records, body) VALUES (?, '[]', x'')"
        older.executemany(content, [(1,), (2,), (3,)])
        older.execute(
            "INSERT INTO attempt (delivery, place, ordinal, started_at, kind, detail, address, "
            "total) VALUES (1, 1, 1, 1, 'answered', '', '', 1)"
        )
        until = microseconds_at(after_noon(60))
        older.executemany("INSERT INTO passing VALUES (?, ?)", [(2, until), (3, until)])
        migrate(path, older, migrations())
        view = "SELECT ordinal, state, claimed_until FROM delivery_now ORDER BY ordinal"
        migrated = older.execute(view).fetchall()
    await store.open()
    owed = await seen(store, DeliveryState.PENDING)
    claimed = await store.write(lambda t: claim_at(t, 0))
    await store.close()

    assert migrated == [(1, "delivered", None), (2, "claimed", until), (3, "claimed", until)]
    assert owed == [2, 3]
    assert claimed == ["a", "b"]
