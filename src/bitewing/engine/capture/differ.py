"""The differ: which Records differ from their baseline, and what Changes that makes. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bitewing.model.change import Change, ChangeKind
from bitewing.model.record import Record

_ROW_BYTES = 16
"""What a fingerprint has of the row itself; see ``model.record.with_composed``."""


def differing(known: Mapping[int, bytes], records: Sequence[Record]) -> list[Record]:
    """Give the Records whose fingerprint is not the known one."""
    return [record for record in records if known.get(record.key.number) != record.fingerprint]


def only_reshaped(
    records: Sequence[Record],
    before: Mapping[int, Record],
    retyped: frozenset[str],
    stamp: str | None,
) -> list[Record]:
    """Give those that differ only because their table does: its columns are other ones now.

    An upgrade of the practice's software rewrites every row, and so moves every stamp; that is
    no Change of a Record.
    """
    ignored = retyped | {stamp} if stamp else retyped
    return [
        record
        for record in records
        if (image := before.get(record.key.number)) is not None
        and (retyped or [*image.native] != [*record.native])
        and _agree(image, record, ignored)
    ]


def _agree(image: Record, record: Record, ignored: frozenset[str]) -> bool:
    """Compare the columns that both have, and what is composed of other tables' rows."""
    columns = (image.native.keys() & record.native.keys()) - ignored
    composed = image.fingerprint[_ROW_BYTES:] == record.fingerprint[_ROW_BYTES:]
    return composed and all(image.native[name] == record.native[name] for name in columns)


def changes_of(
    records: Sequence[Record],
    before: Mapping[int, Record],
    *,
    source: str,
    after: int,
    noticed_at: datetime,
    low: datetime,
) -> list[Change]:
    """Make Changes of Records that differ from the images ``before``.

    They are numbered from ``after`` (the Source's last Change) on. A stamp below ``low``, the
    lower edge of the poll, tells nothing about when the row really changed: it was kept,
    imported or restored.
    """
    return [
        Change(
            source=source,
            number=number,
            kind=ChangeKind.UPDATED if record.key.number in before else ChangeKind.CREATED,
            key=record.key,
            noticed_at=noticed_at,
            changed_at=changed_at(record, noticed_at=noticed_at, low=low),
            before=before.get(record.key.number),
            after=record,
        )
        for number, record in enumerate(_in_order(records), start=after + 1)
    ]


def changed_at(record: Record, *, noticed_at: datetime, low: datetime) -> datetime:
    """Tell when the row changed, as well as it can be known (database clock, UTC)."""
    stamp = record.stamped_at
    return stamp if stamp is not None and stamp >= low else noticed_at


def _in_order(records: Sequence[Record]) -> list[Record]:
    """By stamp, then by key: the order in which the practice made the changes."""
    return sorted(
        records,
        key=lambda record: (
            record.stamped_at.timestamp() if record.stamped_at else 0.0,
            record.key.number,
        ),
    )
