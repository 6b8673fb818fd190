"""Database: the small contract between the reading code and a database driver."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bitewing.sources.opendental.digests import Digests
from bitewing.sources.opendental.shapes import TableShape

Value = int | str
Cells = tuple[bytes | None, ...]
"""One row's values exactly as a MySQL server writes them as text; None is NULL."""


class Database(Protocol):
    """One connection that is opened when it is needed and opened again after a failure.

    All methods raise SourceUnavailableError when the database cannot be read just now.

    Attributes:
        mark: the parameter mark in SQL (``%s`` or ``?``).
        clock: an SQL expression: the seconds since 1970 of the database's own clock.
        identity: an SQL expression that differs between servers and databases.
        digests: how digests of rows are written in its SQL.
    """

    mark: str
    clock: str
    identity: str
    digests: Digests

    @property
    def place(self) -> str:
        """Where it is, for messages; without password."""
        ...

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Cells]:
        """Run one SELECT in its own snapshot and give all its rows (always buffered)."""
        ...

    async def discover(self, tables: Sequence[str]) -> dict[str, TableShape]:
        """Give the shapes of those tables that exist."""
        ...

    async def pulse(self, tables: Sequence[str], journals: Mapping[str, str]) -> str:
        """Give a text that is another when one of these tables may have been written.

        ``journals`` names tables that Open Dental adds a row to when it saves, and their keys.
        """
        ...

    async def wait_for_write(self) -> bool:
        """Wait for the server to tell of a write; False if it does not tell."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...
