"""Recording: what one page of Records does to the store, inside one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bitewing.engine.capture import differ
from bitewing.model.record import Record
from bitewing.model.watch import Cursor, Watch
from bitewing.ports.store import Seen, Transaction

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one Watch that one read returned.

    Attributes:
        noticed_at: the database's clock when the poll began (UTC).
        low: the lower edge of the poll.
        cursor: where the Watch stands once this page is stored; None if more pages follow.
    """

    watch: Watch
    records: Sequence[Record]
    noticed_at: datetime
    low: datetime
    cursor: Cursor | None


def record_page(tx: Transaction, source: str, page: Page) -> int:
    """Store the Changes, images and Cursor of a polled page; give how many Changes."""
    watch = page.watch.name
    numbers = [record.key.number for record in page.records]
    known = tx.records.fingerprints(source, watch, numbers) if numbers else {}
    fresh = differ.differing(known, page.records)
    if fresh:
        updated = [record.key.number for record in fresh if record.key.number in known]
        before = tx.records.images(source, watch, updated) if updated else {}
        changes = differ.changes_of(
            fresh,
            before,
            source=source,
            after=tx.changes.latest(source),
            noticed_at=page.noticed_at,
            low=page.low,
        )
        tx.changes.append(source, changes)
        tx.records.put(
            source,
            [
                Seen(change.after, change.number, change.changed_at)
                for change in changes
                if change.after
            ],
        )
    if page.cursor is not None:
        tx.cursors.put(source, watch, page.cursor)
    return len(fresh)


def record_first_reading(tx: Transaction, source: str, page: Page) -> None:
    """Store the images of one chunk silently: no Changes, so nothing is announced."""
    seen = [Seen(record, 0, record.stamped_at or _BEFORE_ALL) for record in page.records]
    if seen:
        tx.records.put(source, seen)
    if page.cursor is not None:
        tx.cursors.put(source, page.watch.name, page.cursor)
