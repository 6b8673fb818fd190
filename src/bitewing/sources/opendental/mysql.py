"""MySQL and MariaDB: one read-only connection that gives the server's own bytes."""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncmy
from asyncmy.connection import Connection
from asyncmy.converters import escape_int, escape_str

from bitewing.model.errors import SettingsError, SourceRefusedError
from bitewing.sources.opendental.binlog import Binlog
from bitewing.sources.opendental.database import Cells, Value
from bitewing.sources.opendental.digests import Digests, MySqlDigests
from bitewing.sources.opendental.failures import DRIVER_ERRORS, explained
from bitewing.sources.opendental.session import secure
from bitewing.sources.opendental.shapes import TableShape

_RAW = {int: escape_int, str: escape_str}
"""Parameters are written; nothing that comes back is converted."""

STATEMENT_SECONDS = 30
"""How long one statement may take; the server stops it then."""

_CONNECT_SECONDS = 5
_WRONG_URL = (
    "A source's url must name user, host and database: mysql://bitewing@127.0.0.1:3306/opendental"
)


@dataclass(slots=True)
class MySqlDatabase:
    """Reads through one connection; a broken or cancelled statement closes it.

    A cancelled statement's rows would otherwise be the next statement's answer.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    name: str
    mark: str = "%s"
    clock: str = "UNIX_TIMESTAMP()"
    identity: str = "DATABASE()"
    digests: Digests = field(default_factory=MySqlDigests)
    statement_seconds: int = STATEMENT_SECONDS
    _connection: Any = None
    _binlog: Binlog | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def at(cls, url: str, password: str | None) -> "MySqlDatabase":
        """Read ``mysql://user[:password]@host[:port]/database``.

        Raises:
            SettingsError: host, user or database is missing, or the port is no number.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or 3306
        except ValueError:
            raise SettingsError(_WRONG_URL) from None
        name = parts.path.lstrip("/")
        if not (parts.hostname and parts.username and name):
            raise SettingsError(_WRONG_URL)
        secret = password if password is not None else unquote(parts.password or "")
        return cls(parts.hostname, port, unquote(parts.username), secret, unquote(name))

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"{self.name} at {self.host}:{self.port}"

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Cells]:
        """Run one SELECT; see Database."""
        async with self._turn:
            try:
                if self._connection is None:
                    async with asyncio.timeout(_CONNECT_SECONDS):
                        self._connection = await self._connect()
                # The server stops it first, if it can.
                async with asyncio.timeout(self.statement_seconds + _CONNECT_SECONDS):
                    return await self._select(sql, parameters)
            except asyncio.CancelledError:
                self._drop()
                raise
            except DRIVER_ERRORS as error:
                explanation = explained(error, self.place)
                if isinstance(explanation, SourceRefusedError):
                    # The server goes on listening, but only a new session has new rights.
                    await self.close()
                self._drop()
                raise explanation from None

    async def discover(self, tables: Sequence[str]) -> dict[str, TableShape]:
        """Ask information_schema; see Database."""
        listed = ",".join([self.mark] * len(tables))
        within = f"table_schema = DATABASE() AND LOWER(table_name) IN ({listed})"
        engines = await self.query(
            "SELECT LOWER(table_name), engine, table_rows, create_time "
            "FROM information_schema.tables "
            f"WHERE {within}",
            tables,
        )
        columns = await self.query(
            "SELECT LOWER(table_name), column_name, column_key, extra, column_type "
            f"FROM information_schema.columns WHERE {within} ORDER BY ordinal_position",
            tables,
        )
        leading = await self.query(
            "SELECT LOWER(table_name), column_name FROM information_schema.statistics "
            f"WHERE {within} AND seq_in_index = 1",
            tables,
        )
        return {shape.name: shape for shape in _shapes(engines, columns, leading)}

    async def pulse(self, tables: Sequence[str], journals: Mapping[str, str]) -> str:
        """Ask when the tables were last written, which the server knows to the second.

        While that is the present second, further writes would not show: then it always differs.
        """
        listed = ",".join([self.mark] * len(tables))
        last = "".join(f", (SELECT MAX(`{key}`) FROM `{table}`)" for table, key in journals.items())
        [told] = await self.query(
            "SELECT IF(MAX(update_time) >= NOW() - INTERVAL 1 SECOND, NOW(6), MAX(update_time))"
            f"{last} FROM information_schema.tables "
            f"WHERE table_schema = DATABASE() AND table_name IN ({listed})",
            tables,
        )
        return "|".join((one or b"").decode() for one in told)

    async def wait_for_write(self) -> bool:
        """Follow the binary log, if the server keeps one and the account may read it."""
        if self._binlog is None:
            [(is_on,)] = await self.query("SELECT @@log_bin")
            if is_on != b"1":
                return False
            self._binlog = Binlog(self._unopened)
        return await self._binlog.wait()

    async def close(self) -> None:
        """Take leave of the server, which else counts the connection as aborted."""
        if self._binlog is not None:
            await self._binlog.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*DRIVER_ERRORS):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await connection.ensure_closed()
            connection.close()

    def _unopened(self) -> Any:
        make: Any = Connection
        return make(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            connect_timeout=_CONNECT_SECONDS,
        )

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
            await secure(connection, statement_seconds=self.statement_seconds)
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


def _shapes(
    engines: Sequence[Cells], columns: Sequence[Cells], leading: Sequence[Cells]
) -> list[TableShape]:
    def texts(row: Cells) -> list[str]:
        return [(value or b"").decode() for value in row]

    indexed = {(table, column) for table, column in map(texts, leading)}
    shapes = []
    for table, engine, rows, created_at in map(texts, engines):
        mine = [row[1:] for row in map(texts, columns) if row[0] == table]
        stamp = next((name for name, _, extra, _ in mine if "on update" in extra.lower()), None)
        shapes.append(
            TableShape(
                name=table,
                columns=tuple(name for name, *_ in mine),
                primary_key=tuple(name for name, key, *_ in mine if key == "PRI"),
                stamp_column=stamp,
                stamp_is_indexed=(table, stamp) in indexed,
                engine=engine,
                rows=int(rows or 0),
                types=tuple(kind for *_, kind in mine),
                created_at=created_at,
            )
        )
    return shapes
