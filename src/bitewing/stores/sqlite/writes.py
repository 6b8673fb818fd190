"""The pending writes, in SQLite."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.stores.rows import (
    Columns,
    instant,
    instant_or_none,
    microseconds_at,
    microseconds_at_or_none,
)
from bitewing.stores.sqlite.named import queries

SQL = queries("writes")


class SqliteWrites:
    """Implements the port ``Writes``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, write: PendingWrite) -> PendingWrite:
        """See the port."""
        row = self._connection.execute(SQL["add"], _columns(write)).fetchone()
        return _write_from(row)

    def get(self, number: int) -> PendingWrite | None:
        """See the port."""
        return self._one(SQL["get"], {"id": number})

    def put(self, write: PendingWrite) -> None:
        """See the port."""
        self._connection.execute(SQL["put"], _columns(write))

    def due(self, source: str, now: datetime) -> PendingWrite | None:
        """See the port."""
        return self._one(SQL["due"], {"source": source, "now": microseconds_at(now)})

    def next_due_at(self, source: str) -> datetime | None:
        """See the port."""
        row = self._connection.execute(SQL["next_due_at"], {"source": source}).fetchone()
        return instant_or_none(row[0])

    def of_subject(self, kind: WriteKind, subject: int) -> PendingWrite | None:
        """See the port."""
        return self._one(SQL["of_subject"], {"kind": kind.value, "subject": subject})

    def keyed(self, owner: str, key: str) -> PendingWrite | None:
        """See the port."""
        return self._one(SQL["keyed"], {"owner": owner, "key": key})

    def unsettled(self, source: str, kind: WriteKind) -> Sequence[PendingWrite]:
        """See the port."""
        values = {"source": source, "kind": kind.value}
        return [_write_from(row) for row in self._connection.execute(SQL["unsettled"], values)]

    def drafts(
        self, source: str, kind: WriteKind, *, written_since: datetime
    ) -> Sequence[PendingWrite]:
        """See the port."""
        since = microseconds_at(written_since)
        values = {"source": source, "kind": kind.value, "since": since}
        return [_write_from(row) for row in self._connection.execute(SQL["drafts"], values)]

    def waiting(self) -> Mapping[str, int]:
        """See the port."""
        return dict(self._connection.execute(SQL["waiting"]).fetchall())

    def open(self, source: str) -> Sequence[PendingWrite]:
        """See the port."""
        found = self._connection.execute(SQL["open"], {"source": source})
        return [_write_from(row) for row in found]

    def _one(self, query: str, values: Columns) -> PendingWrite | None:
        row = self._connection.execute(query, values).fetchone()
        return None if row is None else _write_from(row)


def _columns(write: PendingWrite) -> Columns:
    return {
        "id": write.id or None,
        "institution": write.institution,
        "source": write.source,
        "kind": write.kind.value,
        "subject": write.subject,
        "created_at": microseconds_at(write.created_at),
        "due_at": microseconds_at(write.due_at),
        "updated_at": microseconds_at(write.updated_at),
        "wish": msgspec.json.encode(write.wish),
        "shown": msgspec.json.encode(write.shown),
        "state": write.state.value,
        "deadline": microseconds_at_or_none(write.deadline),
        "tries": write.tries,
        "reason": write.reason,
        "native": write.native,
        "owner": write.owner,
        "key": write.key,
    }


def _write_from(row: Sequence[Any]) -> PendingWrite:
    (number, institution, source, kind, subject, created_at, due_at, updated_at) = row[:8]
    (wish, shown, state, deadline, tries, reason, native, owner, key) = row[8:]
    return PendingWrite(
        id=number,
        institution=institution,
        source=source,
        kind=WriteKind(kind),
        subject=subject,
        created_at=instant(created_at),
        due_at=instant(due_at),
        updated_at=instant(updated_at),
        wish=msgspec.json.decode(wish),
        shown=msgspec.json.decode(shown),
        state=WriteState(state),
        deadline=instant_or_none(deadline),
        tries=tries,
        reason=reason,
        native=native,
        owner=owner,
        key=key,
    )
