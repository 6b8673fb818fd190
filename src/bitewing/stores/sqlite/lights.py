"""Which lights each Source showed last, in SQLite."""

import sqlite3

from bitewing.model.health import Light
from bitewing.model.lights import Aspect
from bitewing.ports.lights import Shown
from bitewing.stores.rows import instant_or_none, microseconds_at_or_none
from bitewing.stores.sqlite.named import queries

SQL = queries("lights")


class SqliteLights:
    """Implements the port ``ShownLights``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, source: str) -> dict[Aspect, Shown]:
        """See the port."""
        rows = self._connection.execute(SQL["of"], {"source": source})
        return {
            Aspect(aspect): Shown(Light(light), instant_or_none(worked_at))
            for aspect, light, worked_at in rows
        }

    def put(self, source: str, aspect: Aspect, shown: Shown) -> None:
        """See the port."""
        columns = {
            "source": source,
            "aspect": aspect.value,
            "light": shown.light.value,
            "worked_at": microseconds_at_or_none(shown.worked_at),
        }
        self._connection.execute(SQL["put"], columns)
