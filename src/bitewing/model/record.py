"""A Record: one thing as the practice's database holds it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

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
        fingerprint: tells one content from another; see ``fingerprint``, ``with_composed``.
        parts: the rows of another Watch that it was composed of, as it was read; None in images
            and where there is no such Watch.
    """

    key: RecordKey
    native: NativeRow = field(repr=False)  # health data: never shown
    derived: Mapping[str, str] = field(repr=False)
    stamped_at: datetime | None
    fingerprint: bytes = field(repr=False)
    parts: "Parts | None" = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Parts:
    """The rows that one Record was composed of: those whose ``column`` holds its key."""

    watch: str
    column: str
    records: tuple[Record, ...] = field(repr=False)


class Outline(NamedTuple):
    """What a sweep compares of one row, as the server can calculate it: 64 bits each.

    Attributes:
        mark: of the key and the stamp.
        digest: of all native columns.
    """

    mark: int
    digest: int


def fingerprint(native: NativeRow) -> bytes:
    """Give 16 bytes that differ whenever a column differs, or is called otherwise.

    They are the beginning of a SHA-1 over all native columns, the stamp among them, so
    that a server can calculate the same (``SHA1`` is the only digest that all of them know).
    Before them stands ``layout_mark``. Every value is written with its length, and NULL has a
    mark of its own, so that ``("a", NULL)`` and ``("", "a")`` or ``("a#", "b")`` and
    ``("a", "#b")`` differ.
    """
    parts = [layout_mark(tuple(native))]
    for value in native.values():
        if value is None:
            parts.append(b"N;")
        else:
            parts += (b"%d:" % len(value), value)
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()[:16]


@lru_cache(maxsize=1024)
def layout_mark(columns: tuple[str, ...]) -> bytes:
    """Give eight hexadecimal digits that stand for the names of columns and their order.

    Without them a renamed column would leave old names in the images, with which a later change
    of that column could not be compared.
    """
    return hashlib.sha1(",".join(columns).encode(), usedforsecurity=False).hexdigest()[:8].encode()


def with_composed(row: bytes, text: str) -> bytes:
    """Add to a row's fingerprint what the Record has from the rows of other tables."""
    return row + hashlib.sha1(text.encode(), usedforsecurity=False).digest()[:8]


def outline_of(record: Record) -> Outline:
    """Give the Outline of a Record."""
    stamp = record.stamped_at
    text = stamp.astimezone(UTC).isoformat(" ")[:19] if stamp else ""
    marked = b"%d:%b" % (record.key.number, text.encode())
    return Outline(
        mark=_first_64_bits(hashlib.sha1(marked, usedforsecurity=False).digest()),
        digest=_first_64_bits(record.fingerprint),
    )


def _first_64_bits(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big")


def as_handle(value: bytes | None) -> int | None:
    """Give the whole number by which a column's value is found; None if it refers to nothing.

    Dates and times of day are written YYYYMMDDhhmmss. 0 is how Open Dental refers to nothing.
    """
    if value is None or len(value) > _LONGEST_HANDLE:
        return None
    if value.removeprefix(b"-").isdigit():
        number = int(value)
        return number if number and -(2**63) <= number < 2**63 else None
    match = _MOMENT.fullmatch(value)
    if match is None:
        return None
    return int(b"".join(part or b"00" for part in match.groups())) or None


_LONGEST_HANDLE = 26
_MOMENT = re.compile(rb"(\d{4})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(?:\.\d+)?)?")
