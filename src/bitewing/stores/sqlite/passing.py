"""Passing: Deliveries past the outbox, written at once as they will stand when they are taken.

The table ``passing`` says from which to which they are: stretches of ordinals without gaps. Of
these pass all that are written as delivered and have no Attempt yet. Readers look there; the
writer, who alone changes it, remembers who passes, and the lanes that these are the first of: they
have no rows in the table ``lane``.
"""

import sqlite3
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain, compress, groupby, repeat
from operator import attrgetter, eq, itemgetter

from bitewing.model.delivery import Claim, Delivery
from bitewing.stores.rows import getters, instant, json_list, microseconds_at, numbers_from
from bitewing.stores.sqlite.many import run_many
from bitewing.stores.sqlite.named import queries

SQL = queries("passing")

_LONGEST = 256
"""Whoever looks at a stretch looks at all that is in it, though but one of it passes."""

_delivery, _claimed_until, _place = getters(Claim._fields, "delivery", "until", "place")
_lanes, _subscription = getters(Delivery._fields, "lanes", "subscription")
_ends_at = attrgetter("until")


class NotPassingError(Exception):
    """Not all of these pass that were to go. Whoever meets it undoes what has been done."""


@dataclass(slots=True, eq=False)
class _Stretch:
    """Deliveries that came together; some of them may be gone.

    Attributes:
        first: the first one's ordinal.
        until: until when they are claimed (our clock, UTC).
        remaining: how many pass.
    """

    first: int
    until: datetime
    remaining: int


_NOWHERE = _Stretch(0, datetime.min.replace(tzinfo=UTC), 0)


@dataclass(slots=True)
class _Memory:
    """What the tables say.

    Attributes:
        stretches: where each stands, by its ordinal.
        lanes: those that they are the first of, and whether somebody may have come behind.
        subscriptions: how many there are of each Subscription.
    """

    stretches: dict[int, _Stretch] = field(default_factory=dict)
    lanes: dict[int, bool] = field(default_factory=dict)
    subscriptions: Counter[int] = field(default_factory=Counter)

    def enter_lanes(self, numbers: Sequence[int]) -> None:
        before = len(self.lanes)
        self.lanes.update(dict.fromkeys(numbers, False))
        if len(self.lanes) - before != len(numbers):
            raise ValueError("Nobody can be the first of a lane twice, nor two at the same time")

    def leave(self, ordinals: Sequence[int], of: Mapping[int, int]) -> Counter[_Stretch]:
        """Forget these, so many of each Subscription, but not their lanes; give where they stood.

        Raises:
            NotPassingError: some of them are not remembered, or are named twice.
        """
        try:
            gone = Counter(map(self.stretches.pop, ordinals))
        except KeyError as error:
            raise NotPassingError from error
        for subscription, number in of.items():
            self.subscriptions[subscription] -= number
            if not self.subscriptions[subscription]:
                del self.subscriptions[subscription]
        return gone


