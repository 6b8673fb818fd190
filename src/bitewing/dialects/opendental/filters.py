"""Filters: the kinds of query parameter that Open Dental's GET methods document."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bitewing.dialects.opendental import office_time
from bitewing.dialects.opendental.versions import Version, parse_version
from bitewing.model.errors import InvalidRequestError
from bitewing.model.inquiry import Condition, Relation

Conditions = tuple[Condition, ...]
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_BIGINT = range(-(2**63), 2**63)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Filter:
    """One documented parameter.

    Attributes:
        name: as it is written in the query.
        conditions: turns the value, for an office's zone, into what a Record must satisfy;
            raises InvalidRequestError.
        since: the version that added it.
    """

    name: str
    conditions: Callable[[str, ZoneInfo], Conditions]
    since: Version = ()


def whole_number(name: str, column: str = "", *, since: str = "") -> Filter:
    """Declare a parameter that is a number, such as a foreign key."""

    def conditions(value: str, _: ZoneInfo) -> Conditions:
        return (Condition(column or name, Relation.EQUAL, read_whole(name, value)),)

    return Filter(name, conditions, parse_version(since))


def one_of(name: str, names: Sequence[str]) -> Filter:
    """Declare a parameter that is an enum's exact name; the column has its number."""

    def conditions(value: str, _: ZoneInfo) -> Conditions:
        if value not in names:
            raise InvalidRequestError(f"{name} is invalid. It must be one of: {', '.join(names)}.")
        return (Condition(name, Relation.EQUAL, names.index(value)),)

    return Filter(name, conditions)


def exactly(name: str) -> Filter:
    """Declare a text parameter that must be equal."""
    return Filter(name, lambda value, _: (Condition(name, Relation.EQUAL, value),))


def part_of(name: str) -> Filter:
    """Declare a text parameter that the column must contain."""
    return Filter(name, lambda value, _: (Condition(name, Relation.CONTAINS, value),))


def on_day(name: str, column: str, *, has_time: bool = False) -> Filter:
    """Declare a day (``yyyy-MM-dd``, the office's) on which a DATE or DATETIME must lie."""

    def conditions(value: str, _: ZoneInfo) -> Conditions:
        day = _read_day(name, value)
        return (*_from(column, day, has_time=has_time), *_through(column, day, has_time=has_time))

    return Filter(name, conditions)


def from_day(name: str, column: str, *, has_time: bool = False) -> Filter:
    """Declare the first day of a range, itself included."""

    def conditions(value: str, _: ZoneInfo) -> Conditions:
        return _from(column, _read_day(name, value), has_time=has_time)

    return Filter(name, conditions)


def through_day(name: str, column: str, *, has_time: bool = False) -> Filter:
    """Declare the last day of a range, itself included."""

    def conditions(value: str, _: ZoneInfo) -> Conditions:
        return _through(column, _read_day(name, value), has_time=has_time)

    return Filter(name, conditions)


def stamped_since(name: str) -> Filter:
    """Declare a lower bound, itself included, on a TIMESTAMP column, in the office's time."""

    def conditions(value: str, zone: ZoneInfo) -> Conditions:
        wall = office_time.read_wall(value)
        if wall is None:  # in the words of the Providers page
            raise InvalidRequestError(f"{name} format must be yyyy-MM-dd HH:mm:ss")
        since = office_time.write_utc(office_time.earliest(wall, zone))
        return (Condition(name, Relation.AT_LEAST, since),)

    return Filter(name, conditions)


def read_whole(name: str, value: str) -> int:
    """Read a whole number.

    Raises:
        InvalidRequestError: it is not one.
    """
    if not _WHOLE.fullmatch(value) or int(value) not in _BIGINT:
        raise InvalidRequestError(f"{name} is invalid. It must be a whole number.")
    return int(value)


def _read_day(name: str, value: str) -> datetime:
    wall = office_time.read_wall(value) if _DAY.fullmatch(value) else None
    if wall is None:
        raise InvalidRequestError(f"{name} format must be yyyy-MM-dd")
    return wall


def _from(column: str, day: datetime, *, has_time: bool) -> Conditions:
    return (Condition(column, Relation.AT_LEAST, _written(day, has_time=has_time)),)


def _through(column: str, day: datetime, *, has_time: bool) -> Conditions:
    try:
        next_day = day + _ONE_DAY
    except OverflowError:  # 9999-12-31 leaves nothing out
        return ()
    return (Condition(column, Relation.BELOW, _written(next_day, has_time=has_time)),)


def _written(day: datetime, *, has_time: bool) -> str:
    return str(day) if has_time else str(day.date())
