"""The Deliveries and their Attempts, in SQLite."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bitewing.model.delivery import TRANSITIONS, Attempt, Delivery, DeliveryState, Settlement
from bitewing.ports.outbox import Share, Sought, Turn, Want
from bitewing.stores.rows import (
    Columns,
    attempt_columns,
    attempt_from,
    delivery_columns,
    delivery_from,
    instant,
    json_list,
    lanes_from,
    microseconds_at,
    microseconds_at_or_none,
)
from bitewing.stores.sqlite import seeking
from bitewing.stores.sqlite.lanes import Lanes, Standing
from bitewing.stores.sqlite.many import run_many
from bitewing.stores.sqlite.named import queries
from bitewing.stores.sqlite.settling import Known, moves, require_legal, unless_revoked

SQL = queries("outbox")

_MICROSECOND = timedelta(microseconds=1)

_IN_LANES = frozenset({DeliveryState.PENDING, DeliveryState.CLAIMED})


class SqliteOutbox:
    """Implements the port ``Outbox``.

    The oldest of the due Deliveries is the one that has been due longest; of equals, the one
    that was added first. In a lane, the oldest is the one that was added first.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lanes = Lanes(connection)

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """See the port."""
        last = self.last()
        rows = [
            delivery_columns(delivery) | {"ordinal": ordinal, "is_retry": delivery.attempts > 0}
            for ordinal, delivery in enumerate(deliveries, last + 1)
        ]
        arriving = [
            Standing(ordinal, delivery.lanes if delivery.state in _IN_LANES else ())
            for ordinal, delivery in enumerate(deliveries, last + 1)
        ]
        for row, blocked in zip(rows, self._lanes.blocked(arriving), strict=True):
            row["blocked"] = blocked
        run_many(self._connection, SQL["add"], rows)
        run_many(self._connection, SQL["add_content"], rows)
        self._lanes.enter(arriving)
        for state, number in Counter(delivery.state for delivery in deliveries).items():
            self._count(state, number)

    def get(self, delivery: str) -> Delivery | None:
        """See the port."""
        row = self._connection.execute(SQL["find"], {"id": delivery}).fetchone()
        return None if row is None else self._whole([row[0]])[0]

    def claim(self, now: datetime, until: datetime, want: Want) -> list[Delivery]:
        """See the port."""
        due = {
            "now": microseconds_at(now),
            "endpoint": want.endpoint,
            "is_retry": want.is_retry,
            "limit": want.limit,
        }
        query = SQL["oldest"] if want.is_oldest else SQL["due"]
        rows = self._connection.execute(query, due).fetchall()
        columns = (DeliveryState.CLAIMED.value, microseconds_at(until))
        found = [
            delivery_from((*row[1:15], columns[0], row[16], columns[1], *row[18:])) for row in rows
        ]
        claim = {"ordinals": json_list([row[0] for row in rows]), "until": columns[1]}
        self._connection.execute(SQL["claim"], claim)
        return found

    def give_back(self, deliveries: Sequence[str]) -> None:
        """See the port."""
        ids = msgspec.json.encode(list(deliveries)).decode()
        self._reopened(self._connection.execute(SQL["give_back"], {"ids": ids}).fetchall())

    def oldest_retry(self, endpoint: int) -> datetime | None:
        """See the port."""
        row = self._connection.execute(SQL["oldest_retry"], {"endpoint": endpoint}).fetchone()
        return None if row is None else instant(row[0])

    def settle(self, settlements: Sequence[Settlement]) -> set[str]:
        """See the port. An Attempt of a Delivery that is not there is not kept.

        Raises:
            ValueError: no claimed Delivery may move to the state, or ``due_at`` does not fit it.
        """
        for one in settlements:
            require_legal(one)
        ids = msgspec.json.encode([one.attempt.delivery for one in settlements]).decode()
        known = {
            identity: Known(ordinal, DeliveryState(state), bool(revoked), lanes_from(lanes))
            for identity, ordinal, state, revoked, lanes in self._connection.execute(
                SQL["standing"], {"ids": ids}
            )
        }
        attempts, moved, turns = [], {}, Counter[int]()
        for one in settlements:
            found = known.get(one.attempt.delivery)
            if found is None:
                continue
            turns[found.ordinal] += 1
            place = {"delivery": found.ordinal, "turn": turns[found.ordinal]}
            attempts.append(attempt_columns(one.attempt) | place)
            if moves(found, one) and one.attempt.delivery not in moved:
                moved[one.attempt.delivery] = one
        self._add_attempts(attempts, most=max(turns.values(), default=0))
        self._move(
            [
                (known[identity], unless_revoked(one, known[identity]))
                for identity, one in moved.items()
            ]
        )
        return set(moved)

    def _add_attempts(self, attempts: Sequence[Columns], *, most: int) -> None:
        """Remember these, of each Delivery at most so many."""
        if most <= 1:
            run_many(self._connection, SQL["add_attempt"], attempts)
            return
        for attempt in attempts:  # each sees the places of those before it
            run_many(self._connection, SQL["add_attempt"], [attempt | {"turn": 1}])

    def _move(self, moved: Sequence[tuple[Known, Settlement]]) -> None:
        rows = [
            {
                "ordinal": known.ordinal,
                "state": one.state.value,
                "due_at": microseconds_at_or_none(one.due_at),
                "started_at": microseconds_at(one.attempt.started_at),
                "delay": one.delay // _MICROSECOND,
            }
            for known, one in moved
        ]
        run_many(self._connection, SQL["settle"], rows)
        dropped = [{"ordinal": known.ordinal} for known, one in moved if not one.keeps_body]
        self._connection.executemany(SQL["drop_body"], dropped)
        gone = [known for known, one in moved if one.state is not DeliveryState.PENDING]
        self._lanes.leave([known.standing for known in gone if known.is_claimed])
        self._lanes.withdraw([known.standing for known in gone if not known.is_claimed])
        for state, number in Counter(one.state for _, one in moved).items():
            self._count(state, number)

    def cancel(self, subscription: int, limit: int) -> int:
        """See the port."""
        columns = {"subscription": subscription}
        gone = self._standing(SQL["to_cancel"], columns | {"limit": limit})
        self._connection.executemany(SQL["cancel"], [{"ordinal": one.ordinal} for one in gone])
        self._connection.execute(SQL["revoke"], columns)
        self._lanes.withdraw(gone)
        self._count(DeliveryState.CANCELLED, len(gone))
        return len(gone)

    def hold(self, endpoint: int, limit: int) -> int:
        """See the port."""
        gone = self._standing(SQL["to_hold"], {"endpoint": endpoint, "limit": limit})
        self._connection.executemany(SQL["hold"], [{"ordinal": one.ordinal} for one in gone])
        self._lanes.leave(gone)
        return len(gone)

    def survey(self, sought: Sought) -> list[Share]:
        """See the port."""
        return seeking.survey(self._connection, sought)

    def seek(self, sought: Sought, *, after: int, limit: int) -> list[tuple[int, str]]:
        """See the port."""
        return seeking.seek(self._connection, sought, after=after, limit=limit)

    def last(self) -> int:
        """See the port."""
        return self._number(SQL["last_ordinal"], {}) or 0

    def resume(self, deliveries: Sequence[str], due_at: datetime) -> int:
        """See the port."""
        return seeking.resume(
            self._connection, self._lanes, deliveries, due_at=due_at, last=self.last()
        )

    def rescue(self, now: datetime) -> int:
        """See the port."""
        columns = {"now": microseconds_at(now)}
        return self._reopened(self._connection.execute(SQL["rescue"], columns).fetchall())

    def _reopened(self, rows: Sequence[tuple[str, int, str]]) -> int:
        """Let those that were cancelled meanwhile leave their lanes; give how many others."""
        dropped = [
            Standing(ordinal, lanes_from(lanes))
            for state, ordinal, lanes in rows
            if state == DeliveryState.CANCELLED
        ]
        self._count(DeliveryState.CANCELLED, len(dropped))
        self._lanes.leave(dropped)
        return len(rows) - len(dropped)

    def prune(self, before: datetime, limit: int) -> int:
        """See the port."""
        columns = {"before": microseconds_at(before), "limit": limit}
        return self._connection.execute(SQL["prune"], columns).rowcount

    def outstanding(self, subscription: int) -> int:
        """See the port."""
        return self._number(SQL["outstanding"], {"subscription": subscription}) or 0

    def turns(self) -> list[Turn]:
        """See the port. What waits for an older one of its lane is not due before its turn."""
        return [
            Turn(endpoint, bool(is_retry), instant(due_at))
            for endpoint, is_retry, due_at in self._connection.execute(SQL["turns"])
        ]

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

    def _standing(self, query: str, columns: dict[str, int]) -> list[Standing]:
        found = self._connection.execute(query, columns)
        return [Standing(ordinal, lanes_from(lanes)) for ordinal, lanes in found]

    def _number(self, query: str, columns: dict[str, int]) -> int | None:
        number: int | None = self._connection.execute(query, columns).fetchone()[0]
        return number
