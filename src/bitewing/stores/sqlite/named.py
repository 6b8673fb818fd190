"""Named queries: the SQL files beside this module, read once.

A file holds queries one after another, each under a line ``-- name: <its name>``.
"""

from importlib.resources import files

_HEADING = "-- name: "


def queries(collection: str) -> dict[str, str]:
    """Give the queries of ``queries/<collection>.sql`` by name."""
    text = (files(__package__) / "queries" / f"{collection}.sql").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for part in text.split(_HEADING)[1:]:
        name, _, query = part.partition("\n")
        found[name.strip()] = query.strip().removesuffix(";")
    return found
