"""The session that bitewing reads in: read only, UTC, complete, fresh and impatient."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from asyncmy.errors import InternalError, OperationalError
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import DentalOffice

from bitewing.model.errors import SourceRefusedError, SourceUnavailableError
from bitewing.sources.opendental.mysql import MySqlDatabase
from bitewing.sources.opendental.session import secure

live = pytest.mark.live


@contextmanager
def global_setting(server: MariaDB, name: str, value: str) -> Iterator[None]:
    """Change one of the server's settings for new sessions, and set it back."""
    [(before,)] = server.execute(f"SELECT @@global.{name}")
    server.execute(f"SET GLOBAL {name} = {value}")
    try:
        yield
    finally:
        server.execute(f"SET GLOBAL {name} = {before!r}")


async def settings_of(office: DentalOffice, *names: str) -> list[str]:
    listed = ", ".join(f"@@session.{name}" for name in names)
    [values] = await office.source.polling.query(f"SELECT {listed}")
    return [(value or b"").decode() for value in values]


async def test_the_session_is_what_reading_needs(server_office: DentalOffice) -> None:
    """Every statement sees what is committed, in UTC, whole, and for 30 seconds at most."""
    settings = await settings_of(
        server_office,
        *("autocommit", "time_zone", "tx_isolation", "tx_read_only", "max_statement_time"),
        *("character_set_results", "sql_mode", "sql_select_limit", "max_error_count"),
    )

    assert settings == [
        *("1", "+00:00", "READ-COMMITTED", "1", "30.000000"),
        *("utf8mb4", "", "18446744073709551615", "0"),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patient SET LName = 'x'",
        "DELETE FROM patient",
        "INSERT INTO patient () VALUES ()",
        "DROP TABLE patient",
        "ALTER TABLE patient ADD COLUMN x INT",
    ],
)
async def test_nothing_can_be_written(
    server_office: DentalOffice, mariadb: MariaDB, statement: str
) -> None:
    """Even with all rights, no engine lets our session change anything."""
    office = server_office
    office.add("Patient", 1, {"LName": "Smith"})
    almighty = MySqlDatabase.at(office.url, None)
    with pytest.raises(SourceUnavailableError) as caught:
        await almighty.query(statement)
    await almighty.close()

    assert "1792" in str(caught.value)
    assert office.writer.rows("SELECT LName FROM patient") == [("Smith",)]


@live
@pytest.mark.parametrize(
    "trick", ["SET autocommit = 0", "BEGIN", "START TRANSACTION WITH CONSISTENT SNAPSHOT"]
)
async def test_a_server_that_freezes_sessions_is_overcome(
    transactional_office: DentalOffice, mariadb: MariaDB, trick: str
) -> None:
    """Where init_connect turns autocommit off or begins a transaction, changes are seen still."""
    office = transactional_office
    with global_setting(mariadb, "init_connect", f'"{trick}"'):
        await office.source.open()
        patients = office.watch("Patient")
        before = await office.source.read_after(patients, None, 10)
        office.add("Patient", 1)
        after = await office.source.read_after(patients, None, 10)

    assert (len(before), len(after)) == (0, 1)


@live
async def test_a_server_that_cuts_answers_off_is_overcome(
    transactional_office: DentalOffice, mariadb: MariaDB
) -> None:
    """A server with safe updates gives 1,000 rows and no more: not to us."""
    office = transactional_office
    for number in range(4):
        office.add("Patient", number)
    with global_setting(mariadb, "sql_select_limit", "2"):
        records = await office.records("Patient")

    assert len(records) == 4


@live
@pytest.mark.parametrize("trick", ["SET NAMES latin1", "SET time_zone = '-08:00'"])
async def test_a_server_with_other_habits_is_overcome(
    transactional_office: DentalOffice, mariadb: MariaDB, trick: str
) -> None:
    """Letters come as UTF-8 and stamps in UTC whatever init_connect says."""
    office = transactional_office
    with global_setting(mariadb, "init_connect", f'"{trick}"'):
        office.add("Patient", 1, {"LName": "Żółć"})
        reach = await office.source.reach()
        record = await office.record("Patient")

    assert record.native["LName"] == "Żółć".encode()
    assert record.stamped_at is not None
    assert abs((record.stamped_at - reach.now).total_seconds()) < 60


