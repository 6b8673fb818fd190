"""Shapes: what one particular database has in its tables, by its own account."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TableShape:
    """One table.

    Attributes:
        name: lower case, as in all queries.
        columns: all columns in their order.
        primary_key: the columns of the primary key.
        stamp_column: the column that the server sets at every change; None if there is none.
        stamp_is_indexed: whether an index begins with it.
        engine: ``InnoDB``, ``MyISAM``, ``SQLite``.
        rows: the server's own estimate; 0 where it gives none.
        types: the columns' types, as the server writes them.
        created_at: when the server made it, in its own words; "" where it does not tell.
    """

    name: str
    columns: tuple[str, ...]
    primary_key: tuple[str, ...]
    stamp_column: str | None
    stamp_is_indexed: bool
    engine: str
    rows: int = 0
    types: tuple[str, ...] = ()
    created_at: str = ""

    def type_of(self, column: str) -> str:
        """Give a column's type; "" where it was not asked for."""
        return dict(zip(self.columns, self.types, strict=False)).get(column, "")
