"""A Record: one thing as the practice's database holds it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

NativeRow = Mapping[str, bytes | None]
"""Column name → the value's bytes exactly as the database server wrote them; None is SQL NULL."""


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """Which Record: the Watch it belongs to and the practice's own primary key."""

    watch: str
    number: int


@dataclass(frozen=True, slots=True)
class Record:
    """One row with the names that were looked up for it.

    Attributes:
        key: the Watch and the primary key.
        native: every column that the database has, untouched. TIMESTAMP columns are UTC,
            DATE, TIME and DATETIME columns the office's wall clock.
        derived: names that other tables give to this row (``confirmed``, ``provAbbr``, …).
            They are not content: renaming a definition does not change the Records that show it.
        stamped_at: when the database last stamped the row (whole seconds, UTC); None where the
            table has no stamp column or the stamp is not a date.
        fingerprint: 16 bytes over all native columns, the stamp among them.
    """

    key: RecordKey
    native: NativeRow = field(repr=False)  # health data: never shown
    derived: Mapping[str, str] = field(repr=False)
    stamped_at: datetime | None
    fingerprint: bytes = field(repr=False)


def fingerprint(native: NativeRow) -> bytes:
    """Give 16 bytes that differ whenever any column differs.

    Every value is written with its length, and NULL has a mark of its own, so that
    ``("a", NULL)`` and ``("", "a")`` or ``("a#", "b")`` and ``("a", "#b")`` differ.
    """
    parts: list[bytes] = []
    for value in native.values():
        if value is None:
            parts.append(b"N;")
        else:
            parts += (b"%d:" % len(value), value)
    return hashlib.blake2b(b"".join(parts), digest_size=16).digest()
