"""Pruning: walks through the Deliveries in the order of their making and forgets what has ended.

An index of what has ended would be written for every Delivery, to be read once in its life.
"""

import sqlite3

from bitewing.stores.rows import json_list
from bitewing.stores.sqlite.named import queries

SQL = queries("pruning")

_MOST_PAGES = 20
"""So many pages of what is old and still owed are passed over at once."""


class Pruning:
    """Where the walk has got to; the next one goes on from there, and begins anew at the end."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._after = 0

    def prune(self, before: int, limit: int) -> int:
        """Forget up to so many ended Deliveries made before a moment; give how many.

        The walk is over at a page of nothing but young ones, for what was made later stands
        behind it: single ones among the old were made while our clock was ahead. One that was
        resumed stands further behind than its age, and is met by a later walk.
        """
        gone: list[int] = []
        for _ in range(_MOST_PAGES):
            page = {"after": self._after, "before": before, "limit": limit - len(gone)}
            rows = self._connection.execute(SQL["following"], page).fetchall()
            gone += [ordinal for ordinal, has_ended, is_old in rows if has_ended and is_old]
            self._after = rows[-1][0] if any(is_old for _, _, is_old in rows) else 0
            if self._after == 0 or len(gone) == limit:
                break
        self._connection.execute(SQL["prune"], {"ordinals": json_list(gone)})
        return len(gone)
