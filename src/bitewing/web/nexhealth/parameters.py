"""Parameters: what may stand in a query, declared once, read and described from there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from starlette.datastructures import QueryParams

from bitewing.model.errors import InvalidRequestError

_LARGEST = 2**63 - 1
_LONGEST = 255
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_EARLIEST_YEAR, _LATEST_YEAR = 2, 9998
"""A moment in these years has a counterpart in every time zone."""


class Kind(StrEnum):
    """What a parameter holds."""

    TEXT = "text"
    WHOLE = "whole"
    FLAG = "flag"
    DAY = "day"
    MOMENT = "moment"
    ZONE = "zone"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes:
        name: without brackets, also where it may stand several times (``patient_ids[]``).
        most: how many times it may stand.
        choices: the only values that it may have, if not all.
    """

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    most: int = 1
    choices: tuple[str, ...] = ()


class Asked:
    """A query, read by the parameters that a route declares."""

    def __init__(self, declared: Sequence[Parameter], query: QueryParams) -> None:
        """Take a query.

        Raises:
            InvalidRequestError: a parameter that must be there is not, in NexHealth's words.
        """
        self._declared = {one.name: one for one in declared}
        self._values: dict[str, list[str]] = {}
        self.ignored: list[str] = []
        for key, value in query.multi_items():
            self._take(key, value)
        for one in declared:
            if one.is_required and not self._values.get(one.name):
                raise InvalidRequestError(f"Missing parameter {one.name}")

    def _take(self, key: str, value: str) -> None:
        name = key.removesuffix("[]")
        declared = self._declared.get(name)
        if declared is None:
            if key not in self.ignored:
                self.ignored.append(key[:_LONGEST])
            return
        if len(value) > _LONGEST or "\x00" in value:
            raise _unfit(declared, f"no longer than {_LONGEST} characters, without NUL")
        if value == "":
            return
        parts = value.split(",") if declared.most > 1 else [value]
        taken = self._values.setdefault(name, [])
        taken += [part.strip() for part in parts]
        if declared.most == 1:
            del taken[:-1]  # of a parameter that stands twice, the last one counts
        if len(taken) > declared.most:
            raise _unfit(declared, f"at most {declared.most} values")
        if declared.choices and not set(taken) <= set(declared.choices):
            raise _unfit(declared, f"one of: {', '.join(declared.choices)}")

    def text(self, name: str) -> str | None:
        """Give a text; None if it is not there."""
        values = self._values.get(name)
        return values[-1] if values else None

    def texts(self, name: str) -> list[str]:
        """Give all values of a parameter that may stand several times."""
        return list(self._values.get(name, ()))

    def whole(self, name: str) -> int | None:
        """Give a whole number; None if it is not there."""
        text = self.text(name)
        return None if text is None else self._number(name, text)

    def wholes(self, name: str) -> list[int]:
        """Give all whole numbers of a parameter that may stand several times."""
        return [self._number(name, text) for text in self.texts(name)]

    def flag(self, name: str) -> bool | None:
        """Give a truth; None if it is not there."""
        text = self.text(name)
        if text is None:
            return None
        if text.lower() not in _FLAGS:
            raise _unfit(self._declared[name], "true or false")
        return _FLAGS[text.lower()]

    def day(self, name: str) -> date | None:
        """Give a day; None if it is not there."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _unfit(self._declared[name], "a day, as in 2026-03-02") from None

    def moment(self, name: str, zone: tzinfo) -> datetime | None:
        """Give a moment (UTC); one without an offset is of ``zone``, a mere day its midnight."""
        text = self.text(name)
        if text is None:
            return None
        # A plus that somebody forgot to escape has become a blank.
        written = text.replace(" ", "+", 1) if "T" in text else text
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            moment = datetime.min  # noqa: DTZ901 - refused below, as all of its year
        if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
            expected = "a moment, as in 2026-03-02 or 2026-03-02T09:00:00-05:00"
            raise _unfit(self._declared[name], expected)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)

    def zone(self, name: str) -> ZoneInfo | None:
        """Give a time zone; None if it is not there."""
        text = self.text(name)
        if text is None:
            return None
        try:
            return ZoneInfo(text)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise _unfit(self._declared[name], "as in America/New_York") from None

    def _number(self, name: str, text: str) -> int:
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()) or abs(int(digits)) > _LARGEST:
            raise _unfit(self._declared[name], "a whole number")
        return int(text)


def remark(asked: Asked) -> list[str]:
    """Say which parameters had no effect (NexHealth, "Troubleshooting bad requests")."""
    if not asked.ignored:
        return []
    return [f"Note that following parameters are ignored: {', '.join(asked.ignored)}."]


def _unfit(declared: Parameter, expected: str) -> InvalidRequestError:
    return InvalidRequestError(f"Invalid parameter {declared.name}: it must be {expected}.")
