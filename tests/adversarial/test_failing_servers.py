"""Case 24: whatever breaks between us and the server, nothing is "gone" and nothing is mixed up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pymysql
import pytest
from tests.adversarial.rig import Rig
from tests.adversarial.wire import Wire
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import PASSWORD

from bitewing.engine.capture.agenda import SOON_SECONDS
from bitewing.model.health import Light
from bitewing.practice.creating import create
from bitewing.practice.database import connect
from bitewing.stores.sqlite import SqliteStore

pytestmark = pytest.mark.live


@asynccontextmanager
async def on_a_wire(rig: Rig) -> AsyncIterator[Wire]:
    """Read through a wire meanwhile."""
    wire, straight = Wire(rig.reader), rig.reader
    rig.reader = await wire.open()
    await rig.restart()
    yield wire
    await rig.source.close()
    await wire.close()
    rig.reader = straight
    await rig.restart()


@contextmanager
def locked(rig: Rig, table: str) -> Iterator[None]:
    """Lock a table against readers, as a restore does."""
    with rig.connection() as connection, connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLES {table} WRITE")
        yield
        cursor.execute("UNLOCK TABLES")


@contextmanager
def narrow(server: MariaDB) -> Iterator[None]:
    """Let the server take ten connections and no more; one of root's is always let in."""
    [(before,)] = server.execute("SELECT @@max_connections")
    server.execute("SET GLOBAL max_connections = 10")
    try:
        yield
    finally:
        server.execute(f"SET GLOBAL max_connections = {before}")


def change_much(rig: Rig) -> int:
    """Change rows as polls and sweeps see it, and as sweeps alone do; give how many."""
    rig.run("UPDATE patient SET AddrNote = 'seen by polls'")
    rig.run("UPDATE patfield SET FieldValue = 'kept', SecDateTEdit = SecDateTEdit LIMIT 5")
    rig.run("DELETE FROM schedule ORDER BY ScheduleNum LIMIT 3")
    return len(rig.keys("patient", "PatNum")) + 5 + 3


async def poll_and_sweep(rig: Rig) -> Light:
    """Poll, and compare everything for as long as that works; give the light."""
    await rig.poll()
    rig.clock.advance(SOON_SECONDS)
    rig.poller.request_sweep()
    now = rig.clock.monotonic()
    while rig.poller._sweep or rig.poller.agenda.seconds_until_next(now=now) <= 0:
        if rig.poller.health.light is Light.RED:
            break
        await rig.poller.sweep()
    return rig.poller.health.light


async def test_case_24_the_connection_is_lost_in_the_middle_of_any_result(server_rig: Rig) -> None:
    """Cut after so many bytes, then after more, until all passes: every Change is told once."""
    expected = change_much(server_rig)
    async with on_a_wire(server_rig) as wire:
        budget = 1_000
        while not wire.cuts or wire.bytes_left is None:
            wire.bytes_left = budget
            await poll_and_sweep(server_rig)
            await server_rig.replay()
            budget = budget * 5 // 4
        assert wire.cuts >= 10

    assert len(await server_rig.verify()) == expected


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param(b"SELECT `PatFieldNum`, CAST(CONV", id="the keys and digests of a range"),
        pytest.param(b"WHERE `PatFieldNum` IN (", id="the rows with these keys"),
        pytest.param(b"FROM `patient` WHERE `DateTStamp` >=", id="the keys of a poll"),
    ],
)
async def test_case_24_a_cut_answer_is_not_taken_for_a_whole_one(
    server_rig: Rig, statement: bytes
) -> None:
    """Rows that did not arrive are not gone, however few they are."""
    expected = change_much(server_rig)
    async with on_a_wire(server_rig) as wire:
        wire.doomed = statement
        during = await poll_and_sweep(server_rig)
        told = await server_rig.replay()
        assert wire.cuts == 1

    assert during is Light.RED
    assert [one for one in told if one.after is None and one.key.watch != "Schedule"] == []
    assert len(await server_rig.verify()) == expected


