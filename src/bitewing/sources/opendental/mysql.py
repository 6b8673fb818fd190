"""MySQL and MariaDB: one read-only connection that gives the server's own bytes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
from asyncmy.converters import escape_int, escape_str
from asyncmy.errors import MySQLError

from bitewing.model.errors import (
    BitewingError,
    SettingsError,
    SourceRefusedError,
    SourceUnavailableError,
)
from bitewing.sources.opendental.database import Cells, Value
from bitewing.sources.opendental.shapes import TableShape

_RAW = {int: escape_int, str: escape_str}
"""Parameters are written; nothing that comes back is converted."""

_MENDS = {
    1040: "The server has no connection free; raise max_connections or try later.",
    1044: "Grant the account SELECT on this database.",
    1045: "The server refuses the account or its password; check the url and password_env.",
    1049: "Check the database's name in the source's url.",
    1130: "The server does not let this machine in; create the account for this host.",
    1142: "Grant the account SELECT on all tables of this database.",
    1143: "Grant the account SELECT on all columns of this database.",
    1194: "The table is marked as crashed; repair it with Open Dental's database maintenance.",
    1698: "The server refuses the account or its password; check the url and password_env.",
    1969: "The statement took too long and was stopped.",
    2003: "Is the server running, and is the address right?",
}
_STATEMENT_SECONDS = 30
_CONNECT_SECONDS = 5

_ERRORS = (MySQLError, OSError, EOFError, asyncio.TimeoutError, asyncio.IncompleteReadError)


@dataclass(slots=True)
class MySqlDatabase:
    """Reads through one connection; a failed or cancelled statement closes it.

    A cancelled statement's rows would otherwise be the next statement's answer.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    name: str
    mark: str = "%s"
    clock: str = "UNIX_TIMESTAMP()"
    _connection: Any = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def at(cls, url: str, password: str | None) -> "MySqlDatabase":
        """Read ``mysql://user[:password]@host[:port]/database``.

        Raises:
            SettingsError: host, user or database is missing.
        """
        parts = urlsplit(url)
        name = parts.path.lstrip("/")
        if not (parts.hostname and parts.username and name):
            raise SettingsError(
                "A source's url must name user, host and database: "
                "mysql://bitewing@127.0.0.1:3306/opendental"
            )
        secret = password if password is not None else unquote(parts.password or "")
        user = unquote(parts.username)
        return cls(parts.hostname, parts.port or 3306, user, secret, unquote(name))

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"{self.name} at {self.host}:{self.port}"

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Cells]:
        """Run one SELECT; see Database."""
        async with self._turn:
            try:
                async with asyncio.timeout(_STATEMENT_SECONDS + _CONNECT_SECONDS):
                    if self._connection is None:
                        self._connection = await self._connect()
                    return await self._select(sql, parameters)
            except asyncio.CancelledError:
                self._drop()
                raise
            except _ERRORS as error:
                self._drop()
                raise explained(error, self.place) from None

    async def discover(self, tables: Sequence[str]) -> dict[str, TableShape]:
        """Ask information_schema; see Database."""
        listed = ",".join([self.mark] * len(tables))
        within = f"table_schema = DATABASE() AND LOWER(table_name) IN ({listed})"
        engines = await self.query(
            "SELECT LOWER(table_name), engine, table_rows FROM information_schema.tables "
            f"WHERE {within}",
            tables,
        )
        columns = await self.query(
            "SELECT LOWER(table_name), column_name, column_key, extra "
            f"FROM information_schema.columns WHERE {within} ORDER BY ordinal_position",
            tables,
        )
        leading = await self.query(
            "SELECT LOWER(table_name), column_name FROM information_schema.statistics "
            f"WHERE {within} AND seq_in_index = 1",
            tables,
        )
        return {shape.name: shape for shape in _shapes(engines, columns, leading)}

    async def close(self) -> None:
        """Close the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _connect(self) -> Any:
        connection = await asyncmy.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            database=self.name,
            charset="utf8mb4",
            conv=_RAW,
            use_unicode=False,
            autocommit=True,
            connect_timeout=_CONNECT_SECONDS,
        )
        try:
            await _secure(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    async def _select(self, sql: str, parameters: Sequence[Value]) -> list[Cells]:
        cursor = self._connection.cursor()
        await cursor.execute(sql, tuple(parameters) or None)
        return list(await cursor.fetchall())

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


async def _secure(connection: Any) -> None:
    """Make the session read-only, UTC, fresh for every statement, and impatient."""
    cursor = connection.cursor()
    for statement in (
        "SET time_zone = '+00:00'",
        "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
        "SET SESSION TRANSACTION READ ONLY",
        "SET autocommit = 1",
    ):
        await cursor.execute(statement)
    for limit in (
        f"SET SESSION max_statement_time = {_STATEMENT_SECONDS}",  # MariaDB
        f"SET SESSION max_execution_time = {_STATEMENT_SECONDS * 1000}",  # MySQL 5.7 and later
    ):
        try:
            await cursor.execute(limit)
            break
        except MySQLError:
            continue  # each server knows one of the two, MySQL before 5.7 neither
    await cursor.execute("SELECT @@autocommit, @@session.time_zone")
    [(autocommit, zone)] = await cursor.fetchall()
    if (autocommit, zone) != (b"1", b"+00:00"):
        raise SourceRefusedError(
            "The database does not let the session use autocommit and UTC; a frozen picture would "
            "hide changes. Look for init_connect or a proxy that changes sessions."
        )


def explained(error: BaseException, place: str) -> BitewingError:
    """Turn a driver's error into a sentence: what, where, how to mend it."""
    if isinstance(error, BitewingError):
        return error
    if isinstance(error, TimeoutError):
        return SourceUnavailableError(f"{place} does not answer in time. Is the server busy?")
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    # The server's own words may quote a value of a row, except in these kinds of errors.
    words = str(error.args[-1]) if number in _MENDS and len(error.args) > 1 else ""
    mend = _MENDS.get(number, f"The driver reports error {number} ({type(error).__name__}).")
    text = f"Cannot read {place}. {words}{'. ' if words else ''}{mend}"
    refused = number in {1044, 1142, 1143}
    return SourceRefusedError(text) if refused else SourceUnavailableError(text)


def _shapes(
    engines: Sequence[Cells], columns: Sequence[Cells], leading: Sequence[Cells]
) -> list[TableShape]:
    def texts(row: Cells) -> list[str]:
        return [(value or b"").decode() for value in row]

    indexed = {(table, column) for table, column in map(texts, leading)}
    shapes = []
    for table, engine, rows in map(texts, engines):
        mine = [row[1:] for row in map(texts, columns) if row[0] == table]
        stamp = next((name for name, _, extra in mine if "on update" in extra.lower()), None)
        shapes.append(
            TableShape(
                name=table,
                columns=tuple(name for name, _, _ in mine),
                primary_key=tuple(name for name, key, _ in mine if key == "PRI"),
                stamp_column=stamp,
                stamp_is_indexed=(table, stamp) in indexed,
                engine=engine,
                rows=int(rows or 0),
            )
        )
    return shapes
