"""Values: what the API writes in JSON for the bytes of one column.

Nothing here raises, whatever the bytes: a value that cannot be read comes out like one that is
not set, so that one broken cell never keeps a practice's other Events from its receivers.
Conventions: API Implementation page, "Data Types".
"""

import math
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental.office_time import NO_DATE, NO_MOMENT, write_wall

Cell = bytes | None
Value = int | float | str
Convert = Callable[[Any], Value]
"""From a Cell, or from a looked-up name, to a JSON value."""

NO_TIME = "00:00:00"
_NEVER = NO_MOMENT.encode()  # most DATETIME columns of most appointments
_WHOLE_UP_TO = 2**53  # above that a double is no longer exact to one
_MOMENT = re.compile(rb"(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d:\d\d)(?:\.\d+)?)?")
_TIME = re.compile(rb"((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d+)?")


def integer(cell: Cell) -> int:
    """Give a whole number; 0 if it is not set."""
    if cell is None:
        return 0
    try:
        return int(cell)
    except ValueError:
        return int(number(cell))


def integer_text(cell: Cell) -> str:
    """Give a whole number as text; "0" if it is not set."""
    return str(integer(cell))


def number(cell: Cell) -> int | float:
    """Give a double, without a fraction where it has none: 0, 12.5, -20."""
    try:
        value = float(cell or b"0")
    except ValueError:
        return 0
    if not math.isfinite(value):
        return 0
    return int(value) if value.is_integer() and abs(value) < _WHOLE_UP_TO else value


def number_text(cell: Cell) -> str:
    """Give a double as text: "0", "12.5", "-20"."""
    return str(number(cell))


def text(cell: Cell) -> str:
    """Give a text on one line; bytes that are not UTF-8 become U+FFFD."""
    return one_line(cell.decode("utf-8", "replace")) if cell else ""


def one_line(written: str) -> str:
    """Put a space for every line break (CR LF counts as one): Open Dental's serializer does."""
    if "\n" in written or "\r" in written:
        return written.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
    return written


def without_blanks(written: str) -> str:
    """Write a name the way enums are written: ``Standard Account`` is ``StandardAccount``."""
    return "".join(written.split())


def yes_no(cell: Cell) -> str:
    """Give a tinyint as "true" or "false"."""
    return "true" if integer(cell) else "false"


def named(names: Sequence[str]) -> Convert:
    """Give an enum's name; the digits of a number that has none, as C# does."""
    known: dict[Cell, str] = {str(place).encode(): name for place, name in enumerate(names)}
    known[None] = names[0]

    def convert(cell: Cell) -> str:
        name = known.get(cell)
        return str(integer(cell)) if name is None else name

    return convert


def color(cell: Cell) -> str:
    """Give a signed 32-bit ARGB number as "R,G,B"; the alpha is not shown."""
    argb = integer(cell)
    return f"{argb >> 16 & 255},{argb >> 8 & 255},{argb & 255}"


def date(cell: Cell) -> str:
    """Give ``yyyy-MM-dd``; zero, partial and impossible dates are "not set"."""
    found = _real_moment(cell)
    return found[1].decode() if found else NO_DATE


def moment(cell: Cell) -> str:
    """Give the office's wall time ``yyyy-MM-dd HH:mm:ss`` as the database has it."""
    if cell == _NEVER:
        return NO_MOMENT
    found = _real_moment(cell)
    if found is None:
        return NO_MOMENT
    return f"{found[1].decode()} {(found[2] or b'00:00:00').decode()}"


def stamp(zone: ZoneInfo) -> Convert:
    """Give a TIMESTAMP, which is read in UTC, as the office's clock showed it."""

    def convert(cell: Cell) -> str:
        written = moment(cell)
        if written.startswith("0001-"):
            return NO_MOMENT
        return write_wall(datetime.fromisoformat(f"{written}+00:00"), zone)

    return convert


def time_of_day(cell: Cell) -> str:
    """Give ``HH:mm:ss``; a TIME that is no time of a day is "00:00:00"."""
    found = _TIME.fullmatch(cell) if cell else None
    return found[1].decode() if found else NO_TIME


def _real_moment(cell: Cell) -> "re.Match[bytes] | None":
    found = _MOMENT.fullmatch(cell) if cell else None
    if found is None:
        return None
    try:
        datetime.fromisoformat(found[0].decode())
    except ValueError:  # 0000-00-00, 2020-02-00, 2020-02-30
        return None
    return found
