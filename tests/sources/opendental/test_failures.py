"""What a failing server does to reading: a clear sentence, and all is well once it is back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import pymysql
import pytest
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import (
    PASSWORD,
    DentalOffice,
    practice_at,
    reader_of,
    source_at,
)

from bitewing.model.errors import BitewingError, SourceUnavailableError
from bitewing.model.inquiry import Inquiry
from bitewing.sources.opendental import OpenDental
from bitewing.sources.opendental.failures import explained
from bitewing.sources.opendental.mysql import MySqlDatabase

live = pytest.mark.live


async def failure_of(source: OpenDental) -> str:
    with pytest.raises(SourceUnavailableError) as caught:
        await source.open()
    await source.close()
    return str(caught.value)


@contextmanager
def locked(server: MariaDB, office: DentalOffice, table: str) -> Iterator[Any]:
    """Lock a table against readers, as a restore does."""
    name = office.url.rsplit("/", 1)[1]
    connection = pymysql.connect(host="127.0.0.1", port=server.port, user="root", database=name)
    try:
        cursor = connection.cursor()
        cursor.execute(f"LOCK TABLES {table} WRITE")
        yield cursor
    finally:
        connection.close()


def impatient(office: DentalOffice, seconds: int = 1) -> MySqlDatabase:
    """Give a connection of the office's reader whose statements may take so long only."""
    database = office.source.polling
    assert isinstance(database, MySqlDatabase)
    database.statement_seconds = seconds
    return database


async def seen(server: MariaDB, condition: str) -> None:
    """Return when the server's list of sessions shows such a one."""
    sessions = "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()"
    for _ in range(600):
        [(count,)] = await asyncio.to_thread(server.execute, f"{sessions} AND {condition}")
        if count:
            return
    raise AssertionError(f"no session shows {condition}")


@live
@pytest.mark.parametrize(
    ("user", "password", "database", "expected"),
    [
        ("root", "", "no_such_practice", "Check the database's name"),
        ("nobody", PASSWORD, "mysql", "refuses the account or its password"),
    ],
)
async def test_a_wrong_account_or_name_is_told(
    mariadb: MariaDB, user: str, password: str, database: str, expected: str
) -> None:
    """The sentence says what is wrong, where, and how to mend it; never the password."""
    text = await failure_of(source_at(mariadb.url(database, user), password=password))

    assert expected in text
    assert f"{database} at 127.0.0.1:{mariadb.port}" in text
    assert PASSWORD not in text


@live
async def test_an_account_without_the_database_is_told(mariadb: MariaDB) -> None:
    """An account that may not use the database at all is a matter for a person."""
    url = mariadb.create_account("stranger", PASSWORD, privileges=("USAGE",)) + "mysql"
    source = source_at(url)
    with pytest.raises(BitewingError, match="Grant the account SELECT on this database") as caught:
        await source.open()
    await source.close()

    assert caught.value.code == "source.refused"


async def test_a_server_that_is_down_is_told() -> None:
    """Nothing listens there: the sentence names the host and asks whether it runs."""
    text = await failure_of(source_at("mysql://u:s3cret-molar@127.0.0.1:1/opendental"))

    assert "opendental at 127.0.0.1:1" in text
    assert "Is the server running" in text
    assert PASSWORD not in text


async def test_a_server_that_says_nothing_is_given_up() -> None:
    """A port that accepts and stays silent costs five seconds, not for ever."""
    release = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await release.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    began = asyncio.get_running_loop().time()
    text = await failure_of(source_at(f"mysql://u@127.0.0.1:{port}/opendental"))
    took = asyncio.get_running_loop().time() - began
    release.set()
    server.close()
    await server.wait_closed()

    assert "does not answer in time" in text
    assert took < 10


@pytest.fixture
async def fragile(request: pytest.FixtureRequest) -> AsyncIterator[tuple[MariaDB, DentalOffice]]:
    """A practice on a server that the test may kill."""
    server = MariaDB()
    server.start()
    place = server.create_database("practice")
    with practice_at(place.url, reader=reader_of(server, place), engine="InnoDB") as office:
        yield server, office
        await office.source.close()
    server.remove()


@live
async def test_a_killed_server_is_read_again_when_it_is_back(
    fragile: tuple[MariaDB, DentalOffice],
) -> None:
    """Killed while it answers, then down, then restarted: the same object reads on."""
    server, office = fragile
    office.add("Patient", 1)
    before = await office.records("Patient")
    async with asyncio.TaskGroup() as group:
        query = group.create_task(swallowed(office.source.polling.query("SELECT SLEEP(20)")))
        await seen(server, "INFO LIKE '%SLEEP%'")
        server.kill()
    lost = query.result()
    down = await swallowed(office.source.reach())
    server.start()

    assert isinstance(lost, SourceUnavailableError)
    assert "closed the connection" in str(lost)
    assert "Is the server running" in str(down)
    assert await office.source.fetch(office.watch("Patient"), [1]) == before


