"""Migrations: numbered steps, forward only, that bring a file's tables up to date."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from bitewing.model.errors import StoreUnavailableError
from bitewing.stores.sqlite.named import queries

SQL = queries("migrating")


@dataclass(frozen=True, slots=True)
class Migration:
    """One step; ``script`` is run once in the life of a file."""

    number: int
    name: str
    script: str


def migrations() -> list[Migration]:
    """Give all steps that this version knows, by number."""
    found = [
        Migration(int(file.name[:4]), file.name.removesuffix(".sql"), file.read_text("utf-8"))
        for file in (files(__package__) / "migrations").iterdir()
        if file.name.endswith(".sql")
    ]
    return sorted(found, key=lambda migration: migration.number)


def migrate(path: str, connection: sqlite3.Connection, steps: Sequence[Migration]) -> None:
    """Take the steps that the file lacks, each in a transaction of its own.

    Raises:
        StoreUnavailableError: the file is not ours, or a newer version has made it.
        sqlite3.Error: a step failed; the file is as it was before that step.
    """
    applied = _applied(path, connection, steps)
    for step in steps:
        if step.number > applied:
            _take(connection, step)


def require_all_taken(
    path: str, connection: sqlite3.Connection, steps: Sequence[Migration]
) -> None:
    """Look whether the file has exactly these steps behind it; nothing is changed.

    Raises:
        StoreUnavailableError: it has fewer or more, or is not ours.
    """
    applied = _applied(path, connection, steps)
    if applied < steps[-1].number:
        raise StoreUnavailableError(
            f"The store {path} has not been brought up to date (its tables are at step {applied}, "
            f"this version needs {steps[-1].number}). Start the server once."
        )


def _applied(path: str, connection: sqlite3.Connection, steps: Sequence[Migration]) -> int:
    """Give the number of the last step taken; 0 for an empty file."""
    tables = {name for (name,) in connection.execute(SQL["tables"])}
    if not tables:
        return 0
    if "migration" not in tables:
        raise StoreUnavailableError(
            f"The file {path} holds another program's tables. Give the store a path of its own."
        )
    applied: int = connection.execute(SQL["applied"]).fetchone()[0]
    if applied > steps[-1].number:
        raise StoreUnavailableError(
            f"The store {path} was written by a newer bitewing (its tables are at step {applied}, "
            f"this version knows {steps[-1].number}). Install that version or a later one; "
            "going back needs the backup from before the upgrade."
        )
    return applied


def _take(connection: sqlite3.Connection, step: Migration) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{step.script}")
        connection.execute(SQL["remember"], {"number": step.number, "name": step.name})
        connection.execute("COMMIT")
    except sqlite3.Error:
        connection.rollback()
        raise
