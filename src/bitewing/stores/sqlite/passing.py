"""Passing: Deliveries past the outbox, written at once as they will stand when they are taken.

The table ``passing`` says which have not been taken yet. Readers look there; the writer, who
alone changes it, remembers what is in it, and the lanes that these are the first of: they have no
rows in the table ``lane``.
"""

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bitewing.model.delivery import Claim
from bitewing.stores.delivery_rows import alike_claims
from bitewing.stores.rows import instant, json_list, microseconds_at, numbers_from
from bitewing.stores.sqlite.many import run_alike, run_many
from bitewing.stores.sqlite.named import queries

SQL = queries("passing")


@dataclass(frozen=True, slots=True)
class _Known:
    """What is in the table.

    Attributes:
        untils: until when each is claimed, by its ordinal (our clock, UTC).
        lanes: those that they are the first of, and whether somebody may have come behind.
    """

    untils: dict[int, datetime] = field(default_factory=dict)
    lanes: dict[int, bool] = field(default_factory=dict)

    def enter(self, claims: Sequence[Claim]) -> None:
        self.untils.update({claim.place: claim.until for claim in claims})
        numbers = [number for claim in claims for number in claim.delivery.lanes]
        before = len(self.lanes)
        self.lanes.update(dict.fromkeys(numbers, False))
        if len(self.lanes) != before + len(numbers):
            raise ValueError("Nobody can be the first of a lane twice, nor two at the same time")


class Passing:
    """Knows them; they end by being taken, or by becoming claimed ones like any other."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._remembered: _Known | None = None
        self._changes = 0

    def enter(self, claims: Sequence[Claim]) -> None:
        """Let these, which have just been written, pass.

        Raises:
            ValueError: one of them is twice in a lane, or not the first there.
        """
        known = self._known()
        self._changes += 1
        rows = [((claim.until,), (claim.place,)) for claim in claims]
        run_alike(self._connection, SQL["enter"], rows, alike_claims)
        known.enter(claims)

    @property
    def untils(self) -> Mapping[int, datetime]:
        """Give until when each is claimed, by its ordinal (our clock, UTC)."""
        return self._known().untils

    def leave(self, claims: Sequence[Claim]) -> list[int] | None:
        """Let these go, for they were taken; give the lanes in which others may be behind them.

        None says that not all of them were there, and the caller has to undo it.
        """
        known = self._known()
        self._changes += 1
        before = self._connection.total_changes
        run_many(self._connection, SQL["leave"], [(claim.place,) for claim in claims])
        if self._connection.total_changes - before != len(claims):
            return None
        for claim in claims:
            del known.untils[claim.place]
        numbers = [number for claim in claims for number in claim.delivery.lanes]
        return [number for number in numbers if known.lanes.pop(number)]

    def first_in(self, numbers: Collection[int]) -> set[int]:
        """Give those of these lanes in which one that passes is the first."""
        return self._known().lanes.keys() & numbers

    def follow(self, numbers: Collection[int]) -> None:
        """Note that others have come into these lanes. It may turn out that they have not."""
        lanes = self._known().lanes
        if lanes:
            lanes.update(dict.fromkeys(lanes.keys() & numbers, True))

    def among(self, deliveries: Sequence[str]) -> list[int]:
        """Give the ordinals of those of these that pass."""
        return self._found(SQL["among"], {"ids": json_list(deliveries)})

    def of_subscription(self, subscription: int) -> list[int]:
        """Give the ordinals of a Subscription's that pass."""
        return self._found(SQL["of_subscription"], {"subscription": subscription})

    def overdue(self, now: datetime) -> list[int]:
        """Give the ordinals of those whose claim has run out."""
        return self._found(SQL["overdue"], {"now": microseconds_at(now)})

    def demote(self, ordinals: Sequence[int]) -> Sequence[tuple[int, Sequence[int]]]:
        """Write these as claimed; give them with their lanes, where they have to be entered."""
        known = self._known()
        self._changes += 1
        columns = {"ordinals": json_list(ordinals)}
        rows = self._connection.execute(SQL["demote"], columns).fetchall()
        self._connection.execute(SQL["forget"], columns)
        demoted = [(ordinal, numbers_from(lanes)) for ordinal, lanes in rows]
        for ordinal, lanes in demoted:
            del known.untils[ordinal]
            for number in lanes:
                del known.lanes[number]
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
        if not self._known().untils:
            return []
        return [ordinal for (ordinal,) in self._connection.execute(query, columns)]

    def _known(self) -> _Known:
        if self._remembered is None:
            known = _Known()
            for ordinal, until, lanes in self._connection.execute(SQL["all"]):
                known.untils[ordinal] = instant(until)
                known.lanes.update(dict.fromkeys(numbers_from(lanes), True))
            self._remembered = known
        return self._remembered