@live
async def test_warnings_of_the_server_are_not_logged(
    transactional_office: DentalOffice, caplog: pytest.LogCaptureFixture
) -> None:
    """The driver logs the server's warnings, which quote values: there must be none."""
    office = transactional_office
    office.add("Patient", 1, {"LName": "Canarypatient"})
    with caplog.at_level(logging.DEBUG):
        rows = await office.source.polling.query("SELECT LName + 0 FROM patient")

    assert rows == [(b"0",)]
    assert "Canary" not in caplog.text


class ScriptedCursor:
    """The driver's cursor on a server that does not know certain statements."""

    def __init__(self, unknown: dict[str, Exception], answer: tuple[bytes, ...]) -> None:
        self.ran: list[str] = []
        self._unknown = unknown
        self._answer = answer

    def cursor(self) -> "ScriptedCursor":
        return self

    async def execute(self, statement: str) -> None:
        for part, error in self._unknown.items():
            if part in statement:
                raise error
        self.ran.append(statement)

    async def fetchall(self) -> list[tuple[bytes, ...]]:
        return [self._answer]


AS_ASKED = (b"1", b"+00:00", b"utf8mb4", b"18446744073709551615")
NO_SUCH_VARIABLE = OperationalError(1193, "Unknown system variable")
NO_SUCH_SYNTAX = OperationalError(1064, "You have an error in your SQL syntax")


async def test_mysql_is_given_its_own_time_limit() -> None:
    """MySQL knows max_execution_time, in milliseconds, and not MariaDB's variable."""
    mysql_8 = ScriptedCursor({"max_statement_time": NO_SUCH_VARIABLE}, AS_ASKED)
    await secure(mysql_8, statement_seconds=30)

    assert "SET SESSION max_execution_time = 30000" in mysql_8.ran
    assert "SET SESSION TRANSACTION READ ONLY" in mysql_8.ran


async def test_mysql_5_5_goes_without_what_it_does_not_know() -> None:
    """It has neither a time limit nor read-only sessions; the account's rights must do."""
    unknown: dict[str, Exception] = {
        "max_statement_time": NO_SUCH_VARIABLE,
        "max_execution_time": NO_SUCH_VARIABLE,
        "READ ONLY": NO_SUCH_SYNTAX,
    }
    mysql_5_5 = ScriptedCursor(unknown, AS_ASKED)
    await secure(mysql_5_5, statement_seconds=30)

    assert "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED" in mysql_5_5.ran
    assert not any("max_" in statement for statement in mysql_5_5.ran if "error" not in statement)


async def test_a_server_that_fails_is_not_taken_for_an_old_one() -> None:
    """Any other error while the session is secured ends it."""
    failing = ScriptedCursor({"READ ONLY": InternalError(2013, "Lost connection")}, AS_ASKED)

    with pytest.raises(InternalError):
        await secure(failing, statement_seconds=30)


@pytest.mark.parametrize(
    "answer",
    [
        (b"0", b"+00:00", b"utf8mb4", b"18446744073709551615"),
        (b"1", b"SYSTEM", b"utf8mb4", b"18446744073709551615"),
        (b"1", b"+00:00", b"latin1", b"18446744073709551615"),
        (b"1", b"+00:00", b"utf8mb4", b"1000"),
    ],
)
async def test_a_session_that_cannot_be_secured_is_refused(answer: tuple[bytes, ...]) -> None:
    """A proxy that swallows what it is told would let changes be missed."""
    with pytest.raises(SourceRefusedError, match="proxy"):
        await secure(ScriptedCursor({}, answer), statement_seconds=30)
