"""Meddling: something happens in the practice just before one of our statements runs."""

from collections.abc import Callable, Sequence
from typing import Any

from bitewing.sources.opendental.database import Cells, Database, Value


class Meddling:
    """A Database that lets a test act once, before the first statement that fits."""

    def __init__(
        self, database: Database, *, before: Callable[[str], bool], act: Callable[[], None]
    ) -> None:
        self._database = database
        self._before = before
        self._act: Callable[[], None] | None = act

    @property
    def has_acted(self) -> bool:
        return self._act is None

    def __getattr__(self, name: str) -> Any:
        """Do all else as the database itself."""
        return getattr(self._database, name)

    async def query(self, sql: str, parameters: Sequence[Value] = ()) -> list[Cells]:
        """Act, if this is the statement; then ask."""
        if self._act is not None and self._before(sql):
            act, self._act = self._act, None
            act()
        return await self._database.query(sql, parameters)


def fetching(table: str) -> Callable[[str], bool]:
    """Tell the statements that fetch rows of a table by their keys."""
    return lambda sql: f"FROM `{table}`" in sql and " IN (" in sql
