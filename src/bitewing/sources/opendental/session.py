"""Session: what a MySQL or MariaDB connection is told before it may read."""

from typing import Any

from asyncmy.errors import MySQLError

from bitewing.model.errors import SourceRefusedError

_SETTINGS = (
    # init_connect may have begun a transaction, whose frozen picture would hide every change.
    "COMMIT AND NO CHAIN",
    "SET NAMES utf8mb4",
    "SET SESSION autocommit = 1, time_zone = '+00:00', sql_mode = ''",
    # Servers run with --safe-updates would cut lists of keys off without a word.
    "SET SESSION sql_select_limit = 18446744073709551615, sql_big_selects = 1",
    # The driver logs warnings, and warnings quote values of rows.
    "SET SESSION max_error_count = 0",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
)
_READ_ONLY = ("SET SESSION TRANSACTION READ ONLY",)  # MySQL 5.6.5 and later, MariaDB 10.0
_FRESH_STATISTICS = ("SET SESSION information_schema_stats_expiry = 0",)  # MySQL 8
_LIMITS = (
    "SET SESSION max_statement_time = {seconds}",  # MariaDB
    "SET SESSION max_execution_time = {milliseconds}",  # MySQL 5.7.8 and later
)
_CHECK = "SELECT @@autocommit, @@session.time_zone, @@character_set_results, @@sql_select_limit"
_EXPECTED = (b"1", b"+00:00", b"utf8mb4", b"18446744073709551615")

_NOT_KNOWN = {1064, 1193}
"""A syntax error, an unknown variable: the server is too old for a statement, or another kind."""


async def secure(connection: Any, *, statement_seconds: int) -> None:
    """Make the session read-only, UTC, complete, fresh for every statement, and impatient.

    Servers too old to know a read-only session or a statement's time limit go without: there
    the account's rights, and giving up on our side, must do.

    Raises:
        SourceRefusedError: the server, or a proxy before it, does not let the session be so.
        MySQLError: the server fails.
    """
    cursor = connection.cursor()
    for statement in _SETTINGS:
        await cursor.execute(statement)
    await _first_known(cursor, _READ_ONLY)
    await _first_known(cursor, _FRESH_STATISTICS)
    limits = [
        limit.format(seconds=statement_seconds, milliseconds=statement_seconds * 1000)
        for limit in _LIMITS
    ]
    await _first_known(cursor, limits)
    await cursor.execute(_CHECK)
    [settings] = await cursor.fetchall()
    if settings != _EXPECTED:
        raise SourceRefusedError(
            "The database does not let the session use autocommit, UTC and UTF-8; a frozen or cut "
            "picture would hide changes. Look for a proxy that changes sessions."
        )


async def _first_known(cursor: Any, statements: list[str] | tuple[str, ...]) -> None:
    """Run the first of these that the server knows, if it knows any."""
    for statement in statements:
        try:
            await cursor.execute(statement)
        except MySQLError as error:
            if error.args[0] not in _NOT_KNOWN:
                raise
        else:
            return
