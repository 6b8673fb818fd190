"""Shaping: how Open Dental writes a row as JSON; one small vocabulary for all resources.

Written anew here rather than taken from the dialect, so that each can find the other's mistakes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bitewing.practice import moments
from bitewing.practice.simulating.desk import Desk, Found


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The names behind the numbers of a row, and the office's time zone.

    Attributes:
        definitions: by category and DefNum.
    """

    zone: ZoneInfo
    definitions: Mapping[tuple[int, int], str] = field(repr=False)
    providers: Mapping[int, str] = field(repr=False)
    clinics: Mapping[int, str] = field(repr=False)
    sites: Mapping[int, str] = field(repr=False)


Write = Callable[[Lexicon, Any], Any]


@dataclass(frozen=True, slots=True)
class Shown:
    """One field: its name in JSON, the column it comes from, and how it is written."""

    name: str
    column: str
    write: Write


def look_up(desk: Desk) -> Lexicon:
    """Read the names that other tables lend."""
    return Lexicon(
        desk.zone,
        {
            (row["Category"], row["DefNum"]): row["ItemName"] or ""
            for row in desk.find("definition", ("DefNum", "Category", "ItemName"), "1 = 1")
        },
        _names(desk, "provider", "ProvNum", "Abbr"),
        _names(desk, "clinic", "ClinicNum", "Abbr"),
        _names(desk, "site", "SiteNum", "Description"),
    )


def _names(desk: Desk, table: str, key: str, name: str) -> dict[int, str]:
    if table not in desk.tables:
        return {}
    return {row[key]: row[name] or "" for row in desk.find(table, (key, name), "1 = 1")}


def columns_of(desk: Desk, table: str, fields: Sequence[Shown]) -> list[str]:
    """Give the columns that these fields need, as far as this version has them."""
    known = desk.tables[table].columns
    return list(dict.fromkeys(one.column for one in fields if one.column in known))


def shape(fields: Sequence[Shown], row: Found, lexicon: Lexicon) -> dict[str, Any]:
    """Write a row; a field whose column this version does not have is left out."""
    return {one.name: one.write(lexicon, row[one.column]) for one in fields if one.column in row}


def whole(name: str, column: str = "") -> Shown:
    """Show a number."""
    return Shown(name, column or name, lambda _, value: int(value or 0))


def whole_text(name: str) -> Shown:
    """Show a number as a text."""
    return Shown(name, name, lambda _, value: str(int(value or 0)))


def amount(name: str) -> Shown:
    """Show an amount of money."""
    return Shown(name, name, lambda _, value: float(value or 0))


def text(name: str) -> Shown:
    """Show a text on one line."""
    return Shown(name, name, lambda _, value: " ".join((value or "").splitlines()))


def flag(name: str, column: str = "") -> Shown:
    """Show a boolean as a text."""
    return Shown(name, column or name, lambda _, value: "true" if value else "false")


def word(name: str, words: Sequence[str]) -> Shown:
    """Show the word of an enumeration."""
    return Shown(
        name,
        name,
        lambda _, value: words[value or 0] if (value or 0) < len(words) else str(value),
    )


def moment(name: str) -> Shown:
    """Show a wall clock moment."""
    return Shown(name, name, lambda _, value: _or_never(value, moments.NO_MOMENT))


def day(name: str) -> Shown:
    """Show a day."""
    return Shown(name, name, lambda _, value: _or_never(value, moments.NO_DAY)[:10])


def clock_time(name: str) -> Shown:
    """Show a time of the day, ``HH:mm:ss``."""
    return Shown(name, name, lambda _, value: str(value or "00:00:00").rjust(8, "0"))


def stamp(name: str) -> Shown:
    """Show a stamp, which is kept in UTC, on the office's clock."""

    def write(lexicon: Lexicon, value: Any) -> str:
        kept = _or_never(value, moments.NO_MOMENT)
        if kept.startswith(moments.NO_DAY):
            return kept
        at = datetime.fromisoformat(kept).replace(tzinfo=UTC)
        return moments.moment(moments.wall_clock(at, lexicon.zone))

    return Shown(name, name, write)


def color(name: str, column: str) -> Shown:
    """Show a color as ``R,G,B``."""

    def write(_: Lexicon, value: Any) -> str:
        argb = int(value or 0)
        return f"{argb >> 16 & 255},{argb >> 8 & 255},{argb & 255}"

    return Shown(name, column, write)


def defined(name: str, column: str, category: int) -> Shown:
    """Show a definition's name."""
    return Shown(
        name, column, lambda lexicon, value: lexicon.definitions.get((category, value or 0), "")
    )


def provider(name: str, column: str) -> Shown:
    """Show a provider's abbreviation."""
    return Shown(name, column, lambda lexicon, value: lexicon.providers.get(value or 0, ""))


def clinic(name: str, column: str = "ClinicNum") -> Shown:
    """Show a clinic's abbreviation."""
    return Shown(name, column, lambda lexicon, value: lexicon.clinics.get(value or 0, ""))


def site(name: str, column: str = "SiteNum") -> Shown:
    """Show a site's description."""
    return Shown(name, column, lambda lexicon, value: lexicon.sites.get(value or 0, ""))


def _or_never(value: str | None, never: str) -> str:
    return never if not value or value.startswith("0000") else value
