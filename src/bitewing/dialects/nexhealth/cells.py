"""Cells: what the bytes of one column mean, as Python and JSON values.

Nothing here raises, whatever the bytes: a value that cannot be read comes out like one that is
not set, so that one broken cell never keeps a practice's other Events from their receivers.
Days and moments are remembered: rows share them, and each is asked for several times.
"""

import math
import re
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from bitewing.model.record import NativeRow

Cell = bytes | None
Row = NativeRow

_CENT = Decimal("0.01")
_MOST = Decimal(10**15)  # above that a double has no cents
_MOMENT = re.compile(rb"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.\d+)?)?")
_MIDNIGHT = b"00:00:00"
_NEVER = b"0001-01-01"

_remembered = lru_cache(maxsize=8192)


def whole(cell: Cell) -> int:
    """Give a whole number; 0 if it is not set."""
    if not cell:
        return 0
    try:
        return int(cell)
    except ValueError:
        return 0


def flag(cell: Cell) -> bool:
    """Give a tinyint as a boolean."""
    return whole(cell) != 0


def text(cell: Cell) -> str:
    """Give a text; bytes that are not UTF-8 become U+FFFD."""
    return cell.decode("utf-8", "replace") if cell else ""


def text_or_none(cell: Cell) -> str | None:
    """Give a text; None if it is empty."""
    return text(cell).strip() or None


def amount(cell: Cell) -> Decimal:
    """Give a number; 0 if it is not set or none that money could be."""
    try:
        value = Decimal((cell or b"0").decode("ascii", "replace"))
    except InvalidOperation:
        return Decimal(0)
    return value if math.isfinite(value) and abs(value) < _MOST else Decimal(0)


def cents(value: Decimal) -> str:
    """Write an amount with two decimals: ``62.00``."""
    rounded = value.quantize(_CENT, ROUND_HALF_UP)
    return str(rounded or abs(rounded))  # never "-0.00"


@_remembered
def day(cell: Cell) -> str | None:
    """Give ``yyyy-MM-dd``; None for 0001-01-01, zero, partial and impossible dates."""
    found = _real(cell)
    return found[1].decode() if found else None


@_remembered
def wall(cell: Cell) -> datetime | None:
    """Give a DATETIME, the wall clock's, without a zone; None if it is not set."""
    found = _real(cell)
    return datetime.fromisoformat(found[0].decode()[:19]) if found else None


@_remembered
def wall_time(cell: Cell) -> datetime | None:
    """Give a DATETIME whose midnight means "not set": the client writes an empty time so."""
    found = _real(cell)
    if found is None or found[2] in {None, _MIDNIGHT}:
        return None
    return datetime.fromisoformat(found[0].decode()[:19])


@_remembered
def stamp(cell: Cell) -> str | None:
    """Give a TIMESTAMP, which is read in UTC, as NexHealth writes moments."""
    found = _real(cell)
    if found is None:
        return None
    return f"{found[1].decode()}T{(found[2] or _MIDNIGHT).decode()}.000Z"


def _real(cell: Cell) -> "re.Match[bytes] | None":
    if not cell or cell.startswith(_NEVER):
        return None
    found = _MOMENT.fullmatch(cell)
    if found is None:
        return None
    try:
        datetime.fromisoformat(found[0].decode()[:19])
    except ValueError:  # 0000-00-00, 2020-02-00, 2020-02-30
        return None
    return found
