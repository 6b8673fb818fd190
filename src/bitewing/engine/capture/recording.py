"""Recording: what Records that were read do to the store, inside one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bitewing.engine.capture import differ
from bitewing.model.change import Change, ChangeKind, gone_from
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


def record_page(tx: Transaction, source: str, page: Page) -> int:
    """Store the Changes, images and Cursor of a page; give how many Changes."""
    watch = page.watch.name
    numbers = [record.key.number for record in page.records]
    known = tx.records.fingerprints(source, watch, numbers) if numbers else {}
    fresh = differ.differing(known, page.records)
    changed: list[Record] = []
    if fresh:
        updated = [record.key.number for record in fresh if record.key.number in known]
        before = tx.records.images(source, watch, updated) if updated else {}
        silent = differ.only_reshaped(fresh, before, page.retyped, page.watch.stamp_column)
        tx.records.refresh(source, silent)
        reshaped = {record.key for record in silent}
        changed = [record for record in fresh if record.key not in reshaped]
        _append(tx, source, changed, before, page)
    # A person may have rewound the Cursor meanwhile; then the next poll looks back.
    if page.cursor is not None and tx.cursors.get(source, watch) == page.standing:
        tx.cursors.put(source, watch, page.cursor)
    return len(changed)


def _append(
    tx: Transaction, source: str, changed: Sequence[Record], before: dict[int, Record], page: Page
) -> None:
    changes = differ.changes_of(
        changed,
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


def record_silently(tx: Transaction, source: str, page: Page) -> None:
    """Store the images of a page without Changes, so that nothing is announced."""
    seen = [Seen(record, 0, record.stamped_at or _BEFORE_ALL) for record in page.records]
    if seen:
        tx.records.put(source, seen)
    if page.cursor is not None:
        tx.cursors.put(source, page.watch.name, page.cursor)


def record_renamed(
    tx: Transaction,
    source: str,
    before: Mapping[int, Record],
    after: Mapping[int, Record],
    noticed_at: datetime,
) -> int:
    """Store that these Records show other names than they were told with; give how many.

    Nothing of their own rows has changed, and so nothing in their fingerprints.
    """
    latest = tx.changes.latest(source)
    fresh = {key: record for key, record in after.items() if record != before[key]}
    changes = [
        Change(
            source=source,
            number=number,
            kind=ChangeKind.UPDATED,
            key=record.key,
            noticed_at=noticed_at,
            changed_at=noticed_at,
            before=before[key],
            after=record,
        )
        for number, (key, record) in enumerate(
            sorted(fresh.items()),
            start=latest + 1,
        )
    ]
    tx.changes.append(source, changes)
    tx.records.put(
        source, [Seen(one.after, one.number, one.changed_at) for one in changes if one.after]
    )
    return len(changes)


def record_gone(
    tx: Transaction, source: str, watch: str, numbers: Sequence[int], noticed_at: datetime
) -> int:
    """Store that these Records were deleted; give how many were known.

    Their last images go on as Records of the Watch's deletions, from where windows send them.
    """
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
    tx.changes.append(source, changes)
    tx.records.put(
        source,
        [
            Seen(_entombed(change.before), change.number, noticed_at)
            for change in changes
            if change.before is not None
        ],
    )
    tx.records.remove(source, watch, list(images))
    return len(changes)


def _entombed(record: Record) -> Record:
    return Record(
        key=RecordKey(gone_from(record.key.watch), record.key.number),
        native=record.native,
        derived=record.derived,
        stamped_at=record.stamped_at,
        fingerprint=record.fingerprint,
    )
