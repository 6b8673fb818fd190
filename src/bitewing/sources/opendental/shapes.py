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
    """

    name: str
    columns: tuple[str, ...]
    primary_key: tuple[str, ...]
    stamp_column: str | None
    stamp_is_indexed: bool
    engine: str
    rows: int = 0
