"""Seeking Deliveries that a person means, and resuming held ones, in SQLite."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from bitewing.ports.outbox import Share, Sought
from bitewing.stores.rows import (
    Columns,
    instant,
    microseconds_at,
    microseconds_at_or_none,
    numbers_from,
)
from bitewing.stores.sqlite.lanes import Lanes, Standing
from bitewing.stores.sqlite.named import queries

SQL = queries("seeking")


def survey(connection: sqlite3.Connection, sought: Sought) -> list[Share]:
    """See ``Outbox.survey``."""
    rows = connection.execute(SQL["survey"], _columns(sought) | {"after": 0})
    return [Share(endpoint, count, instant(oldest)) for endpoint, count, oldest in rows]


def seek(
    connection: sqlite3.Connection, sought: Sought, *, after: int, limit: int
) -> list[tuple[int, str]]:
    """See ``Outbox.seek``."""
    columns = _columns(sought) | {"after": after, "limit": limit}
    return connection.execute(SQL["seek"], columns).fetchall()


def resume(
    connection: sqlite3.Connection,
    lanes: Lanes,
    deliveries: Sequence[str],
    *,
    due_at: datetime,
    last: int,
) -> int:
    """See ``Outbox.resume``: they move behind ``last``, as if they had been added now."""
    ids = msgspec.json.encode(list(deliveries)).decode()
    held = connection.execute(SQL["held"], {"ids": ids}).fetchall()
    arriving = [
        Standing(new, numbers_from(numbers)) for new, (_, numbers) in enumerate(held, last + 1)
    ]
    blocked = lanes.blocked([one.lanes for one in arriving])
    rows = [
        {"ordinal": old, "new": one.ordinal, "blocked": many, "due_at": microseconds_at(due_at)}
        for (old, _), one, many in zip(held, arriving, blocked, strict=True)
    ]
    connection.executemany(SQL["resume"], rows)
    lanes.enter(arriving)
    return len(held)


def _columns(sought: Sought) -> Columns:
    return {
        "states": msgspec.json.encode(sorted(sought.states)).decode(),
        "delivery": sought.delivery,
        "owner": sought.owner,
        "endpoint": sought.endpoint,
        "subscription": sought.subscription,
        "event_name": sought.event_name,
        "since": microseconds_at_or_none(sought.since),
        "until": microseconds_at_or_none(sought.until),
        "is_untried": sought.is_untried,
    }
