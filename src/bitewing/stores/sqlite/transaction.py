"""The collections of one connection."""

import sqlite3

from bitewing.ports.identities import Identities
from bitewing.ports.lights import ShownLights
from bitewing.ports.outbox import Outbox, Reception
from bitewing.ports.records import Records
from bitewing.ports.store import (
    Changes,
    Cursors,
    Endpoints,
    Origins,
    Selections,
    Subscriptions,
)
from bitewing.ports.told import Told
from bitewing.ports.writes import Writes
from bitewing.stores.sqlite.changes import SqliteChanges
from bitewing.stores.sqlite.cursors import SqliteCursors
from bitewing.stores.sqlite.endpoints import SqliteEndpoints
from bitewing.stores.sqlite.handing import Handing, Noted
from bitewing.stores.sqlite.identities import SqliteIdentities
from bitewing.stores.sqlite.images import Images
from bitewing.stores.sqlite.lights import SqliteLights
from bitewing.stores.sqlite.origins import SqliteOrigins
from bitewing.stores.sqlite.outbox import SqliteOutbox
from bitewing.stores.sqlite.records import SqliteRecords
from bitewing.stores.sqlite.seal import Seal
from bitewing.stores.sqlite.selections import SqliteSelections
from bitewing.stores.sqlite.subscriptions import SqliteSubscriptions
from bitewing.stores.sqlite.told import SqliteTold
from bitewing.stores.sqlite.writes import SqliteWrites

Mark = tuple[Noted, int]
"""What had been noted at some moment, and how often what is passing had changed."""


class SqliteTransaction:
    """Implements the port ``Transaction``.

    It knows no transaction itself: the writer and the readers begin and end one around each
    piece of work, and hand the same bundle to all of them.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        seal: Seal,
        reception: Reception | None = None,
        *,
        is_writer: bool = False,
    ) -> None:
        """``is_writer``: nobody else writes while this is used."""
        self.connection = connection
        self.images = Images(connection)
        self.cursors: Cursors = SqliteCursors(connection)
        self.origins: Origins = SqliteOrigins(connection)
        self.records: Records = SqliteRecords(connection, self.images)
        self.changes: Changes = SqliteChanges(connection, self.images)
        self.endpoints: Endpoints = SqliteEndpoints(connection, seal)
        self.subscriptions: Subscriptions = SqliteSubscriptions(connection)
        self.handing = Handing()
        outbox = SqliteOutbox(connection, reception, self.handing, is_writer=is_writer)
        self.passing = outbox.passing
        self.outbox: Outbox = outbox
        self.selections: Selections = SqliteSelections(connection)
        self.identities: Identities = SqliteIdentities(connection)
        self.lights: ShownLights = SqliteLights(connection)
        self.told: Told = SqliteTold(connection)
        self.writes: Writes = SqliteWrites(connection)

    def mark(self) -> Mark:
        """Note where a piece of work begins."""
        return self.handing.mark(), self.passing.mark()

    def undo(self, mark: Mark) -> None:
        """A piece was undone in the tables: forget what was remembered beside them."""
        noted, changed = mark
        self.images.forget()
        self.handing.undo(noted)
        self.passing.undo(changed)

    def undo_all(self) -> None:
        """Nothing of a group has been committed."""
        self.images.forget()
        self.handing.undo()
        self.passing.forget()
