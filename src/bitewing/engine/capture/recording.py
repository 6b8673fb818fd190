"""Recording: what Records that were read do to the store, inside one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bitewing.engine.capture import differ
from bitewing.engine.capture.parts import record_parts
from bitewing.engine.outbox.announcing import Announcing
from bitewing.model.change import Change, ChangeKind, gone_from
from bitewing.model.delivery import Delivery
from bitewing.model.record import Record, RecordKey
from bitewing.model.watch import Cursor, Watch
from bitewing.ports.records import Seen
from bitewing.ports.store import Transaction

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Records of one Watch that one read returned.

    Attributes:
        noticed_at: the database's clock when the reading began (UTC).
        low: stamps below it tell nothing about when a row changed.
        cursor: where the Watch stands once this page is stored; None if that does not move.
        retyped: columns whose type has changed since the images were made: not compared.
        standing: where the Watch stood when the reading began.
    """

    watch: Watch
    records: Sequence[Record]
    noticed_at: datetime
    low: datetime
    cursor: Cursor | None = None
    retyped: frozenset[str] = field(default=frozenset())
    standing: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What one transaction has recorded.

    Attributes:
        counts: how many Changes, page by page.
        owed: the Messages that announce them at once.
    """

    counts: Sequence[int]
    owed: Sequence[Delivery] = ()

    @property
    def total(self) -> int:
        """Give the number of Changes."""
        return sum(self.counts)


def record_pages(
    tx: Transaction, source: str, pages: Sequence[Page], announcing: Announcing | None = None
) -> Recorded:
    """Store the Changes, images and Cursors of pages, and announce them together."""
    after = tx.changes.latest(source)
    changes: list[Change] = []
    counts: list[int] = []
    for page in pages:
        found = _changes_of(tx, source, page, after=after + len(changes))
        changes += found
        counts.append(len(found))
    owed = _store(tx, source, changes, announcing)
    for page in pages:
        # A person may have rewound the Cursor meanwhile; then the next poll looks back.
        watch, cursor = page.watch.name, page.cursor
        if cursor is not None and tx.cursors.get(source, watch) == page.standing:
            tx.cursors.put(source, watch, cursor)
    return Recorded(counts, owed)


def _changes_of(tx: Transaction, source: str, page: Page, *, after: int) -> list[Change]:
    """Give what a page changes; images that differ by their columns alone are replaced."""
    watch = page.watch.name
    numbers = [record.key.number for record in page.records]
    known = tx.records.fingerprints(source, watch, numbers) if numbers else {}
    fresh = differ.differing(known, page.records)
    if not fresh:
        return []
    updated = [record.key.number for record in fresh if record.key.number in known]
    before = tx.records.images(source, watch, updated) if updated else {}
    silent = differ.only_reshaped(fresh, before, page.retyped, page.watch.stamp_column)
    tx.records.refresh(source, silent)
    reshaped = {record.key for record in silent}
    return differ.changes_of(
        [record for record in fresh if record.key not in reshaped],
        before,
        source=source,
        after=after,
        noticed_at=page.noticed_at,
        low=page.low,
    )


def record_silently(tx: Transaction, source: str, page: Page) -> None:
    """Store the images of a page without Changes, so that nothing is announced."""
    seen = [Seen(record, 0, record.stamped_at or _BEFORE_ALL) for record in page.records]
    if seen:
        tx.records.put(source, seen)
        record_parts(tx, source, page.records)
    if page.cursor is not None:
        tx.cursors.put(source, page.watch.name, page.cursor)


def record_renamed(
    tx: Transaction,
    source: str,
    renamed: Sequence[tuple[Record, Record]],
    noticed_at: datetime,
    *,
    announcing: Announcing | None = None,
) -> Recorded:
    """Store that these Records (before, after) show other names than they were told with.

    Nothing of their own rows has changed, and so nothing in their fingerprints.
    """
    changes = [
        Change(
            source=source,
            number=number,
            kind=ChangeKind.UPDATED,
            key=after.key,
            noticed_at=noticed_at,
            changed_at=noticed_at,
            before=before,
            after=after,
        )
        for number, (before, after) in enumerate(renamed, start=tx.changes.latest(source) + 1)
    ]
    return Recorded([len(changes)], _store(tx, source, changes, announcing))


def record_gone(
    tx: Transaction,
    source: str,
    watch: str,
    numbers: Sequence[int],
    noticed_at: datetime,
    *,
    announcing: Announcing | None = None,
) -> Recorded:
    """Store that these Records were deleted, as far as they were known."""
    images = tx.records.images(source, watch, numbers)
    latest = tx.changes.latest(source)
    changes = [
        Change(
            source=source,
            number=number,
            kind=ChangeKind.DELETED,
            key=image.key,
            noticed_at=noticed_at,
            changed_at=noticed_at,
            before=image,
            after=None,
        )
        for number, (_, image) in enumerate(sorted(images.items()), start=latest + 1)
    ]
    return Recorded([len(changes)], _store(tx, source, changes, announcing))


def _store(
    tx: Transaction, source: str, changes: Sequence[Change], announcing: Announcing | None
) -> list[Delivery]:
    """Store Changes and what they leave behind; give the Messages that announce them.

    The last images of what is gone go on as Records of the Watch's deletions, from where windows
    send them.
    """
    if not changes:
        return []
    announcement = announcing.begin(tx, changes) if announcing else None
    tx.changes.append(source, changes)
    seen = [
        Seen(image, change.number, change.changed_at)
        for change in changes
        if (image := change.after or _entombed(change.before)) is not None
    ]
    tx.records.put(source, seen)
    record_parts(tx, source, [change.after for change in changes if change.after is not None])
    for watch in {change.key.watch for change in changes if change.after is None}:
        gone = [one.key.number for one in changes if one.after is None and one.key.watch == watch]
        tx.records.remove(source, watch, gone)
    return announcement.finish(changes) if announcement else []


def _entombed(record: Record | None) -> Record | None:
    if record is None:
        return None
    return Record(
        key=RecordKey(gone_from(record.key.watch), record.key.number),
        native=record.native,
        derived=record.derived,
        stamped_at=record.stamped_at,
        fingerprint=record.fingerprint,
    )
