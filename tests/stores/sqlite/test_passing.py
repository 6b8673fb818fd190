"""What the reception takes over: written once, and remembered beside the tables."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest
from tests.fakes.reception import FakeReception
from tests.stores.samples import (
    NOON,
    a_delivery,
    a_sent,
    add_deliveries,
    after_noon,
    claim_at,
)
from tests.stores.sqlite.connections import connection_of, fail_to_commit, writer_held

from bitewing.model.delivery import Claim, DeliveryState
from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore
from bitewing.stores.sqlite.transaction import SqliteTransaction

LANE = 7


@pytest.fixture
async def store(path: str, reception: FakeReception) -> AsyncIterator[SqliteStore]:
    """Give an open store whose reception takes over what goes to Endpoint 1."""
    made = SqliteStore(path, reception=reception)
    await made.open()
    yield made
    await made.close()


async def add(store: Store, *ids: str, lane: int = LANE) -> None:
    """Add one after another, all in one lane."""
    for identity in ids:
        await store.write(partial(_add, identity=identity, lane=lane))


def _add(tx: Transaction, *, identity: str, lane: int = LANE) -> None:
    add_deliveries(tx, a_delivery(identity, lane=lane))


def take(tx: Transaction, claims: list[Claim]) -> int:
    """Settle these as taken; give how many that moved."""
    return tx.outbox.settle_taken([a_sent(claim) for claim in claims])


async def test_what_goes_well_touches_its_delivery_once(
    store: SqliteStore, reception: FakeReception
) -> None:
    """No row is moved, no lane written, and nothing looked for."""
    deliveries = [a_delivery(f"d{n}", lane=n) for n in range(70)]
    statements: list[str] = []
    await store.write(lambda t: connection_of(t).set_trace_callback(statements.append))
    await store.write(lambda t: add_deliveries(t, *deliveries))
    moved = await store.write(lambda t: take(t, reception.arrived))
    await store.write(lambda t: connection_of(t).set_trace_callback(None))
    text = "\n".join(statements)

    assert moved == 70
    assert text.count("INSERT INTO delivery (") == 3
    assert "UPDATE delivery" not in text
    assert "INTO lane" not in text
    assert "DELETE FROM lane" not in text
    assert "SELECT id, ordinal, state" not in text


async def test_who_looks_from_outside_sees_a_claim(store: SqliteStore, path: str) -> None:
    """Though the row says already that it was delivered."""
    await add(store, "a")
    row = await store.read(
        lambda t: connection_of(t).execute("SELECT state, attempts FROM delivery").fetchall()
    )
    peeked = await SqliteStore(path).peek(lambda t: t.outbox.get("a"))

    assert row == [("delivered", 1)]
    assert peeked is not None
    assert (peeked.state, peeked.attempts) == (DeliveryState.CLAIMED, 0)


async def test_what_was_passing_when_the_process_died_is_pending(path: str) -> None:
    """From the opening on, in its lane, before those behind it."""
    before = SqliteStore(path, reception=FakeReception(after_noon(60)))
    await before.open()
    await add(before, "a", "b")
    await before.close()
    after = SqliteStore(path)
    await after.open()
    rows = await after.read(
        lambda t: connection_of(t).execute("SELECT count(*) FROM passing").fetchall()
    )
    states = await after.read(lambda t: [one.state for one in t.outbox.recent(9)])
    claimed = await after.write(lambda t: claim_at(t, 0))
    await after.close()

    assert rows == [(0,)]
    assert states == [DeliveryState.PENDING] * 2
    assert claimed == ["a"]


async def test_at_the_opening_all_of_them_are_rescued_or_none(path: str) -> None:
    """One that became claimed and no more would stand in its lane for ever."""
    store = SqliteStore(path, reception=FakeReception(after_noon(60)))
    await store.open()
    await add(store, "a")
    await store.close()
    with closing(sqlite3.connect(path)) as table:
        table.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON delivery WHEN new.state = 'pending' "
            "BEGIN SELECT raise(ABORT, 'no'); END"
        )
    with pytest.raises(StoreUnavailableError):
        await store.open()
    with closing(sqlite3.connect(path)) as table:
        states = table.execute("SELECT state FROM delivery").fetchall()
        passing = table.execute("SELECT count(*) FROM passing").fetchall()

    assert states == [("delivered",)]
    assert passing == [(1,)]


async def test_an_undone_addition_leaves_its_lane_free(
    store: SqliteStore, reception: FakeReception
) -> None:
    """Whether its piece of work failed or the whole commit: the next is the first there."""

    def fail(tx: Transaction) -> None:
        _add(tx, identity="lost")
        raise ValueError("undone")

    async with asyncio.TaskGroup() as group, writer_held(store):
        failing = group.create_task(outcome(store, fail))
        group.create_task(add(store, "a"))
    await store.write(lambda t: take(t, reception.arrived))
    async with asyncio.TaskGroup() as group, writer_held(store):
        lost = group.create_task(outcome(store, partial(_add, identity="lost")))
        group.create_task(outcome(store, fail_to_commit))
    await add(store, "b")

    assert isinstance(failing.result(), ValueError)
    assert isinstance(lost.result(), StoreUnavailableError)
    assert [claim.delivery.id for claim in reception.arrived] == ["a", "b"]


async def test_an_undone_settling_leaves_its_lane_taken(
    store: SqliteStore, reception: FakeReception
) -> None:
    """Whether its piece of work failed or the whole commit: the next waits behind it."""

    def fail(tx: Transaction) -> None:
        take(tx, reception.arrived)
        raise ValueError("undone")

    await add(store, "a")
    failed = await outcome(store, fail)
    await add(store, "b")
    async with asyncio.TaskGroup() as group, writer_held(store):
        lost = group.create_task(outcome(store, lambda t: take(t, reception.arrived)))
        group.create_task(outcome(store, fail_to_commit))
    await add(store, "c")
    before = await store.write(lambda t: claim_at(t, 0))
    moved = await store.write(lambda t: take(t, reception.arrived))
    after = await store.write(lambda t: claim_at(t, 0))

    assert isinstance(failed, ValueError)
    assert isinstance(lost.result(), StoreUnavailableError)
    assert moved == 1
    assert (before, after) == ([], ["b"])
    assert [claim.delivery.id for claim in reception.arrived] == ["a"]


async def test_an_undone_demotion_leaves_its_lane_taken(
    store: SqliteStore, reception: FakeReception
) -> None:
    """One that was given back, cancelled or rescued by work that was undone passes as before."""
    await add(store, "a")
    works: list[Callable[[Transaction], object]] = [
        lambda t: t.outbox.give_back(["a"]),
        lambda t: t.outbox.cancel(1, 10),
        lambda t: t.outbox.rescue(after_noon(60)),
    ]
    for number, work in enumerate(works):

        def fail(tx: Transaction, work: Callable[[Transaction], object] = work) -> None:
            work(tx)
            raise ValueError("undone")

        await outcome(store, fail)
        await add(store, f"b{number}")
    moved = await store.write(lambda t: take(t, reception.arrived))

    assert [claim.delivery.id for claim in reception.arrived] == ["a"]
    assert moved == 1
    assert await store.write(lambda t: claim_at(t, 0)) == ["b0"]


@pytest.mark.parametrize("lanes", [(LANE, LANE), (8, LANE)])
async def test_what_cannot_pass_leaves_everything_as_it_was(
    store: SqliteStore, reception: FakeReception, lanes: tuple[int, ...]
) -> None:
    """One twice in a lane, or in a lane that has a first one: refused before anything is done."""
    await add(store, "a")
    claim = reception.arrived[0]
    second = claim._replace(place=2, delivery=claim.delivery._replace(lanes=lanes))

    def enter(tx: Transaction) -> tuple[list[bool], int, set[int]]:
        assert isinstance(tx, SqliteTransaction)
        with pytest.raises(ValueError, match="first of a lane"):
            tx.passing.enter([second])
        passes = tx.passing.which([claim, second])
        return passes, tx.outbox.outstanding(1), tx.passing.first_in([8, LANE])

    assert await store.write(enter) == ([True, False], 1, {LANE})


async def test_who_writes_counts_what_passes_from_memory(
    store: SqliteStore, reception: FakeReception
) -> None:
    """The pacer asks for every open window; others look at the tables, and find as many."""
    first, second = a_delivery("a"), a_delivery("b", subscription=2)
    statements: list[str] = []

    def count(tx: Transaction) -> list[int]:
        return [tx.outbox.outstanding(number) for number in (1, 2, 3)]

    def count_and_fail(tx: Transaction) -> None:
        add_deliveries(tx, a_delivery("lost", subscription=3))
        assert count(tx) == [1, 1, 1]
        raise ValueError("undone")

    await store.write(lambda t: add_deliveries(t, first, second))
    await store.write(lambda t: connection_of(t).set_trace_callback(statements.append))
    counted = [await store.write(count), await store.read(count)]
    await store.write(lambda t: connection_of(t).set_trace_callback(None))
    await outcome(store, count_and_fail)
    counted += [await store.write(count), await store.read(count)]
    await store.write(lambda t: take(t, reception.arrived[:1]))
    taken = [await store.write(count), await store.read(count)]
    await store.write(lambda t: t.outbox.give_back(["b"]))
    given_back = [await store.write(count), await store.read(count)]

    assert "passing" not in "\n".join(statements)
    assert counted == [[1, 1, 0]] * 4
    assert taken == given_back == [[0, 1, 0]] * 2


@pytest.mark.parametrize(
    "statement", ["DELETE FROM delivery", "UPDATE delivery SET ordinal = ordinal + 9"]
)
async def test_what_passes_stays_in_its_place(
    store: SqliteStore, reception: FakeReception, statement: str
) -> None:
    """Whoever removed or renumbered it would have it delivered; afterwards it may go."""
    await add(store, "a")
    with pytest.raises(sqlite3.IntegrityError, match="a Delivery that passes cannot be"):
        await store.write(lambda t: connection_of(t).execute(statement))
    await store.write(lambda t: take(t, reception.arrived))
    moved = await store.write(lambda t: connection_of(t).execute(statement).rowcount)

    assert moved == 1


async def test_what_is_not_in_the_table_is_looked_at_like_any_other(
    store: SqliteStore, reception: FakeReception
) -> None:
    """How many rows went is compared with how many were to go, and what is remembered forgotten."""
    await add(store, "a")
    await add(store, "b", lane=8)

    def spoil(tx: Transaction) -> int:
        connection_of(tx).execute("DELETE FROM passing WHERE first = 1")
        return take(tx, reception.arrived)

    moved = await store.write(spoil)
    await add(store, "c")
    attempts = await store.read(lambda t: [len(t.outbox.attempts(one)) for one in "ab"])

    assert moved == 1  # the row of "a" says by itself that it was delivered
    assert attempts == [1, 1]
    assert reception.arrived[-1].delivery.id == "c"  # nobody is thought to be before it


async def test_what_waits_behind_is_let_go_after_an_undone_piece(
    store: SqliteStore, reception: FakeReception
) -> None:
    """What is read anew does not know who came behind, so it looks."""
    await add(store, "a", "b")

    def fail(tx: Transaction) -> None:
        _add(tx, identity="lost", lane=8)
        raise ValueError("undone")

    await outcome(store, fail)
    await store.write(lambda t: take(t, reception.arrived))

    assert await store.write(lambda t: claim_at(t, 0)) == ["b"]


async def outcome(
    store: SqliteStore, work: Callable[[Transaction], object]
) -> BaseException | None:
    """Give what a piece of work raised."""
    return (await asyncio.gather(store.write(work), return_exceptions=True))[0]  # type: ignore[return-value]


async def test_a_claim_of_another_time_does_not_settle(
    store: SqliteStore, reception: FakeReception
) -> None:
    """One that was pruned may have stood at the same place as one that passes now."""
    await add(store, "a")
    old = reception.arrived[0]._replace(until=NOON - timedelta(days=9))
    gone = old._replace(delivery=old.delivery._replace(id="gone"))
    moved = await store.write(lambda t: take(t, [gone]))
    kept = await store.read(lambda t: t.outbox.get("a"))

    assert moved == 0
    assert kept is not None
    assert kept.state is DeliveryState.CLAIMED
