"""Writing many rows into the practice, in batches, as far as its version has the columns."""

from collections.abc import Iterable, Mapping
from itertools import islice

from bitewing.practice.database import Database, Value
from bitewing.practice.schema import Table

Row = Mapping[str, Value]
BATCH = 2000


class Writing:
    """Fills tables of one database.

    A table that its version does not have is left out, and so is a column.
    """

    def __init__(self, database: Database, tables: Mapping[str, Table]) -> None:
        self._database = database
        self._tables = tables

    def write(self, name: str, rows: Iterable[Row]) -> None:
        """Write rows that all have the same columns, a transaction a batch."""
        if name not in self._tables:
            return
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            columns = [column for column in batch[0] if column in self._tables[name].columns]
            with self._database.transaction():
                self._database.insert_many(
                    name, columns, [[row[column] for column in columns] for row in batch]
                )