async def swallowed(work: Any) -> Any:
    """Give what it gives, or the error."""
    try:
        return await work
    except BitewingError as error:
        return error


@live
async def test_a_statement_that_waits_too_long_is_stopped_by_the_server(
    locking_office: DentalOffice, mariadb: MariaDB
) -> None:
    """While a restore holds the table nothing is read; afterwards all is."""
    office = locking_office
    impatient(office)
    office.add("Patient", 1)
    await office.source.open()
    with (
        locked(mariadb, office, "patient"),
        pytest.raises(SourceUnavailableError, match="took too long") as caught,
    ):
        await office.source.fetch(office.watch("Patient"), [1])
    [record] = await office.source.fetch(office.watch("Patient"), [1])

    assert record.key.number == 1
    assert "127.0.0.1" in str(caught.value)


@live
async def test_a_question_is_answered_while_the_poll_is_blocked(
    locking_office: DentalOffice, mariadb: MariaDB
) -> None:
    """A person who asks about patients does not wait for the poll of appointments."""
    office = locking_office
    impatient(office, 20)
    office.add("Patient", 1)
    await office.source.open()
    async with asyncio.TaskGroup() as group:
        with locked(mariadb, office, "appointment"):
            poll = group.create_task(office.source.read_after(office.watch("Appointment"), None, 9))
            await seen(mariadb, "STATE LIKE 'Waiting%lock'")
            found = await office.source.find(Inquiry("Patient"))
            still_blocked = not poll.done()

    assert still_blocked
    assert [record.key.number for record in found] == [1]
    assert poll.result() == []


async def test_a_cancelled_question_never_answers_the_next(
    server_office: DentalOffice, mariadb: MariaDB
) -> None:
    """The rows of a question that was given up are nobody's."""
    database = server_office.source.polling
    await database.query("SELECT 1")
    async with asyncio.TaskGroup() as group:
        given_up = group.create_task(database.query("SELECT 'old', SLEEP(1)"))
        waiting = group.create_task(database.query("SELECT 'new'"))
        await seen(mariadb, "INFO LIKE '%SLEEP%'")
        given_up.cancel()

    assert given_up.cancelled()
    assert waiting.result() == [(b"new",)]
    assert await database.query("SELECT 'newer'") == [(b"newer",)]


async def test_two_questions_at_once_get_their_own_answers(server_office: DentalOffice) -> None:
    """One connection answers one question after another."""
    database = server_office.source.asking
    answers = await asyncio.gather(*(database.query(f"SELECT {n}") for n in range(20)))

    assert answers == [[(b"%d" % n,)] for n in range(20)]


@live
async def test_a_full_server_is_told(transactional_office: DentalOffice, mariadb: MariaDB) -> None:
    """Too many connections: the sentence says what to raise; with one free all is well."""
    office = transactional_office
    account = office.source.polling
    assert isinstance(account, MySqlDatabase)
    mariadb.execute(f"GRANT USAGE ON *.* TO '{account.user}'@'%' WITH MAX_USER_CONNECTIONS 1")
    occupant = pymysql.connect(
        host="127.0.0.1", port=mariadb.port, user=account.user, password=PASSWORD
    )
    try:
        with pytest.raises(SourceUnavailableError, match="max_user_connections"):
            await office.source.open()
    finally:
        occupant.close()
    mariadb.execute(f"GRANT USAGE ON *.* TO '{account.user}'@'%' WITH MAX_USER_CONNECTIONS 0")

    assert await office.records("Patient") == []


@live
async def test_leaving_is_polite(transactional_office: DentalOffice, mariadb: MariaDB) -> None:
    """A connection that is given back does not count as aborted, which admins watch for."""
    count = "SHOW GLOBAL STATUS LIKE 'Aborted_clients'"
    [(_, before)] = mariadb.execute(count)
    await transactional_office.records("Patient")
    await transactional_office.source.close()
    [(_, after)] = mariadb.execute(count)

    assert after == before


async def test_errors_show_no_values_of_rows(server_office: DentalOffice) -> None:
    """The server's own words are left out wherever they may quote what a row holds."""
    with pytest.raises(SourceUnavailableError) as caught:
        await server_office.source.polling.query(
            "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Duplicate entry Canarypatient'"
        )

    assert "Canary" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "error 1644" in str(caught.value)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), "does not answer in time"),
        (OSError(5, "Input/output error"), "error 5"),
        (EOFError(), "EOFError"),
    ],
)
def test_every_failure_becomes_a_sentence(error: Exception, expected: str) -> None:
    """Whatever a network does is told with the place."""
    explanation = explained(error, "opendental at db.example:3306")

    assert isinstance(explanation, SourceUnavailableError)
    assert "opendental at db.example:3306" in str(explanation)
    assert expected in str(explanation)
