"""Looking at a whole practice: its rows, and references that lead nowhere."""

from datetime import date
from typing import Any

from tests.practice.copying import put

from bitewing.practice import schema
from bitewing.practice.creating import create
from bitewing.practice.database import Database, connect

MONDAY = date(2026, 3, 2)


def make(
    url: str, *, engine: str = "InnoDB", patients: int = 25, seed: int = 7, version: str = "25.4"
) -> None:
    """Create a small practice that is about to begin a Monday."""
    create(url, patients=patients, seed=seed, today=MONDAY, engine=engine, version=version)


def copy(url: str, *, engine: str = "InnoDB") -> None:
    """Put such a practice there; for what is not about its making."""
    put(url, patients=25, seed=7, today=MONDAY, engine=engine)


def all_rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Give every row of every table, by key."""
    with connect(url) as database:
        return {
            name: database.rows(f"SELECT * FROM `{name}` ORDER BY `{table.key}`")
            for name, table in schema.load().items()
            if name in database.table_names()
        }


def dangling(database: Database) -> list[str]:
    """Name the columns that hold a key of which there is no row."""
    present = database.table_names()
    found = []
    for name, table in schema.load().items():
        known = database.column_names(name) if name in present else set()
        for column in table.columns.values():
            if column.refers and column.name in known:
                other = schema.load()[column.refers]
                ((count,),) = database.rows(
                    f"SELECT COUNT(*) FROM `{name}` AS a LEFT JOIN `{other.name}` AS b "
                    f"ON b.`{other.key}` = a.`{column.name}` "
                    f"WHERE a.`{column.name}` <> 0 AND b.`{other.key}` IS NULL"
                )
                if count:
                    found.append(f"{name}.{column.name}: {count}")
    return found
