"""The baseline, in SQLite."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bitewing.model.record import Outline, Record, RecordKey, outline_of
from bitewing.model.subscription import Bookmark, Window
from bitewing.ports.records import Placed, Seen
from bitewing.stores.rows import (
    LEAST,
    MOST,
    Columns,
    Row,
    json_list,
    microseconds_at,
    signed,
    unsigned,
)
from bitewing.stores.sqlite.handles import Handles
from bitewing.stores.sqlite.images import Images
from bitewing.stores.sqlite.named import queries

SQL = queries("records")


class SqliteRecords:
    """Implements the port ``Records``."""

    def __init__(self, connection: sqlite3.Connection, images: Images) -> None:
        self._connection = connection
        self._images = images
        self._handles = Handles(connection)

    def fingerprints(self, source: str, watch: str, numbers: Sequence[int]) -> dict[int, bytes]:
        """See the port."""
        columns = {"source": source, "watch": watch, "numbers": json_list(numbers)}
        return dict(self._connection.execute(SQL["fingerprints"], columns).fetchall())

    def images(self, source: str, watch: str, numbers: Sequence[int]) -> dict[int, Record]:
        """See the port."""
        columns = {"source": source, "watch": watch, "numbers": json_list(numbers)}
        return {
            number: self._images.unpack(RecordKey(watch, number), fingerprint, frame)
            for number, fingerprint, frame in self._connection.execute(SQL["images"], columns)
        }

    def put(self, source: str, seen: Sequence[Seen]) -> None:
        """See the port."""
        by_watch: defaultdict[str, list[Seen]] = defaultdict(list)
        for each in seen:
            by_watch[each.record.key.watch].append(each)
        for watch, of_watch in by_watch.items():
            self._connection.executemany(SQL["put"], self._rows(source, watch, of_watch))
            self._handles.put(source, watch, [each.record for each in of_watch])

    def _rows(self, source: str, watch: str, seen: Sequence[Seen]) -> Iterator[Row]:
        frames = self._images.pack_all(source, watch, [each.record for each in seen])
        for each, frame in zip(seen, frames, strict=True):
            record = each.record
            changed_at = microseconds_at(each.changed_at)
            content = (record.fingerprint, signed(outline_of(record).mark), frame)
            yield source, watch, record.key.number, each.change, changed_at, *content

    def refresh(self, source: str, records: Sequence[Record]) -> None:
        """See the port."""
        for watch in {record.key.watch for record in records}:
            of_watch = [record for record in records if record.key.watch == watch]
            frames = self._images.pack_all(source, watch, of_watch)
            self._connection.executemany(
                SQL["refresh"],
                (
                    (
                        record.fingerprint,
                        signed(outline_of(record).mark),
                        frame,
                        source,
                        watch,
                        record.key.number,
                    )
                    for record, frame in zip(of_watch, frames, strict=True)
                ),
            )
            self._handles.refresh(source, watch, of_watch)

    def outlines(
        self, source: str, watch: str, *, after: int | None, up_to: int | None
    ) -> dict[int, Outline]:
        """See the port."""
        columns = {
            "source": source,
            "watch": watch,
            "after": after,
            "low": LEAST if after is None else after,
            "high": MOST if up_to is None else up_to,
        }
        return {
            number: Outline(unsigned(mark), int.from_bytes(fingerprint[:8], "big"))
            for number, mark, fingerprint in self._connection.execute(SQL["outlines"], columns)
        }

    def remove(self, source: str, watch: str, numbers: Sequence[int]) -> None:
        """See the port."""
        columns = {"source": source, "watch": watch, "numbers": json_list(numbers)}
        self._connection.execute(SQL["remove"], columns)
        self._handles.remove(source, watch, numbers)

    def count(self, source: str, watch: str) -> int:
        """See the port."""
        row = self._connection.execute(SQL["count"], {"source": source, "watch": watch}).fetchone()
        return row[0] if row else 0

    def window(
        self, source: str, watch: str, *, bookmark: Bookmark, window: Window, limit: int
    ) -> list[Placed]:
        """See the port."""
        common = {"source": source, "watch": watch, "up_to": window.up_to, "limit": limit}
        if bookmark.since is not None:
            query = SQL["window_by_time"]
            columns = common | _edges_by_time(bookmark.since, bookmark.after, window)
        elif bookmark.after is not None:
            query = SQL["window_by_number"]
            columns = common | _edges_by_number(bookmark.after, window)
        else:
            return []
        return [
            Placed((order, key), self._images.unpack(RecordKey(watch, number), fingerprint, frame))
            for order, key, number, fingerprint, frame in self._connection.execute(query, columns)
        ]

    def chunk(self, source: str, watch: str, *, after: int | None, limit: int) -> list[Record]:
        """See the port."""
        columns = {
            "source": source,
            "watch": watch,
            "after": after,
            "low": LEAST if after is None else after,
            "limit": limit,
        }
        return self._records(watch, self._connection.execute(SQL["chunk"], columns))

    def keep_handles(self, source: str, watch: str, columns: Sequence[str], *, limit: int) -> bool:
        """See the port."""
        if self._handles.forget_others(source, watch, columns, limit):
            return False
        place = self._handles.place(source, watch, columns)
        if place is None:
            return True
        records = self.chunk(source, watch, after=place.after, limit=limit)
        self._handles.index(source, watch, records, is_last=len(records) < limit)
        return False

    def linked(self, source: str, watch: str, column: str, number: int) -> list[Record]:
        """See the port."""
        return self._records(watch, self._handles.linked(source, watch, column, number))

    def between(
        self,
        source: str,
        watch: str,
        column: str,
        *,
        low: int,
        high: int,
        limit: int,
        offset: int = 0,
    ) -> list[Record]:
        """See the port."""
        edges = {"low": low, "high": high, "limit": limit, "offset": offset}
        return self._records(watch, self._handles.between(source, watch, column, edges))

    def count_between(self, source: str, watch: str, column: str, *, low: int, high: int) -> int:
        """See the port."""
        return self._handles.count_between(source, watch, column, low, high)

    def _records(self, watch: str, rows: Iterable[Row]) -> list[Record]:
        return [
            self._images.unpack(RecordKey(watch, number), fingerprint, frame)
            for number, fingerprint, frame in rows
        ]


def _edges_by_number(after: int, window: Window) -> Columns:
    """Begin behind the Bookmark and behind what was sent, whose places end in 0."""
    order, key = window.sent
    return {
        "behind": max(after, order if key >= 0 else order - 1),
        "floor": microseconds_at(window.floor),
    }


def _edges_by_time(since: datetime, after: int | None, window: Window) -> Columns:
    """Begin as late as can be: at what was sent or the floor, at the start if that is all."""
    sent_at, sent_key = window.sent
    start = microseconds_at(since)
    low = max(sent_at, microseconds_at(window.floor))
    return {
        "low": max(low, start) if after is None else low,
        "since": start,
        "after": after,
        "sent_at": sent_at,
        "sent_key": sent_key,
    }
