"""Pieces of work, in every store."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from tests.stores.samples import a_subscription

from bitewing.model.errors import StoreUnavailableError
from bitewing.ports.store import Store, Transaction


async def test_work_gives_its_result(store: Store) -> None:
    """What the function returns comes out, from writing and from reading."""
    written = await store.write(lambda _: "written")
    read = await store.read(lambda _: "read")

    assert (written, read) == ("written", "read")


async def test_work_that_raises_stores_nothing(store: Store) -> None:
    """Its exception comes out, and everything it did is undone."""

    def select_and_fail(transaction: Transaction) -> None:
        transaction.selections.put("main", "FRONT", 28)
        raise KeyError("on purpose")

    with pytest.raises(KeyError, match="on purpose"):
        await store.write(select_and_fail)

    assert await store.read(lambda t: t.selections.get("main", "FRONT")) is None


async def test_neighbours_of_failing_work_are_stored(store: Store) -> None:
    """Of many pieces at once, those that raise harm nobody else."""

    def select(transaction: Transaction, number: int) -> int:
        transaction.selections.put("main", f"W{number}", number)
        if number % 3 == 0:
            raise ValueError(number)
        return number

    works = [partial(select, number=number) for number in range(60)]
    results = await asyncio.gather(*map(store.write, works), return_exceptions=True)
    found = await store.read(lambda t: [t.selections.get("main", f"W{n}") for n in range(60)])

    assert found == [None if n % 3 == 0 else n for n in range(60)]
    assert [str(r) if isinstance(r, ValueError) else r for r in results] == [
        str(n) if n % 3 == 0 else n for n in range(60)
    ]


async def test_any_exception_comes_out(store: Store) -> None:
    """Even one that futures do not take does not keep the caller waiting."""

    def stop(_: Transaction) -> None:
        next(iter(()))

    with pytest.raises((StopIteration, RuntimeError)):
        await store.write(stop)

    assert await store.write(lambda _: "alive") == "alive"


async def test_pieces_run_in_the_order_in_which_they_were_asked_for(store: Store) -> None:
    """Later work sees what earlier work did."""
    added = await asyncio.gather(
        *(store.write(lambda t: t.subscriptions.add(a_subscription())) for _ in range(20))
    )

    assert [each.number for each in added] == sorted(each.number for each in added)


async def test_a_caller_that_gives_up_harms_nobody(store: Store) -> None:
    """Cancelling whoever waits leaves the store working, for it and for others."""

    async def select(workstation: str) -> None:
        await store.write(lambda t: t.selections.put("main", workstation, 1))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(select(f"W{n}")) for n in range(50)]
        await store.write(lambda _: None)
        for task in tasks[::2]:
            task.cancel()
    found = await store.read(lambda t: [t.selections.get("main", f"W{n}") for n in range(1, 50, 2)])

    assert found == [1] * 25


async def test_a_reader_sees_one_picture(store: Store) -> None:
    """What is written while a piece reads does not show in it."""
    loop = asyncio.get_running_loop()
    await store.write(lambda t: t.selections.put("main", "FRONT", 1))

    def read_twice(transaction: Transaction) -> tuple[int | None, int | None]:
        before = transaction.selections.get("main", "FRONT")
        write = store.write(lambda t: t.selections.put("main", "FRONT", 2))
        asyncio.run_coroutine_threadsafe(write, loop).result(timeout=30)
        return before, transaction.selections.get("main", "FRONT")

    pictures = await store.read(read_twice)

    assert pictures == (1, 1)
    assert await store.read(lambda t: t.selections.get("main", "FRONT")) == 2


async def test_closing_finishes_what_was_asked(
    make_store: Callable[[Path], Store], tmp_path: Path
) -> None:
    """Work handed in before the end is stored, and there when the store opens again."""
    store = make_store(tmp_path)
    await store.open()
    async with asyncio.TaskGroup() as group:
        for n in range(300):
            group.create_task(_select(store, n))
        await store.write(lambda _: None)
        await store.close()
    await store.open()
    found = await store.read(lambda t: [t.selections.get("main", f"W{n}") for n in range(300)])
    await store.close()

    assert found == list(range(300))


async def _select(store: Store, number: int) -> None:
    await store.write(lambda t: t.selections.put("main", f"W{number}", number))


async def test_a_closed_store_can_be_peeked_into(
    make_store: Callable[[Path], Store], tmp_path: Path
) -> None:
    """Whether nobody has it open or somebody has, what was stored shows."""
    store, other = make_store(tmp_path), make_store(tmp_path)
    await store.open()
    await _select(store, 1)
    during = await other.peek(lambda t: t.selections.get("main", "W1"))
    await store.close()
    afterwards = await other.peek(lambda t: t.selections.get("main", "W1"))
    await store.open()
    await store.close()

    assert (during, afterwards) == (1, 1)


async def test_a_store_that_is_not_open_says_so(
    make_store: Callable[[Path], Store], tmp_path: Path
) -> None:
    """Before opening and after closing there is nothing to ask."""
    store = make_store(tmp_path)

    with pytest.raises(StoreUnavailableError, match="not open"):
        await store.write(lambda _: None)
    await store.open()
    await store.close()
    with pytest.raises(StoreUnavailableError, match="not open"):
        await store.read(lambda _: None)
