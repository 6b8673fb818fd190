"""The SQL files: complete, used, and answered from indexes."""

import ast
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest

import bitewing.stores.sqlite
from bitewing.stores.sqlite.migrating import migrate, migrations
from bitewing.stores.sqlite.named import queries

ROOM = Path(bitewing.stores.sqlite.__file__).parent
COLLECTIONS = sorted(path.stem for path in (ROOM / "queries").glob("*.sql"))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """Give a database with our tables and no statistics, as every new store is."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        migrate("store.db", opened, migrations())
        yield opened


def plan_of(connection: sqlite3.Connection, query: str) -> list[str]:
    """Give the steps that SQLite takes for this query."""
    named = set(re.findall(r":(\w+)", query))
    values = dict.fromkeys(named, 1)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {query}", values or (1,) * query.count("?"))
    return [row[3] for row in rows]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_query_is_used_and_every_use_has_its_query(collection: str) -> None:
    """What the module asks for is in its file, and nothing else is."""
    module = import_module(f"bitewing.stores.sqlite.{collection}")
    tree = ast.parse(Path(str(module.__file__)).read_text())
    used = {
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "SQL"
        and isinstance(node.slice, ast.Constant)
    }

    assert used == set(queries(collection))


BY_KEY = "record USING PRIMARY KEY (source=? AND watch=? AND number=?)"
BY_NUMBER = "change USING PRIMARY KEY (source=? AND number>? AND number<?)"
OF_FEED = "(source=? AND feed=? AND number>? AND number<?)"
BY_CHANGE = "(source=? AND watch=? AND change>? AND change<?)"
BY_TIME = "(source=? AND watch=? AND changed_at>?)"
BY_VALUE = "(column_id=? AND value>? AND value<?)"
BY_NATIVE = "(kind=? AND source=? AND native=?)"
DUE = "delivery USING INDEX delivery_due"
OPEN = "delivery USING INDEX delivery_open (state=? AND subscription=?)"
BY_ID = "delivery USING INDEX sqlite_autoindex_delivery_1 (id=?)"
IN_LANE = "lane USING PRIMARY KEY (number=?)"
BY_ENDPOINT = "subscription USING INDEX subscription_by_endpoint (endpoint=?)"
ACTIVE = "subscription USING INDEX subscription_active (institution=? AND dialect=?)"
BY_OWNER = "subscription USING INDEX subscription_by_owner (owner=?)"


@pytest.mark.parametrize(
    ("collection", "name", "step"),
    [
        ("records", "fingerprints", BY_KEY),
        ("records", "images", BY_KEY),
        ("records", "remove", BY_KEY),
        ("records", "chunk", "record USING PRIMARY KEY (source=? AND watch=? AND number>?)"),
        (
            "handles",
            "linked",
            "handle USING COVERING INDEX handle_by_value (column_id=? AND value=?)",
        ),
        ("handles", "between", f"handle USING COVERING INDEX handle_by_value {BY_VALUE}"),
        ("handles", "remove", "handle USING PRIMARY KEY (column_id=? AND number=?)"),
        ("identities", "find", f"identity USING INDEX identity_by_native {BY_NATIVE}"),
        ("identities", "native_of", "identity USING INTEGER PRIMARY KEY (rowid=?)"),
        ("records", "count", "record_tally USING PRIMARY KEY (source=? AND watch=?)"),
        ("records", "window_by_number", f"record USING INDEX record_by_change {BY_CHANGE}"),
        ("records", "window_by_time", f"record USING INDEX record_by_time {BY_TIME}"),
        ("changes", "between", BY_NUMBER),
        ("changes", "oldest", "change USING PRIMARY KEY (source=?)"),
        ("changes", "remember", "change USING PRIMARY KEY (source=? AND number<?)"),
        ("changes", "forget", "change USING PRIMARY KEY (source=? AND number<?)"),
        ("changes", "count_all", BY_NUMBER),
        ("changes", "count_of_feed", f"change USING COVERING INDEX change_by_feed {OF_FEED}"),
        ("outbox", "due", f"{DUE} (endpoint=? AND is_retry=? AND due_at<?)"),
        ("outbox", "oldest", "delivery USING INDEX delivery_retrying (endpoint=?)"),
        ("outbox", "oldest_retry", "delivery USING INDEX delivery_retrying (endpoint=?)"),
        ("outbox", "to_hold", f"{DUE} (endpoint=?)"),
        ("outbox", "rescue", "delivery USING INDEX delivery_open (state=?)"),
        ("outbox", "outstanding", OPEN.replace("INDEX", "COVERING INDEX")),
        ("outbox", "to_cancel", OPEN),
        ("outbox", "give_back", BY_ID),
        ("settling", "standing", BY_ID),
        ("settling", "settle_taken", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("outbox", "turns", f"{DUE} (endpoint=? AND is_retry=?)"),
        ("outbox", "revoke", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("pruning", "following", "delivery USING INTEGER PRIMARY KEY (rowid>?)"),
        ("pruning", "prune", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("passing", "all", "delivery USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("passing", "all", "attempt USING PRIMARY KEY (delivery=?)"),
        ("passing", "shorten", "passing USING INTEGER PRIMARY KEY (rowid=?)"),
        ("passing", "end", "passing USING INTEGER PRIMARY KEY (rowid=?)"),
        ("passing", "ordinals", BY_ID.replace("INDEX", "COVERING INDEX")),
        ("passing", "of_subscription", "delivery USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
        ("passing", "write_as_claimed", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("passing", "write_as_claimed", "passing USING INTEGER PRIMARY KEY (rowid<?)"),
        ("outbox", "whole", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("outbox", "whole", "attempt USING PRIMARY KEY (delivery=?)"),
        ("outbox", "whole", "passing USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"),
        ("seeking", "survey", "passing USING INTEGER PRIMARY KEY (rowid=?) LEFT-JOIN"),
        ("seeking", "seek", "delivery USING INTEGER PRIMARY KEY (rowid>?)"),
        ("seeking", "survey", "delivery USING INTEGER PRIMARY KEY (rowid>?)"),
        ("lanes", "taken", IN_LANE),
        ("lanes", "heads", IN_LANE),
        ("lanes", "leave", "lane USING PRIMARY KEY (number=? AND delivery=?)"),
        ("lanes", "move_up", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("outbox", "claim", "delivery USING INTEGER PRIMARY KEY (rowid=?)"),
        ("subscriptions", "of_owner", BY_OWNER),
        ("subscriptions", "of_endpoint", BY_ENDPOINT),
        ("subscriptions", "active", ACTIVE),
        ("writes", "due", "w USING INDEX pending_write_open (source=?)"),
        (
            "writes",
            "of_subject",
            "pending_write USING INDEX pending_write_by_subject (subject=? AND kind=?)",
        ),
        (
            "writes",
            "keyed",
            "pending_write USING INDEX pending_write_by_key (owner=? AND idempotency_key=?)",
        ),
        ("endpoints", "of_owner", "endpoint USING INDEX endpoint_by_owner (owner=?)"),
    ],
)
def test_frequent_queries_search_an_index(
    connection: sqlite3.Connection, collection: str, name: str, step: str
) -> None:
    """The right one, as far as it reaches; and none of them sorts what it found."""
    plan = plan_of(connection, queries(collection)[name])

    assert f"SEARCH {step}" in plan
    assert not [other for other in plan if "TEMP B-TREE FOR ORDER BY" in other]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_no_query_reads_a_large_table_from_end_to_end(
    connection: sqlite3.Connection, collection: str
) -> None:
    """Whatever grows with time is searched; partial indexes hold what is unsettled only."""
    small = (
        r"delivery_tally|passing|delivery_open|delivery_held|json_each|subscription"
        r"|endpoint|owed|kind|CONSTANT|handle_column|made|moved|gone|head|latest_change"
    )
    scans = [
        (name, step)
        for name, query in queries(collection).items()
        for step in plan_of(connection, query)
        if step.startswith("SCAN")
        and not re.search(small, step)
        and name not in {"recent", "last_ordinal", "anybody", "next_id", "tables", "applied"}
    ]

    assert scans == []


def test_what_is_resumed_is_found_by_its_ids(connection: sqlite3.Connection) -> None:
    """However many are held; the few that were found are then put in order."""
    assert f"SEARCH {BY_ID}" in plan_of(connection, queries("seeking")["held"])


def test_whose_turn_it_is_costs_nothing_for_what_stands_still(
    connection: sqlite3.Connection,
) -> None:
    """What waits for an older one of its lane is in no index that is searched."""
    plan = plan_of(connection, queries("outbox")["turns"])

    assert not [step for step in plan if "delivery_open" in step]
