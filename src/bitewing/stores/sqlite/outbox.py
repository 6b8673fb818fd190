"""The Deliveries and their Attempts, in SQLite."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from bitewing.model.delivery import TRANSITIONS, Attempt, Delivery, DeliveryState
from bitewing.stores.rows import (
    attempt_columns,
    attempt_from,
    delivery_columns,
    delivery_from,
    instant_or_none,
    json_list,
    microseconds_at,
    microseconds_at_or_none,
)
from bitewing.stores.sqlite.named import queries

SQL = queries("outbox")


class SqliteOutbox:
    """Implements the port ``Outbox``.

    The oldest of the due Deliveries is the one that has been due longest; of equals, the one
    that was added first. In a lane, the oldest is the one that was added first.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """See the port."""
        last = self._connection.execute(SQL["last_ordinal"]).fetchone()[0]
        rows = [
            delivery_columns(delivery) | {"ordinal": ordinal}
            for ordinal, delivery in enumerate(deliveries, last + 1)
        ]
        self._connection.executemany(SQL["add"], rows)
        self._connection.executemany(SQL["add_content"], rows)
        for state, number in Counter(delivery.state for delivery in deliveries).items():
            self._count(state, number)

    def get(self, delivery: str) -> Delivery | None:
        """See the port."""
        row = self._connection.execute(SQL["find"], {"id": delivery}).fetchone()
        return None if row is None else self._whole([row[0]])[0]

    def claim(self, now: datetime, until: datetime, limit: int) -> list[Delivery]:
        """See the port."""
        due = {"now": microseconds_at(now), "limit": limit}
        ordinals = [ordinal for (ordinal,) in self._connection.execute(SQL["due"], due)]
        claim = {"ordinals": json_list(ordinals), "until": microseconds_at(until)}
        self._connection.execute(SQL["claim"], claim)
        return self._whole(ordinals)

    def settle(self, attempt: Attempt, state: DeliveryState, due_at: datetime | None) -> bool:
        """See the port. An Attempt of a Delivery that is not there is not kept.

        Raises:
            ValueError: no claimed Delivery may move to ``state``, or ``due_at`` does not fit it.
        """
        if state not in TRANSITIONS[DeliveryState.CLAIMED] - {DeliveryState.CANCELLED}:
            raise ValueError(f"A claimed Delivery cannot become {state}")
        if (due_at is None) == (state is DeliveryState.PENDING):
            raise ValueError("A pending Delivery is due at some time, a settled one is not")
        row = self._connection.execute(SQL["find"], {"id": attempt.delivery}).fetchone()
        if row is None:
            return False
        ordinal, before, lane = row
        self._connection.execute(
            SQL["add_attempt"], attempt_columns(attempt) | {"delivery": ordinal}
        )
        if before != DeliveryState.CLAIMED:
            return False
        self._connection.execute(
            SQL["settle"],
            {"ordinal": ordinal, "state": state.value, "due_at": microseconds_at_or_none(due_at)},
        )
        if state is DeliveryState.EXHAUSTED:
            self._connection.execute(SQL["drop_body"], {"ordinal": ordinal})
        if state is not DeliveryState.PENDING:
            self._count(state, 1)
            self._unblock([lane])
        return True

    def cancel(self, subscription: int) -> int:
        """See the port."""
        columns = {"subscription": subscription}
        lanes = [lane for (lane,) in self._connection.execute(SQL["lanes_to_cancel"], columns)]
        cancelled = self._connection.execute(SQL["cancel"], columns).rowcount
        self._count(DeliveryState.CANCELLED, cancelled)
        self._connection.execute(SQL["revoke"], columns)
        self._unblock(lanes)
        return cancelled

    def rescue(self, now: datetime) -> int:
        """See the port."""
        rescued = self._connection.execute(SQL["rescue"], {"now": microseconds_at(now)}).fetchall()
        dropped = [lane for state, lane in rescued if state == DeliveryState.CANCELLED]
        self._count(DeliveryState.CANCELLED, len(dropped))
        self._unblock(dropped)
        return len(rescued) - len(dropped)

    def prune(self, before: datetime, limit: int) -> int:
        """See the port."""
        columns = {"before": microseconds_at(before), "limit": limit}
        return self._connection.execute(SQL["prune"], columns).rowcount

    def outstanding(self, subscription: int) -> int:
        """See the port."""
        return self._number(SQL["outstanding"], {"subscription": subscription}) or 0

    def next_due_at(self) -> datetime | None:
        """See the port. What waits for an older one of its lane is not due before its turn."""
        return instant_or_none(self._number(SQL["next_due"], {}))

    def attempts(self, delivery: str) -> list[Attempt]:
        """See the port."""
        rows = self._connection.execute(SQL["attempts"], {"id": delivery})
        return [attempt_from(delivery, row) for row in rows]

    def tally(self) -> dict[DeliveryState, int]:
        """See the port. Every state is in it, also those of no Delivery."""
        found = dict.fromkeys(DeliveryState, 0)
        for state, known in self._connection.execute(SQL["tally"]):
            found[DeliveryState(state)] = known
        return found

    def recent(self, limit: int) -> list[Delivery]:
        """See the port."""
        newest = self._connection.execute(SQL["recent"], {"limit": limit})
        return self._whole([ordinal for (ordinal,) in newest])

    def _whole(self, ordinals: Sequence[int]) -> list[Delivery]:
        """Give these Deliveries in this order."""
        rows = self._connection.execute(SQL["whole"], {"ordinals": json_list(ordinals)})
        found = {ordinal: delivery_from(row) for ordinal, *row in rows}
        return [found[ordinal] for ordinal in ordinals]

    def _count(self, state: DeliveryState, number: int) -> None:
        """Count Deliveries that have reached an end; the others can be counted at any time."""
        if not TRANSITIONS[state]:
            self._connection.execute(SQL["count"], {"state": state.value, "number": number})

    def _unblock(self, lanes: Sequence[int | None]) -> None:
        """Let the oldest unsettled Delivery of each lane go."""
        heads = [{"lane": lane} for lane in lanes if lane is not None]
        self._connection.executemany(SQL["unblock"], heads)

    def _number(self, query: str, columns: dict[str, int]) -> int | None:
        number: int | None = self._connection.execute(query, columns).fetchone()[0]
        return number
