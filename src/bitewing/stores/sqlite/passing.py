"""Passing: Deliveries past the outbox, written at once as they will stand when they are taken.

The table ``passing`` says which have not been taken yet. Readers look there; the writer, who
alone changes it, remembers what is in it, and the lanes that these are the first of: they have no
rows in the table ``lane``.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from bitewing.model.delivery import Claim
from bitewing.stores.delivery_rows import alike_claims
from bitewing.stores.rows import instant, json_list, microseconds_at, numbers_from
from bitewing.stores.sqlite.many import run_alike, run_many
from bitewing.stores.sqlite.named import queries

SQL = queries("passing")


class NotPassingError(Exception):
    """Not all of these pass that were to go. Whoever meets it undoes what has been done."""


@dataclass(slots=True)
class _Memory:
    """What the table says.

    Attributes:
        untils: until when each is claimed, by its ordinal (our clock, UTC).
        lanes: those that they are the first of, and whether somebody may have come behind.
        subscriptions: whose they are: the ordinals by Subscription, where there are any.
    """

    untils: dict[int, datetime] = field(default_factory=dict)
    lanes: dict[int, bool] = field(default_factory=dict)
    subscriptions: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def require_free(self, numbers: Sequence[int]) -> None:
        if len(set(numbers)) != len(numbers) or not self.lanes.keys().isdisjoint(numbers):
            raise ValueError("Nobody can be the first of a lane twice, nor two at the same time")

    def enter(self, claims: Sequence[Claim], numbers: Sequence[int]) -> None:
        self.untils.update({claim.place: claim.until for claim in claims})
        self.lanes.update(dict.fromkeys(numbers, False))
        for delivery, _, ordinal in claims:
            self.subscriptions[delivery.subscription].add(ordinal)

    def leave(self, subscriptions: Mapping[int, Sequence[int]]) -> None:
        """Forget these ordinals of Subscriptions, but not their lanes."""
        untils = self.untils
        for subscription, ordinals in subscriptions.items():
            for ordinal in ordinals:
                del untils[ordinal]
            others = self.subscriptions[subscription]
            others.difference_update(ordinals)
            if not others:  # an empty set would keep the room that it once needed
                del self.subscriptions[subscription]


class Passing:
    """Knows them; they end by being taken, or by becoming claimed ones like any other."""

    def __init__(self, connection: sqlite3.Connection, *, is_writer: bool = False) -> None:
        """Only the connection that alone writes may count what it remembers."""
        self._connection = connection
        self._is_writer = is_writer
        self._remembered: _Memory | None = None
        self._changes = 0

    def enter(self, claims: Sequence[Claim]) -> None:
        """Let these, which have just been written, pass.

        Raises:
            ValueError: one of them is twice in a lane, or not the first there.
        """
        numbers = _lanes_of(claims)
        self._memory().require_free(numbers)
        rows = [((claim.until,), (claim.place,)) for claim in claims]
        memory = self._changing()
        run_alike(self._connection, SQL["enter"], rows, alike_claims)
        memory.enter(claims, numbers)

    @property
    def untils(self) -> Mapping[int, datetime]:
        """Give until when each is claimed, by its ordinal (our clock, UTC)."""
        return self._memory().untils

    def leave(self, claims: Sequence[Claim]) -> list[int]:
        """Let these go, for they were taken; give the lanes in which others may be behind them.

        Raises:
            NotPassingError: some of them were gone before, or are named twice.
        """
        memory = self._changing()
        before = self._connection.total_changes
        run_many(self._connection, SQL["leave"], [(claim.place,) for claim in claims])
        if self._connection.total_changes - before != len(claims):
            raise NotPassingError
        leaving: defaultdict[int, list[int]] = defaultdict(list)
        for delivery, _, ordinal in claims:
            leaving[delivery.subscription].append(ordinal)
        memory.leave(leaving)
        return [number for number in _lanes_of(claims) if memory.lanes.pop(number)]

    def first_in(self, numbers: Collection[int]) -> set[int]:
        """Give those of these lanes in which one that passes is the first."""
        return self._memory().lanes.keys() & numbers

    def follow(self, numbers: Collection[int]) -> None:
        """Note that others have come into these lanes. It may turn out that they have not."""
        lanes = self._memory().lanes
        if lanes:
            lanes.update(dict.fromkeys(lanes.keys() & numbers, True))

    def among(self, deliveries: Sequence[str]) -> list[int]:
        """Give the ordinals of those of these that pass."""
        return self._found(SQL["among"], {"ids": json_list(deliveries)})

    def of_subscription(self, subscription: int) -> list[int]:
        """Give the ordinals of a Subscription's that pass."""
        return list(self._memory().subscriptions.get(subscription, ()))

    def count(self, subscription: int) -> int:
        """Count a Subscription's that pass."""
        if self._is_writer:
            return len(self._memory().subscriptions.get(subscription, ()))
        columns = {"subscription": subscription}
        number: int = self._connection.execute(SQL["count"], columns).fetchone()[0]
        return number

    def overdue(self, now: datetime) -> list[int]:
        """Give the ordinals of those whose claim has run out."""
        return self._found(SQL["overdue"], {"now": microseconds_at(now)})

    def write_as_claimed(self, ordinals: Sequence[int]) -> Sequence[tuple[int, Sequence[int]]]:
        """Let these be claimed ones that stand in no lane yet; give them with their lanes.

        Nobody but ``Lanes.demote`` should call it, which enters them there.
        """
        memory = self._changing()
        columns = {"ordinals": json_list(ordinals)}
        rows = self._connection.execute(SQL["write_as_claimed"], columns).fetchall()
        self._connection.execute(SQL["forget"], columns)
        leaving: defaultdict[int, list[int]] = defaultdict(list)
        for ordinal, subscription, _ in rows:
            leaving[subscription].append(ordinal)
        memory.leave(leaving)
        demoted = [(ordinal, numbers_from(lanes)) for ordinal, _, lanes in rows]
        for number in chain.from_iterable(lanes for _, lanes in demoted):
            del memory.lanes[number]
        return demoted

    def mark(self) -> int:
        """Note where a piece of work begins."""
        return self._changes

    def undo(self, mark: int) -> None:
        """The piece was undone: what it has changed is read anew."""
        if self._changes != mark:
            self._remembered = None

    def forget(self) -> None:
        """Everything may have been undone."""
        self._remembered = None

    def _found(self, query: str, columns: dict[str, object]) -> list[int]:
        if not self._memory().untils:
            return []
        return [ordinal for (ordinal,) in self._connection.execute(query, columns)]

    def _changing(self) -> _Memory:
        """Give what is remembered to whoever is about to change the table, and it with it.

        From here on the piece of work has something to undo, however far it gets.
        """
        self._changes += 1
        return self._memory()

    def _memory(self) -> _Memory:
        if self._remembered is None:
            memory = _Memory()
            for ordinal, until, subscription, lanes in self._connection.execute(SQL["all"]):
                memory.untils[ordinal] = instant(until)
                memory.lanes.update(dict.fromkeys(numbers_from(lanes), True))
                memory.subscriptions[subscription].add(ordinal)
            self._remembered = memory
        return self._remembered


def _lanes_of(claims: Sequence[Claim]) -> list[int]:
    return [number for delivery, _, _ in claims for number in delivery.lanes]
