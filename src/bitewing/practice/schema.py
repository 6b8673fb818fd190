"""The tables, columns and indexes of an Open Dental database of a given version."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from bitewing.model.errors import InvalidRequestError

LATEST = "25.4"
Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Column:
    """One column as MySQL declares it.

    Attributes:
        type: the MySQL type, with length and sign.
        default: the raw SQL of the DEFAULT clause; None if there is none.
        extra: ``auto_increment``, ``on update current_timestamp()`` or "".
        refers: the table whose key it holds, 0 being none; "" if it holds no key we know.
    """

    name: str
    type: str
    nullable: bool
    default: str | None
    extra: str
    refers: str

    @property
    def is_stamp(self) -> bool:
        """Whether the server itself moves it when the row changes."""
        return self.extra.startswith("on update")


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index."""

    name: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``key`` is its primary key, counted up by the server."""

    name: str
    key: str
    columns: Mapping[str, Column]
    indexes: tuple[Index, ...]

    @property
    def stamp(self) -> str | None:
        """The column that the server moves when a row changes; None if there is none."""
        return next((column.name for column in self.columns.values() if column.is_stamp), None)


def parse_version(text: str) -> Version:
    """Read ``25.4`` or ``24.3.10``.

    Raises:
        InvalidRequestError: it is neither.
    """
    match = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(?:\.\d+)?", text)
    if match is None:
        raise InvalidRequestError(f"{text!r} is not an Open Dental version such as 25.4 or 21.1.9.")
    major, minor, build = match.groups(default="0")
    return int(major), int(minor), int(build)


@cache
def load(version: str = LATEST) -> Mapping[str, Table]:
    """Give the tables of that version, by name.

    Tables, columns, types and indexes that came later are left out. What an older version had
    and a newer one dropped is not known here, nor is anything before 21.1.

    Raises:
        InvalidRequestError: the version cannot be read.
    """
    wanted = parse_version(version)
    facts = tomllib.loads(resources.files(__package__).joinpath("tables.toml").read_text("utf-8"))
    return {
        name: _table(name, entry, wanted) for name, entry in facts.items() if _exists(entry, wanted)
    }


def _exists(entry: Mapping[str, Any], version: Version) -> bool:
    return "since" not in entry or parse_version(entry["since"]) <= version


def _table(name: str, entry: Mapping[str, Any], version: Version) -> Table:
    columns = {
        column: _column(column, facts, version)
        for column, facts in entry["columns"].items()
        if _exists(facts, version)
    }
    indexes = tuple(
        Index(index, tuple(facts["columns"]))
        for index, facts in entry.get("indexes", {}).items()
        # An index on a column that came later came with it.
        if _exists(facts, version) and columns.keys() >= set(facts["columns"])
    )
    return Table(name, entry["key"], columns, indexes)


def _column(name: str, facts: Mapping[str, Any], version: Version) -> Column:
    older = facts.get("until")
    if older is not None and version < parse_version(older["version"]):
        type_, default = older["type"], older.get("default")
    else:
        type_, default = facts["type"], facts.get("default")
    return Column(
        name=name,
        type=type_,
        nullable=facts.get("null", False),
        default=default,
        extra=facts.get("extra", ""),
        refers=facts.get("refers", ""),
    )
