"""The demo practice's database: MySQL, MariaDB or SQLite, spoken to in one way.

Statements use ``?`` for values on every server and contain no other ``?`` or ``%``.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import SplitResult, unquote, urlsplit

import pymysql
from pymysql.constants import FIELD_TYPE
from pymysql.converters import conversions

from bitewing.model.errors import InvalidRequestError, SourceUnavailableError
from bitewing.practice import mysql_ddl, sqlite_ddl
from bitewing.practice.schema import Table

Value = str | int | float | None
MYSQL_PORT = 3306
UNKNOWN_DATABASE = 1049
"""MySQL's error number for a database that does not exist."""
BUSY_SECONDS = 30.0
MOMENTS = (FIELD_TYPE.TIMESTAMP, FIELD_TYPE.DATETIME, FIELD_TYPE.DATE, FIELD_TYPE.TIME)
CONVERSIONS = {kind: how for kind, how in conversions.items() if kind not in MOMENTS}
"""Days and moments stay text, as SQLite gives them, so that 0001-01-01 is nothing special."""
WRONG_URL = "must be mysql://user@host:port/name, mariadb://… or sqlite:///file"


class Database:
    """A connection that commits every statement, unless it is inside ``transaction``.

    Every method may raise SourceUnavailableError, whose message names no value of any row.
    On MySQL the session is lenient (sql_mode '') as Open Dental's, and its zone is UTC, so
    that stamps are written and read as UTC.
    """

    def __init__(self, connection: Any, *, is_sqlite: bool) -> None:
        self._connection = connection
        self.is_sqlite = is_sqlite

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
        """Give the rows of an answer."""
        cursor = self._run(statement, values)
        return [tuple(row) for row in cursor.fetchall()]

    def run(self, statement: str, values: Sequence[Value] = ()) -> None:
        """Run a statement that answers nothing."""
        self._run(statement, values).close()

    def insert(self, table: str, values: Mapping[str, Value]) -> int:
        """Add a row and give the key that the server gave it."""
        cursor = self._run(_insert(table, tuple(values)), tuple(values.values()))
        return int(cursor.lastrowid)

    def insert_many(
        self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]
    ) -> None:
        """Add many rows at once."""
        statement = _insert(table, columns)
        with _plain_errors():
            cursor = self._connection.cursor()
            cursor.executemany(self._spell(statement), rows)
            cursor.close()

    def update(self, table: Table, number: int, values: Mapping[str, Value]) -> None:
        """Change columns of the row with that key."""
        assignments = ", ".join(f"`{column}` = ?" for column in values)
        self.run(
            f"UPDATE `{table.name}` SET {assignments} WHERE `{table.key}` = ?",
            (*values.values(), number),
        )

    def delete(self, table: Table, number: int) -> None:
        """Remove the row with that key."""
        self.run(f"DELETE FROM `{table.name}` WHERE `{table.key}` = ?", (number,))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit what is done inside at once, or nothing of it (MyISAM keeps it anyway)."""
        self.run("BEGIN")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def table_names(self) -> set[str]:
        """Give the names of the tables that exist, in lower case."""
        if self.is_sqlite:
            found = self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        else:
            found = self.rows("SHOW TABLES")
        return {str(row[0]).lower() for row in found}

    def column_names(self, table: str) -> set[str]:
        """Give the names of a table's columns."""
        if self.is_sqlite:
            return {row[0] for row in self.rows("SELECT name FROM pragma_table_info(?)", (table,))}
        return {str(row[0]) for row in self.rows(f"SHOW COLUMNS FROM `{table}`")}

    def create_table(self, table: Table, engine: str) -> None:
        """Create a table with its indexes; ``engine`` matters to MySQL alone."""
        for statement in (
            sqlite_ddl.create_statements(table)
            if self.is_sqlite
            else mysql_ddl.create_statements(table, engine)
        ):
            self.run(statement)

    def _run(self, statement: str, values: Sequence[Value] = ()) -> Any:
        with _plain_errors():
            cursor = self._connection.cursor()
            cursor.execute(self._spell(statement), tuple(values))
            return cursor

    def _spell(self, statement: str) -> str:
        return statement if self.is_sqlite else statement.replace("?", "%s")


def connect(url: str, *, password: str | None = None, create: bool = False) -> Database:
    """Connect to ``mysql://user:password@host:port/name``, ``mariadb://…`` or ``sqlite:///file``.

    Args:
        url: four slashes before an absolute SQLite path, three before a relative one.
        password: used in place of the URL's.
        create: make the database, or the SQLite file, if it does not exist.

    Raises:
        InvalidRequestError: the URL is of no such form.
        SourceUnavailableError: nothing answers there, or not to this account.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or MYSQL_PORT
    except ValueError:
        raise InvalidRequestError(f"The database's URL {WRONG_URL}.") from None
    name = unquote(parts.path[1:])
    if parts.scheme == "sqlite" and name and not parts.netloc:
        return Database(_open_sqlite(Path(name), create=create), is_sqlite=True)
    if parts.scheme in {"mysql", "mariadb"} and name and parts.hostname:
        connection = _open_mysql(parts, port, name, password, create=create)
        return Database(connection, is_sqlite=False)
    raise InvalidRequestError(f"The database's URL {WRONG_URL}.")


def _open_sqlite(path: Path, *, create: bool) -> sqlite3.Connection:
    if not create and not path.exists():
        raise SourceUnavailableError(f"There is no practice database at {path}.")
    with _plain_errors():
        connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            # Readers do not wait for the writer, nor it for them.
            connection.execute("PRAGMA journal_mode = WAL").close()
            connection.execute("PRAGMA synchronous = NORMAL").close()
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _open_mysql(
    parts: SplitResult, port: int, name: str, password: str | None, *, create: bool
) -> Any:
    def dial(database: str | None) -> Any:
        return pymysql.connect(
            host=parts.hostname,
            port=port,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or "") if password is None else password,
            database=database,
            charset="utf8mb4",
            conv=CONVERSIONS,
            autocommit=True,
            init_command="SET sql_mode = '', time_zone = '+00:00'",
        )

    with _plain_errors():
        try:
            return dial(name)
        except pymysql.OperationalError as error:
            if not create or error.args[0] != UNKNOWN_DATABASE:
                raise
        with dial(None) as server, server.cursor() as cursor:
            quoted = name.replace("`", "``")
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS `{quoted}` CHARACTER SET utf8mb3")
        return dial(name)


def _insert(table: str, columns: Sequence[str]) -> str:
    names = ", ".join(f"`{column}`" for column in columns)
    marks = ", ".join("?" * len(columns))
    return f"INSERT INTO `{table}` ({names}) VALUES ({marks})"


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Say in our own words what the drivers raise."""
    try:
        yield
    except pymysql.OperationalError as error:
        # Connecting, locking, rights, disk: the server's words name hosts and tables, no values.
        raise SourceUnavailableError(f"The practice database refused: {error.args[-1]}.") from error
    except pymysql.MySQLError as error:
        number = error.args[0] if error.args else "?"
        raise SourceUnavailableError(f"The practice database answered error {number}.") from None
    except sqlite3.Error as error:
        raise SourceUnavailableError(f"The practice database refused: {error}.") from error
