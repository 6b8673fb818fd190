"""The Deliveries and their Attempts, in SQLite."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import compress, repeat
from operator import eq

from bitewing.model.delivery import (
    Attempt,
    Claim,
    Delivery,
    DeliveryState,
    Sent,
    Settlement,
)
from bitewing.ports.outbox import Reception, Share, Sought, Turn, Want
from bitewing.stores.delivery_rows import (
    alike_deliveries,
    alike_passing,
    attempt_from,
    content_columns,
    delivery_from,
    delivery_values,
    passing_columns,
)
from bitewing.stores.rows import Row, getters, instant, json_list, microseconds_at, numbers_from
from bitewing.stores.sqlite import seeking
from bitewing.stores.sqlite.handing import Handing
from bitewing.stores.sqlite.lanes import Lanes, Standing, require_once
from bitewing.stores.sqlite.many import parted, run_alike, run_columns
from bitewing.stores.sqlite.named import queries
from bitewing.stores.sqlite.passing import Passing
from bitewing.stores.sqlite.pruning import Pruning
from bitewing.stores.sqlite.settling import Settling
from bitewing.stores.sqlite.tally import EndTally

SQL = queries("outbox")

_PENDING = DeliveryState.PENDING
_IN_LANES = frozenset({_PENDING, DeliveryState.CLAIMED})
_state, _attempts, _lanes = getters(Delivery._fields, "state", "attempts", "lanes")
_delivery, _place = getters(Claim._fields, "delivery", "place")
_claim = partial(tuple.__new__, Claim)
"""Makes one of its three values, as ``Claim._make`` does, but not by a Python function."""


class SqliteOutbox:
    """Implements the port ``Outbox``.

    The oldest of the due Deliveries is the one that has been due longest; of equals, the one
    that was added first. In a lane, the oldest is the one that was added first.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        reception: Reception | None = None,
        handing: Handing | None = None,
        *,
        is_writer: bool = False,
    ) -> None:
        """What concerns the Reception is noted in ``handing``.

        ``is_writer``: nobody else writes while this is used; what it remembers is so.
        """
        self._connection = connection
        self._reception = reception
        self._handing = handing or Handing()
        self.passing = Passing(connection, is_writer=is_writer)
        self._lanes = Lanes(connection, self.passing)
        self._tally = EndTally(connection)
        self._settling = Settling(connection, self.passing, self._lanes, self._tally)
        self._pruning = Pruning(connection)

    def add(self, deliveries: Sequence[Delivery]) -> None:
        """See the port."""
        first = self.last() + 1
        places = range(first, first + len(deliveries))
        blocked = self._lanes.blocked(_lanes_of(deliveries))
        claims = self._take_over(deliveries, places, blocked)
        if claims:
            self._write_passing(claims)
        if len(claims) < len(deliveries):
            gone = {claim.place for claim in claims}
            each = zip(places, deliveries, blocked, strict=True)
            self._write_waiting([one for one in each if one[0] not in gone])
        run_columns(self._connection, SQL["add_content"], content_columns(deliveries, places))

    def _take_over(
        self, deliveries: Sequence[Delivery], places: Sequence[int], blocked: Sequence[int]
    ) -> list[Claim]:
        """Claim what the Reception takes over of what could go out at once for the first time."""
        if self._reception is None:
            return []
        standing = zip(blocked, map(_state, deliveries), map(_attempts, deliveries), strict=True)
        could_go = list(map(eq, standing, repeat((0, _PENDING, 0))))
        offered = list(compress(deliveries, could_go))
        untils = self._reception.admit(offered)
        each = zip(offered, untils, compress(places, could_go), strict=True)
        claims = list(map(_claim, compress(each, untils)))
        self._handing.taken_over += claims
        return claims

    def _write_passing(self, claims: Sequence[Claim]) -> None:
        rows = passing_columns(list(map(_delivery, claims)), list(map(_place, claims)))
        run_alike(self._connection, SQL["add_passing"], *rows, alike_passing)
        self.passing.enter(claims)

    def _write_waiting(self, waiting: Sequence[tuple[int, Delivery, int]]) -> None:
        rows = [delivery_values(one, place, blocked=many) for place, one, many in waiting]
        run_alike(self._connection, SQL["add"], *parted(rows), alike_deliveries)
        lanes = _lanes_of([one for _, one, _ in waiting])
        places = [place for place, _, _ in waiting]
        self._lanes.enter(list(map(Standing, places, lanes)))
        self._tally.count(Counter([one.state for _, one, _ in waiting]))

    def get(self, delivery: str) -> Delivery | None:
        """See the port."""
        row = self._connection.execute(SQL["find"], {"id": delivery}).fetchone()
        return None if row is None else self._whole([row[0]])[0]

    def claim(self, now: datetime, until: datetime, want: Want) -> list[Claim]:
        """See the port."""
        due = {
            "now": microseconds_at(now),
            "endpoint": want.endpoint,
            "is_retry": want.is_retry,
            "limit": want.limit,
        }
        query = SQL["oldest"] if want.is_oldest else SQL["due"]
        rows = self._connection.execute(query, due).fetchall()
        claim = {"ordinals": json_list([row[0] for row in rows]), "until": microseconds_at(until)}
        self._connection.execute(SQL["claim"], claim)
        return [Claim(_claimed(row[1:], until), until, row[0]) for row in rows]

    def give_back(self, deliveries: Sequence[str]) -> None:
        """See the port."""
        self._lanes.demote(self.passing.among(deliveries))
        ids = json_list(deliveries)
        self._reopened(self._connection.execute(SQL["give_back"], {"ids": ids}).fetchall())

    def oldest_retry(self, endpoint: int) -> datetime | None:
        """See the port."""
        row = self._connection.execute(SQL["oldest_retry"], {"endpoint": endpoint}).fetchone()
        return None if row is None else instant(row[0])

    def settle_taken(self, taken: Sequence[Sent]) -> int:
        """See the port. The Attempt of a Delivery that is not there is not kept."""
        return self._settling.settle_taken(taken)

    def settle(self, settlements: Sequence[Settlement]) -> set[str]:
        """See the port. An Attempt of a Delivery that is not there is not kept.

        Raises:
            ValueError: no claimed Delivery may move to the state, or ``due_at`` does not fit it.
        """
        return self._settling.settle(settlements)

    def cancel(self, subscription: int, limit: int) -> int:
        """See the port."""
        columns = {"subscription": subscription}
        gone = self._standing(SQL["to_cancel"], columns | {"limit": limit})
        self._connection.executemany(SQL["cancel"], [{"ordinal": one.ordinal} for one in gone])
        self._lanes.demote(self.passing.of_subscription(subscription))
        revoked = self._connection.execute(SQL["revoke"], columns).fetchall()
        self._handing.recalled += [identity for (identity,) in revoked]
        self._lanes.withdraw(gone)
        self._tally.count({DeliveryState.CANCELLED: len(gone)})
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
        self._lanes.demote(self.passing.overdue(now))
        columns = {"now": microseconds_at(now)}
        return self._reopened(self._connection.execute(SQL["rescue"], columns).fetchall())

    def _reopened(self, rows: Sequence[tuple[str, int, str]]) -> int:
        """Let those that were cancelled meanwhile leave their lanes; give how many others."""
        dropped = [
            Standing(ordinal, numbers_from(lanes))
            for state, ordinal, lanes in rows
            if state == DeliveryState.CANCELLED
        ]
        self._tally.count({DeliveryState.CANCELLED: len(dropped)})
        self._lanes.leave(dropped)
        return len(rows) - len(dropped)

    def prune(self, before: datetime, limit: int) -> int:
        """See the port."""
        return self._pruning.prune(microseconds_at(before), limit)

    def outstanding(self, subscription: int) -> int:
        """See the port."""
        standing = self._number(SQL["outstanding"], {"subscription": subscription}) or 0
        return standing + self.passing.count(subscription)

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
        return self._tally.read()

    def recent(self, limit: int) -> list[Delivery]:
        """See the port."""
        newest = self._connection.execute(SQL["recent"], {"limit": limit})
        return self._whole([ordinal for (ordinal,) in newest])

    def _whole(self, ordinals: Sequence[int]) -> list[Delivery]:
        """Give these Deliveries in this order."""
        rows = self._connection.execute(SQL["whole"], {"ordinals": json_list(ordinals)})
        found = {ordinal: delivery_from(row) for ordinal, *row in rows}
        return [found[ordinal] for ordinal in ordinals]

    def _standing(self, query: str, columns: dict[str, int]) -> list[Standing]:
        found = self._connection.execute(query, columns)
        return [Standing(ordinal, numbers_from(lanes)) for ordinal, lanes in found]

    def _number(self, query: str, columns: dict[str, int]) -> int | None:
        number: int | None = self._connection.execute(query, columns).fetchone()[0]
        return number


def _lanes_of(arriving: Sequence[Delivery]) -> list[Sequence[int]]:
    """Give the lanes in which each will stand; who is held now may come into them later."""
    if _IN_LANES.issuperset(map(_state, arriving)):
        return list(map(_lanes, arriving))
    for one in arriving:
        require_once(one.lanes)
    return [one.lanes if one.state in _IN_LANES else () for one in arriving]


def _claimed(row: Row, until: datetime) -> Delivery:
    """Read a Delivery as it is when it has been claimed."""
    return delivery_from(row)._replace(state=DeliveryState.CLAIMED, claimed_until=until)