async def test_case_24_a_statement_is_stopped_for_its_length(server_rig: Rig) -> None:
    """A table that is locked for longer than a statement may take makes the light red, no more."""
    expected = change_much(server_rig)
    await server_rig.restart()
    polling: Any = server_rig.source.polling
    polling.statement_seconds = 1
    with locked(server_rig, "schedule"):
        during = await poll_and_sweep(server_rig)
        detail, told = server_rig.poller.health.detail, await server_rig.replay()

    assert during is Light.RED and "took too long" in detail
    assert [one.key.watch for one in told if one.after is None] == []
    assert len(await server_rig.verify()) == expected
    assert server_rig.poller.health.light is Light.GREEN


async def test_case_24_there_is_no_connection_free(server_rig: Rig, mariadb: MariaDB) -> None:
    """Turned away at the door we try again, and what is known stays known."""
    expected = change_much(server_rig)
    account = server_rig.source.polling.user  # type: ignore[attr-defined]
    await server_rig.restart()
    with narrow(mariadb), ExitStack() as crowd:
        full = False
        while not full:
            try:
                crowd.enter_context(_dial(mariadb, account))
            except pymysql.OperationalError:
                full = True
        during = await poll_and_sweep(server_rig)
        told = await server_rig.replay()

    assert (during, told) == (Light.RED, [])
    assert len(await server_rig.verify()) == expected


async def test_case_24_a_cancelled_poll_leaves_no_rows_to_the_next(server_rig: Rig) -> None:
    """A poll that was given up while it waited for a lock answers no later question."""
    expected = change_much(server_rig)
    for table in ("appointment", "patient", "schedule"):
        with locked(server_rig, table), pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await server_rig.poll()
        await server_rig.replay()

    assert len(await server_rig.verify()) == expected


@pytest.fixture
async def mortal(tmp_path: Path) -> AsyncIterator[tuple[Rig, MariaDB]]:
    """Capture a practice on a server that the test may kill."""
    server, store = MariaDB(), SqliteStore(str(tmp_path / "store.db"))
    try:
        server.start()
        url = server.create_database("practice").url
        create(url, patients=8, seed=3, today=date(2026, 3, 2))
        reader = server.create_account("reader", PASSWORD, database="practice")
        await store.open()
        rig = Rig(url, reader, connect(url), store)
        await rig.start()
        yield rig, server
        rig.writer.close()
        await rig.source.close()
    finally:
        await store.close()
        server.remove()


async def test_case_24_the_server_dies_while_it_answers(mortal: tuple[Rig, MariaDB]) -> None:
    """Killed while a poll waits, then down, then back: red meanwhile, and all is told once."""
    rig, server = mortal
    expected = change_much(rig)
    rig.writer.close()

    answering = await _kill_during_a_poll(rig, server)
    down = await poll_and_sweep(rig)
    server.start()
    rig.writer = connect(rig.url)

    assert (answering, down) == (Light.RED, Light.RED)
    assert len(await rig.verify()) == expected
    assert rig.poller.health.light is Light.GREEN


async def _kill_during_a_poll(rig: Rig, server: MariaDB) -> Light:
    """Kill the server once a statement of ours waits for a lock; give the light after that."""

    def kill() -> None:
        waiting = (
            "SELECT COUNT(*) FROM information_schema.PROCESSLIST "
            "WHERE USER = 'reader' AND STATE LIKE 'Waiting for table%'"
        )
        never = threading.Event()
        while server.execute(waiting) == [(0,)]:
            never.wait(0.02)
        server.kill()

    connection = _dial(server, "root", "practice")
    connection.cursor().execute("LOCK TABLES appointment WRITE")
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(kill))
        await rig.poll()
    connection._force_close()
    return rig.poller.health.light


def _dial(server: MariaDB, account: str, database: str | None = None) -> Any:
    password = "" if account == "root" else PASSWORD
    return pymysql.connect(
        host="127.0.0.1", port=server.port, user=account, password=password, database=database
    )
