"""The Changes of each Source, in SQLite."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from bitewing.model.change import Change, ChangeKind
from bitewing.model.record import Record, RecordKey
from bitewing.stores.rows import Row, instant, microseconds_at, microseconds_at_or_none
from bitewing.stores.sqlite.images import Images
from bitewing.stores.sqlite.named import queries

SQL = queries("changes")


class SqliteChanges:
    """Implements the port ``Changes``."""

    def __init__(self, connection: sqlite3.Connection, images: Images) -> None:
        self._connection = connection
        self._images = images

    def latest(self, source: str) -> int:
        """See the port."""
        row = self._connection.execute(SQL["latest"], {"source": source}).fetchone()
        return row[0] if row else 0

    def append(self, source: str, changes: Sequence[Change]) -> None:
        """See the port. Raises ValueError where the numbers or the Source do not fit."""
        if not changes:
            return
        latest = self.latest(source)
        for number, change in enumerate(changes, latest + 1):
            if (change.source, change.number) != (source, number):
                raise ValueError(
                    f"Change {change.number} of {change.source} cannot be number {number} "
                    f"of {source}"
                )
        self._connection.executemany(SQL["append"], map(self._row, changes))
        self._connection.execute(
            SQL["advance"], {"source": source, "number": latest + len(changes)}
        )

    def between(self, source: str, since: int, until: int, limit: int) -> list[Change]:
        """See the port."""
        columns = {"source": source, "since": since, "until": until, "limit": limit}
        return [
            self._change(source, row) for row in self._connection.execute(SQL["between"], columns)
        ]

    def count(
        self, source: str, feed: str | None, *, after: int, up_to: int, before: datetime | None
    ) -> int:
        """See the port."""
        columns = {
            "source": source,
            "feed": feed,
            "after": after,
            "up_to": up_to,
            "before": microseconds_at_or_none(before),
        }
        query = SQL["count_all"] if feed is None else SQL["count_of_feed"]
        counted: int = self._connection.execute(query, columns).fetchone()[0]
        if after == 0 and before is None:
            counted += self._connection.execute(SQL["forgotten"], columns).fetchone()[0]
        return counted

    def sources(self) -> list[str]:
        """See the port."""
        return [source for (source,) in self._connection.execute(SQL["sources"])]

    def earliest(self, source: str) -> int:
        """See the port."""
        (found,) = self._connection.execute(SQL["earliest"], {"source": source}).fetchone()
        return self.latest(source) + 1 if found is None else int(found)

    def aged(self, source: str, before: datetime, limit: int) -> int:
        """See the port."""
        columns = {"source": source, "limit": limit}
        moment, aged = microseconds_at(before), 0
        for number, noticed_at in self._connection.execute(SQL["oldest"], columns):
            if noticed_at >= moment:
                break
            aged = number
        return aged

    def forget(self, source: str, up_to: int) -> None:
        """See the port."""
        columns = {"source": source, "up_to": up_to}
        self._connection.execute(SQL["remember"], columns)
        self._connection.execute(SQL["forget"], columns)

    def _row(self, change: Change) -> Row:
        return (
            change.source,
            change.number,
            change.key.watch,
            change.key.number,
            change.kind.value,
            change.feed,
            microseconds_at(change.noticed_at),
            microseconds_at(change.changed_at),
            *self._packed(change.source, change.before),
            *self._packed(change.source, change.after),
        )

    def _packed(self, source: str, record: Record | None) -> tuple[bytes | None, bytes | None]:
        if record is None:
            return None, None
        return record.fingerprint, self._images.pack(source, record)

    def _change(self, source: str, row: Row) -> Change:
        number, watch, record, kind, noticed_at, changed_at, *images = row
        key = RecordKey(watch, record)
        return Change(
            source=source,
            number=number,
            kind=ChangeKind(kind),
            key=key,
            noticed_at=instant(noticed_at),
            changed_at=instant(changed_at),
            before=self._unpacked(key, *images[:2]),
            after=self._unpacked(key, *images[2:]),
        )

    def _unpacked(
        self, key: RecordKey, fingerprint: bytes | None, frame: bytes | None
    ) -> Record | None:
        if fingerprint is None or frame is None:
            return None
        return self._images.unpack(key, fingerprint, frame)
