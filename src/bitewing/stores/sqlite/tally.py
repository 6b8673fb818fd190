"""The tally: how many Deliveries stand where."""

import sqlite3
from collections.abc import Mapping

from bitewing.model.delivery import TRANSITIONS, DeliveryState
from bitewing.stores.delivery_rows import state_text
from bitewing.stores.sqlite.named import queries

SQL = queries("tally")


class EndTally:
    """Counts Deliveries as they reach an end; the others can be counted at any time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def count(self, states: Mapping[DeliveryState, int]) -> None:
        """Count those of these that are ends."""
        for state, number in states.items():
            if number and not TRANSITIONS[state]:
                columns = {"state": state_text(state), "number": number}
                self._connection.execute(SQL["count"], columns)

    def read(self) -> dict[DeliveryState, int]:
        """Give how many stand where; every state is in it, also those of no Delivery."""
        found = dict.fromkeys(DeliveryState, 0)
        for state, known in self._connection.execute(SQL["tally"]):
            found[DeliveryState(state)] = known
        return found
