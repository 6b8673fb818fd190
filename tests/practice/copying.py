"""Copies of practices: one is made once a process, in a second, and copied from then on."""

import functools
import itertools
import tempfile
from pathlib import Path
from typing import Any

from bitewing.practice.creating import create
from bitewing.practice.database import connect

_FILE = "sqlite:///"
_numbers = itertools.count(1)


def put(url: str, **how: Any) -> None:
    """Put a practice there, as ``create`` makes it; on a server the database must be there."""
    if url.startswith(_FILE):
        Path(url.removeprefix(_FILE)).write_bytes(_file(**how))
        return
    server, _, _ = url.rpartition("/")
    template, tables = _on_server(server, **how)
    with connect(url) as place:
        place.run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for table in tables:
            place.run(f"CREATE TABLE `{table}` LIKE `{template}`.`{table}`")
            place.run(f"INSERT INTO `{table}` SELECT * FROM `{template}`.`{table}`")


@functools.cache
def _file(**how: Any) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "practice.db"
        create(f"{_FILE}{path}", **how)
        return path.read_bytes()


@functools.cache
def _on_server(server: str, **how: Any) -> tuple[str, list[str]]:
    """Make it in a database of its own; give that and its tables. No other server gets the port."""
    name = f"copied_{next(_numbers)}"
    create(f"{server}/{name}", **how)
    with connect(f"{server}/{name}") as made:
        return name, sorted(made.table_names())