class Passing:
    """Knows them; they end by being taken, or by becoming claimed ones like any other."""

    def __init__(self, connection: sqlite3.Connection, *, is_writer: bool = False) -> None:
        """Only the connection that alone writes may count what it remembers."""
        self._connection = connection
        self._is_writer = is_writer
        self._remembered: _Memory | None = None
        self._changes = 0

    def enter(self, claims: Sequence[Claim]) -> None:
        """Let these, which have just been written in this order, pass.

        Raises:
            ValueError: one of them is twice in a lane, or not the first there.
        """
        memory = self._changing()
        deliveries = list(map(_delivery, claims))
        try:
            memory.enter_lanes(list(chain.from_iterable(map(_lanes, deliveries))))
        except ValueError:
            self.forget()
            raise
        memory.subscriptions.update(map(_subscription, deliveries))
        rows = []
        for until, alike in groupby(claims, key=_claimed_until):
            for places in _without_gaps(list(map(_place, alike))):
                made = _Stretch(places[0], until, len(places))
                memory.stretches.update(dict.fromkeys(places, made))
                rows.append((made.first, places[-1], microseconds_at(until), made.remaining))
        run_many(self._connection, SQL["enter"], rows)

    def which(self, claims: Sequence[Claim]) -> list[bool]:
        """Tell of each of these whether it passes, under this very claim."""
        stretches = self._memory().stretches
        found = map(stretches.get, map(_place, claims), repeat(_NOWHERE))
        return list(map(eq, map(_ends_at, found), map(_claimed_until, claims)))

    def leave(self, claims: Sequence[Claim]) -> list[int]:
        """Let these go, whose Attempts have been written: they were taken.

        Give the lanes in which others may be behind them.

        Raises:
            NotPassingError: some of them were gone before, or are named twice.
        """
        memory = self._changing()
        deliveries = list(map(_delivery, claims))
        ordinals = list(map(_place, claims))
        self._shorten(memory.leave(ordinals, Counter(map(_subscription, deliveries))))
        numbers = list(chain.from_iterable(map(_lanes, deliveries)))
        try:
            return list(compress(numbers, map(memory.lanes.pop, numbers)))
        except KeyError as error:  # another Delivery than the one that passes at this place
            raise NotPassingError from error

    def _shorten(self, gone: Mapping[_Stretch, int]) -> None:
        """Count those that have gone. A stretch of which nobody is left goes, too."""
        for one, number in gone.items():
            one.remaining -= number
        ended = [(one.first,) for one in gone if not one.remaining]
        before = self._connection.total_changes
        run_many(
            self._connection, SQL["shorten"], [(one.first, number) for one, number in gone.items()]
        )
        run_many(self._connection, SQL["end"], ended)
        if self._connection.total_changes - before != len(gone) + len(ended):
            raise NotPassingError

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
        stretches = self._memory().stretches
        if not stretches:
            return []
        found = self._connection.execute(SQL["ordinals"], {"ids": json_list(deliveries)})
        return [ordinal for (ordinal,) in found if ordinal in stretches]

    def of_subscription(self, subscription: int) -> list[int]:
        """Give the ordinals of a Subscription's that pass."""
        if not self._memory().subscriptions[subscription]:
            return []
        columns = {"subscription": subscription}
        found = self._connection.execute(SQL["of_subscription"], columns)
        return [ordinal for (ordinal,) in found]

    def count(self, subscription: int) -> int:
        """Count a Subscription's that pass."""
        if self._is_writer:
            return self._memory().subscriptions[subscription]
        columns = {"subscription": subscription}
        return len(self._connection.execute(SQL["of_subscription"], columns).fetchall())

    def overdue(self, now: datetime) -> list[int]:
        """Give the ordinals of those whose claim has run out."""
        stretches = self._memory().stretches
        return [ordinal for ordinal, one in stretches.items() if one.until <= now]

    def write_as_claimed(self, ordinals: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
        """Let these be claimed ones that stand in no lane yet; give them with their lanes.

        Nobody but ``Lanes.demote`` should call it, which enters them there.
        """
        memory = self._changing()
        columns = {"ordinals": json_list(ordinals)}
        rows = self._connection.execute(SQL["write_as_claimed"], columns).fetchall()
        written = [ordinal for ordinal, _, _ in rows]
        self._shorten(memory.leave(written, Counter([whose for _, whose, _ in rows])))
        demoted = [(ordinal, numbers_from(lanes)) for ordinal, _, lanes in rows]
        for number in chain.from_iterable(lanes for _, lanes in demoted):
            del memory.lanes[number]
        return demoted

    def recount(self) -> None:
        """Let so many remain of each stretch as pass.

        They do already; but a count that was damaged must not keep a store from being opened.
        """
        self._connection.execute(SQL["recount"])
        self._connection.execute(SQL["end_all"])
        self.forget()

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

    def _changing(self) -> _Memory:
        """Give what is remembered to whoever is about to change the tables, and it with them.

        From here on the piece of work has something to undo, however far it gets.
        """
        self._changes += 1
        return self._memory()

    def _memory(self) -> _Memory:
        if self._remembered is None:
            memory = _Memory()
            rows = self._connection.execute(SQL["all"])
            for (first, until), those in groupby(rows, key=itemgetter(0, 1)):
                stretch = _Stretch(first, instant(until), 0)
                for _, _, ordinal, subscription, lanes in those:
                    stretch.remaining += 1
                    memory.stretches[ordinal] = stretch
                    memory.lanes.update(dict.fromkeys(numbers_from(lanes), True))
                    memory.subscriptions[subscription] += 1
            self._remembered = memory
        return self._remembered


def _without_gaps(places: Sequence[int]) -> Iterator[range]:
    """Part rising numbers into stretches of following ones, none of them too long."""
    start = 0
    while start < len(places):
        first = places[start]
        most = range(start, min(start + _LONGEST, len(places)))
        length = bisect_right(most, first - start, key=lambda at: places[at] - at)
        yield range(first, first + length)
        start += length
