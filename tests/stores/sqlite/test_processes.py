"""Processes that die, and processes that meet."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from tests.stores.samples import a_delivery, add_deliveries, claim_at

from bitewing.model.delivery import DeliveryState
from bitewing.model.errors import StoreInUseError
from bitewing.stores.sqlite import SqliteStore

ENOUGH_ACKNOWLEDGED = 300

WRITING = """
import asyncio, itertools, sys
from bitewing.stores.sqlite import SqliteStore
from tests.fakes.reception import FakeReception
from tests.stores.samples import *

async def write_for_ever(store, numbers):
    for number in numbers:
        record = seen(a_record(number, note=b"note %d" % number))
        def work(transaction):
            add_deliveries(transaction, a_delivery(f"d{number}", lane=number % 5))
            put_some(transaction, record)
        await store.write(work)
        print(number, flush=True)

async def main():
    store = SqliteStore(sys.argv[1], reception=FakeReception(after_noon(60)))
    await store.open()
    await store.write(lambda t: put_some(t, *(seen(a_record(n)) for n in range(-300, 0))))
    numbers = itertools.count()
    await asyncio.gather(*(write_for_ever(store, numbers) for _ in range(20)))

asyncio.run(main())
"""

OPENING = """
import asyncio, sys
from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite import SqliteStore
async def main():
    store = SqliteStore(sys.argv[1])
    await store.open()
    await store.close()
try:
    asyncio.run(main())
    print("opened")
except StoreUnavailableError as error:
    print(error)
"""

PEEKING = """
import asyncio, sys
from bitewing.stores.sqlite import SqliteStore
print(asyncio.run(SqliteStore(sys.argv[1]).peek(lambda t: t.selections.get("main", "FRONT"))))
"""


async def test_what_was_acknowledged_survives_a_kill(path: str) -> None:
    """The process is killed while twenty callers write; all that they were told is there.

    Nothing of it was sent, so all of it is pending, also what the reception had taken over.
    """
    acknowledged = await asyncio.to_thread(_write_and_kill, path)
    store = SqliteStore(path)
    await store.open()
    deliveries, images = await store.read(
        lambda t: (
            {n: one.state for n in acknowledged if (one := t.outbox.get(f"d{n}")) is not None},
            t.records.images("main", "Appointment", sorted(acknowledged)),
        )
    )
    await store.close()

    assert len(acknowledged) >= ENOUGH_ACKNOWLEDGED
    assert deliveries == dict.fromkeys(acknowledged, DeliveryState.PENDING)
    assert {n: record.native["Note"] for n, record in images.items()} == {
        n: b"note %d" % n for n in acknowledged
    }


def _write_and_kill(path: str) -> set[int]:
    """Give the numbers that the process said it had stored before it was killed."""
    with subprocess.Popen([sys.executable, "-c", WRITING, path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(ENOUGH_ACKNOWLEDGED)]
        process.kill()
        lines += process.stdout.readlines()
    return {int(line) for line in lines if line.endswith(b"\n")}


def opening_elsewhere(path: str) -> str:
    """Open and close the store in another process; give what it says."""
    ran = subprocess.run(
        [sys.executable, "-c", OPENING, path], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


def peeking_elsewhere(path: str) -> str:
    """Give the patient selected at the front desk, as another process sees it."""
    ran = subprocess.run(
        [sys.executable, "-c", PEEKING, path], capture_output=True, text=True, check=True
    )
    return ran.stdout.strip()


async def test_a_second_process_is_kept_off(sqlite_store: SqliteStore, path: str) -> None:
    """It hears why and what to do; the first is not disturbed."""
    said = await asyncio.to_thread(opening_elsewhere, path)
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 1))

    assert said.startswith(f"The store {path} is in use by another bitewing.")


async def test_a_second_process_may_peek(sqlite_store: SqliteStore, path: str) -> None:
    """It reads what was committed a moment ago, and the first goes on."""
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 28))
    seen_elsewhere = await asyncio.to_thread(peeking_elsewhere, path)
    await sqlite_store.write(lambda t: t.selections.put("main", "FRONT", 29))

    assert seen_elsewhere == "28"
    assert await sqlite_store.read(lambda t: t.selections.get("main", "FRONT")) == 29


async def test_a_second_store_in_this_process_is_kept_off(
    sqlite_store: SqliteStore, path: str
) -> None:
    """One process has no right to two either."""
    with pytest.raises(StoreInUseError, match="in use by another bitewing"):
        await SqliteStore(path).open()


async def test_a_link_leads_to_the_same_lock(
    sqlite_store: SqliteStore, path: str, tmp_path: Path
) -> None:
    """A file with two names is still one store."""
    (tmp_path / "link.db").symlink_to(path)

    with pytest.raises(StoreInUseError, match="in use by another bitewing"):
        await SqliteStore(str(tmp_path / "link.db")).open()


async def test_a_closed_store_is_free(path: str) -> None:
    """The next process may have it."""
    store = SqliteStore(path)
    await store.open()
    await store.close()

    assert await asyncio.to_thread(opening_elsewhere, path) == "opened"


async def test_what_a_dead_process_had_claimed_is_free_at_once(path: str) -> None:
    """Only one process may have the store, so a claim from before it was opened is nobody's."""
    before = SqliteStore(path)
    await before.open()
    await before.write(lambda t: add_deliveries(t, a_delivery("a", lane=1)))
    await before.write(lambda t: claim_at(t, 0))
    await before.close()

    after = SqliteStore(path)
    await after.open()
    again = await after.write(lambda t: claim_at(t, 1))
    await after.close()

    assert again == ["a"]
