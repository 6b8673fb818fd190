"""The lanes, in SQLite: in which of them which unsettled Deliveries stand, in order.

Those that pass, each the first of its lanes, have no rows here: the writer remembers them.
"""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from bitewing.stores.rows import json_list
from bitewing.stores.sqlite.many import run_many
from bitewing.stores.sqlite.named import queries
from bitewing.stores.sqlite.passing import Passing

SQL = queries("lanes")


class Standing(NamedTuple):
    """A Delivery by its ordinal, and the lanes that it stands in."""

    ordinal: int
    lanes: Sequence[int]


class Lanes:
    """Keeps ``delivery.blocked``: in how many of its lanes a Delivery is not the first."""

    def __init__(self, connection: sqlite3.Connection, passing: Passing) -> None:
        """Those that are ``passing`` stand first in their lanes, but have no rows."""
        self._connection = connection
        self._passing = passing

    def blocked(self, arriving: Sequence[Sequence[int]]) -> list[int]:
        """Give in how many of its lanes each would not be the first, if they came in this order.

        Raises:
            ValueError: one of them would stand twice in a lane.
        """
        numbers = list(chain.from_iterable(arriving))
        if not numbers:
            return [0] * len(arriving)
        taken = self._taken(numbers)
        if not taken and len(set(numbers)) == len(numbers):
            return [0] * len(arriving)
        blocked = []
        for lanes in arriving:
            require_once(lanes)
            blocked.append(sum([number in taken for number in lanes]))
            taken.update(lanes)
        return blocked

    def _taken(self, numbers: Sequence[int]) -> set[int]:
        """Give those of these lanes in which somebody stands."""
        passed = self._passing.first_in(numbers)
        if not self._connection.execute(SQL["anybody"]).fetchone()[0]:
            return passed
        found = self._connection.execute(SQL["taken"], {"numbers": json_list(numbers)})
        return passed.union([number for (number,) in found])

    def enter(self, arriving: Sequence[Standing]) -> None:
        """Let these stand at the end of their lanes, in this order."""
        places = _places(arriving)
        run_many(self._connection, SQL["enter"], places)
        self._passing.follow([number for number, _ in places])

    def demote(self, ordinals: Sequence[int]) -> None:
        """Let these, which were passing, be claimed ones that stand first in their lanes."""
        if ordinals:
            run_many(
                self._connection, SQL["enter"], _places(self._passing.write_as_claimed(ordinals))
            )

    def leave(self, leaving: Sequence[Standing]) -> None:
        """Let these, the first of all their lanes, go; those behind them move up."""
        places = _places(leaving)
        run_many(self._connection, SQL["leave"], places)
        self.move_up([number for number, _ in places])

    def withdraw(self, leaving: Sequence[Standing]) -> None:
        """Let these go, wherever they stand in their lanes."""
        places = _places(leaving)
        heads = self._heads([number for number, _ in places])
        for number in self._passing.first_in(list(heads)):
            del heads[number]
        run_many(self._connection, SQL["leave"], places)
        gone = {one.ordinal for one in leaving}
        self.move_up([number for number, head in heads.items() if head in gone])

    def move_up(self, numbers: Sequence[int]) -> None:
        """Let the first of each of these lanes know; one that is first in two moves up in both."""
        first = Counter(self._heads(numbers).values()) if numbers else {}
        run_many(self._connection, SQL["move_up"], list(first.items()))

    def _heads(self, numbers: Sequence[int]) -> dict[int, int]:
        """Give who stands first in each of these lanes, where anybody does."""
        found = self._connection.execute(SQL["heads"], {"numbers": json_list(numbers)})
        return {number: head for number, head in found if head is not None}


def require_once(lanes: Sequence[int]) -> None:
    """Raise ValueError for lanes one of which is named twice."""
    if len(set(lanes)) != len(lanes):
        raise ValueError("A Delivery cannot stand twice in a lane. Name each of its lanes once.")


def _places(standing: Sequence[tuple[int, Sequence[int]]]) -> list[tuple[int, int]]:
    return [(number, ordinal) for ordinal, lanes in standing for number in lanes]
