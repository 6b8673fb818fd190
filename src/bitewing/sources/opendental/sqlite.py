"""SQLite: the demo practice's file, read on a thread of its own and given as MySQL would."""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bitewing.model.errors import SettingsError, SourceUnavailableError
from bitewing.sources.opendental.database import Cells, Value
from bitewing.sources.opendental.digests import (
    Digests,
    SqliteDigests,
    as_mysql_writes,
    teach,
)
from bitewing.sources.opendental.shapes import TableShape

T = TypeVar("T")


@dataclass(slots=True)
class SqliteDatabase:
    """Reads one file; opened read-only, so it can never be written from here."""

    path: Path
    mark: str = "?"
    clock: str = "strftime('%s', 'now')"
    identity: str = "'SQLite'"
    digests: Digests = field(default_factory=SqliteDigests)
    busy_milliseconds: int = 5000
    _connection: sqlite3.Connection | None = None
    _thread: ThreadPoolExecutor | None = None

    @classmethod
    def at(cls, url: str) -> "SqliteDatabase":
        """Read ``sqlite:///relative/path.db`` or ``sqlite:////absolute/path.db``.

        Raises:
            SettingsError: no path is given.
        """
        path = url.removeprefix("sqlite:///")
        if path == url or not path:
            raise SettingsError("A SQLite source's url must name a file: sqlite:///practice.db")
        return cls(Path(path))

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"the SQLite practice {self.path.name}"

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Cells]:
        """Run one SELECT; see Database."""
        return await self._on_thread(lambda: self._select(sql, parameters))

    async def discover(self, tables: Sequence[str]) -> dict[str, TableShape]:
        """Ask sqlite_master and the pragmas; see Database."""

        def look() -> dict[str, TableShape]:
            connection = self._open()
            present = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
            return {
                table: _shape(connection, table) for table in tables if table.encode() in present
            }

        return await self._on_thread(look)

    async def pulse(self, tables: Sequence[str], journals: Mapping[str, str]) -> str:  # noqa: ARG002 - the file is one
        """Ask how often others have written the file."""
        [(version,)] = await self.query("PRAGMA data_version")
        return (version or b"").decode()

    async def wait_for_write(self) -> bool:
        """A file tells nobody."""
        return False

    async def close(self) -> None:
        """Close the file and end the thread; a further question starts another."""
        if self._thread is None:
            return

        def shut() -> None:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

        await self._on_thread(shut)
        self._thread.shutdown(wait=False)
        self._thread = None

    async def _on_thread(self, work: Callable[[], T]) -> T:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="practice")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise SourceUnavailableError(f"Cannot read {self.place}: {error}.") from None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            if not self.path.exists():
                raise SourceUnavailableError(
                    f"Cannot read {self.place}: there is no such file. Make one with "
                    f"`bitewing practice create --url sqlite:///{self.path}`."
                )
            uri = f"{self.path.absolute().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, isolation_level=None)
            connection.text_factory = bytes
            teach(connection)
            connection.execute(f"PRAGMA busy_timeout = {self.busy_milliseconds}")
            self._connection = connection
        return self._connection

    def _select(self, sql: str, parameters: Sequence[Value]) -> list[Cells]:
        rows = self._open().execute(sql, tuple(parameters)).fetchall()
        return [tuple(as_mysql_writes(value) for value in row) for row in rows]


def _shape(connection: sqlite3.Connection, table: str) -> TableShape:
    columns = connection.execute(f"SELECT name, type, pk FROM pragma_table_info('{table}')")
    triggers = connection.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", (table,)
    )
    rules = b"\n".join(sql for (sql,) in triggers.fetchall())
    described = [(name.decode(), kind.lower(), key) for name, kind, key in columns.fetchall()]
    stamps = [
        name for name, kind, _ in described if kind == b"timestamp" and name.encode() in rules
    ]
    leading = connection.execute(
        "SELECT info.name FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info "
        "WHERE info.seqno = 0",
        (table,),
    )
    indexed = {name.decode() for (name,) in leading.fetchall() if name}
    return TableShape(
        name=table,
        columns=tuple(name for name, _, _ in described),
        primary_key=tuple(name for name, _, key in described if key),
        stamp_column=stamps[0] if stamps else None,
        stamp_is_indexed=bool(stamps) and stamps[0] in indexed,
        engine="SQLite",
        types=tuple(kind.decode() for _, kind, _ in described),
    )
