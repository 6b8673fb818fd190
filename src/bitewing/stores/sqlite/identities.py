"""The ids that we give out, in SQLite."""

import sqlite3
from collections.abc import Sequence

import msgspec

from bitewing.ports.identities import Native
from bitewing.stores.sqlite.named import queries

SQL = queries("identities")


class SqliteIdentities:
    """Implements the port ``Identities``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def obtain(self, kind: str, source: str, natives: Sequence[str]) -> dict[str, int]:
        """See the port."""
        found = self.find(kind, source, natives)
        missing = [native for native in dict.fromkeys(natives) if native not in found]
        if missing:
            rows = [(kind, source, native) for native in missing]
            self._connection.executemany(SQL["make"], rows)
            found |= self.find(kind, source, missing)
        return found

    def find(self, kind: str, source: str, natives: Sequence[str]) -> dict[str, int]:
        """See the port."""
        listed = msgspec.json.encode(natives).decode()
        values = {"kind": kind, "source": source, "natives": listed}
        return dict(self._connection.execute(SQL["find"], values).fetchall())

    def native_of(self, kind: str, source: str | None, identity: int) -> Native | None:
        """See the port."""
        values = {"kind": kind, "source": source, "id": identity}
        row = self._connection.execute(SQL["native_of"], values).fetchone()
        return None if row is None else Native(*row)

    def reserve(self, kind: str, source: str) -> int:
        """See the port."""
        values = {"kind": kind, "source": source}
        identity: int = self._connection.execute(SQL["reserve"], values).fetchone()[0]
        return identity

    def bind(self, identity: int, native: str) -> int:
        """See the port."""
        row = self._connection.execute(SQL["of_id"], {"id": identity}).fetchone()
        if row is None:
            raise ValueError(f"There is no identity {identity}")
        kind, source, bound = row
        if bound not in {None, native}:
            raise ValueError(f"Identity {identity} stands for another key already")
        known = self.find(kind, source, [native]).get(native, identity)
        values = {"id": identity, "native": native, "is_alias": known != identity}
        self._connection.execute(SQL["bind"], values)
        return known
