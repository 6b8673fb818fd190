"""How far a poll can see, with and without the PROCESS right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pymysql
import pytest
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import PASSWORD, DentalOffice, practice_at, source_at

from bitewing.model.watch import Reach

MARGIN = timedelta(seconds=2)
BLIND, SEEING = timedelta(seconds=120), timedelta(seconds=10)
ZONES = ["UTC", "America/New_York", "Asia/Tokyo"]


@contextmanager
def another_session(server: MariaDB, database: str) -> Iterator[Any]:
    """Give a cursor outside autocommit, as another program at the practice has."""
    connection = pymysql.connect(host="127.0.0.1", port=server.port, user="root", database=database)
    try:
        yield connection.cursor()
    finally:
        connection.close()


def seeing_account(server: MariaDB, name: str) -> str:
    """Make an account with SELECT and PROCESS; give its url."""
    url = server.create_account("seer", PASSWORD, privileges=("SELECT", "PROCESS"))
    return url.removesuffix("/") + f"/{name}"


def database_of(office: DentalOffice) -> str:
    return office.url.rsplit("/", 1)[1]


async def reach_of(url: str) -> Reach:
    source = source_at(url)
    await source.open()
    reach = await source.reach()
    await source.close()
    return reach


async def test_without_the_right_a_poll_looks_two_minutes_back(office: DentalOffice) -> None:
    """Nobody can tell what is still uncommitted, so the overlap is long."""
    await office.source.open()
    reach = await office.source.reach()

    assert reach.complete_up_to == reach.now
    assert reach.overlap == BLIND
    assert reach.now.microsecond == 0


async def test_with_the_right_a_poll_looks_ten_seconds_back(
    server_office: DentalOffice, mariadb: MariaDB
) -> None:
    """A quiet server hides nothing: all is complete up to now."""
    reach = await reach_of(seeing_account(mariadb, database_of(server_office)))

    assert reach.complete_up_to == reach.now
    assert reach.overlap == SEEING


@pytest.fixture(scope="module", params=ZONES)
def far_server(request: pytest.FixtureRequest) -> Iterator[MariaDB]:
    """A server of its own in a practice somewhere on the earth."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", request.param)
        server = MariaDB()
        server.start()
    server.create_database("practice")
    with practice_at(server.url("practice"), engine="InnoDB"):
        pass
    yield server
    server.remove()


@pytest.mark.live
async def test_an_open_transaction_holds_the_horizon_back(far_server: MariaDB) -> None:
    """Wherever the server stands: what began 5 seconds ago may still show its stamps."""
    url = seeing_account(far_server, "practice")
    with another_session(far_server, "practice") as other:
        other.execute("INSERT INTO patient (LName) VALUES ('Late')")
        other.execute("SELECT SLEEP(2)")
        reach = await reach_of(url)
        other.execute("ROLLBACK")
        other.execute("SELECT SLEEP(0.2)")  # the server's list of transactions is 0.1 s old at most
    after = await reach_of(url)

    age = (reach.now - reach.complete_up_to - MARGIN).total_seconds()
    assert 2 <= age <= 30
    assert after.complete_up_to == after.now


@pytest.mark.live
async def test_a_waiting_statement_holds_the_horizon_back(
    locking_office: DentalOffice, mariadb: MariaDB
) -> None:
    """An UPDATE that waits for a table lock is stamped with the second in which it began."""
    name = database_of(locking_office)
    locking_office.add("Patient", 1)
    url = seeing_account(mariadb, name)
    with another_session(mariadb, name) as locking, another_session(mariadb, name) as waiting:
        locking.execute("LOCK TABLES patient READ")
        waiting.connection._execute_command(3, "UPDATE patient SET LName = 'Late'")
        locking.execute("SELECT SLEEP(2)")
        reach = await reach_of(url)
        locking.execute("UNLOCK TABLES")
        waiting.connection._read_query_result()

    assert 1 <= (reach.now - reach.complete_up_to - MARGIN).total_seconds() <= 30


async def test_the_right_may_be_taken_away_while_reading(
    server_office: DentalOffice, mariadb: MariaDB
) -> None:
    """Reading goes on at once with the long overlap; nobody has to restart anything."""
    url = seeing_account(mariadb, database_of(server_office))
    source = source_at(url)
    await source.open()
    before = await source.reach()
    mariadb.execute("REVOKE PROCESS ON *.* FROM 'seer'@'%'")
    await source.polling.close()
    after = await source.reach()
    later = await source.reach()
    await source.close()

    assert (before.overlap, after.overlap, later.overlap) == (SEEING, BLIND, BLIND)
    assert after.complete_up_to == after.now


@pytest.mark.live
async def test_the_clock_is_the_databases(transactional_office: DentalOffice) -> None:
    """The clock and the stamps of rows agree."""
    office = transactional_office
    office.add("Patient", 1)
    record = await office.record("Patient")
    reach = await office.source.reach()

    assert record.stamped_at is not None
    assert timedelta(0) <= reach.now - record.stamped_at < timedelta(minutes=1)
