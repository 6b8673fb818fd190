"""Fields: reading what the JSON body of a POST or PUT says, or saying which field is wrong.

Names are read regardless of letter case, as Open Dental's own parser does; a field nobody knows
is refused. Numbers and booleans may be written as texts.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from bitewing.practice.serving.call import Call, RefusedError

LONGEST_BODY = 16_800_000
"""Characters (API Specification page)."""
LONGEST_ECHO = 100
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_WHOLE = re.compile(r"-?\d{1,19}", re.ASCII)
_MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of one body, by their documented names; those that are null are not there."""

    given: Mapping[str, object] = field(repr=False)

    def __contains__(self, name: str) -> bool:
        return name in self.given

    def require(self, *names: str) -> None:
        """Refuse a body in which one of these is missing or blank."""
        for name in names:
            if self.given.get(name, "") == "":
                raise RefusedError(f"{name} is required.")

    def text(self, name: str, default: str = "", *, longest: int = 65535) -> str:
        """Give a text."""
        value = self.given.get(name, default)
        if not isinstance(value, str):
            raise RefusedError(f"{name} is invalid.")
        if len(value) > longest:
            raise RefusedError(f"{name} cannot be longer than {longest} characters.")
        return value

    def whole(self, name: str, default: int = 0) -> int:
        """Give a whole number."""
        value = self.given.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        raise RefusedError(f"{name} is invalid.")

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give ``true`` or ``false``, written as texts in any letter case."""
        value = self.given.get(name, default)
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.lower() in {"true", "false"}:
            return value.lower() == "true"
        raise RefusedError(f'{name} must be either "true" or "false".')

    def choice(self, name: str, names: Sequence[str], default: str) -> int:
        """Give the number of an enumeration's word."""
        value = self.text(name, default)
        if value not in names or not value:
            offered = ", ".join(f'"{one}"' for one in names if one)
            raise RefusedError(f"{name} is invalid. It must be one of {offered}.")
        return names.index(value)

    def moment(self, name: str) -> datetime:
        """Give a wall clock moment."""
        try:
            return datetime.strptime(self.text(name), _MOMENT)  # noqa: DTZ007 - the office's wall
        except ValueError:
            raise RefusedError(f"{name} format must be yyyy-MM-dd HH:mm:ss") from None

    def day(self, name: str) -> date:
        """Give a day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise RefusedError(f"{name} format must be yyyy-MM-dd") from None

    def time_on(self, name: str, day: date) -> datetime:
        """Give a time of that day, written ``HH:mm:ss``."""
        try:
            return datetime.strptime(  # noqa: DTZ007 - the office's wall
                f"{day.isoformat()} {self.text(name)}", _MOMENT
            )
        except ValueError:
            raise RefusedError(f"{name} format must be HH:mm:ss") from None

    def color(self, name: str, default: int = 0) -> int:
        """Give a color, written ``R,G,B``, as the signed number that Open Dental keeps."""
        if name not in self:
            return default
        parts = self.text(name).split(",")
        if len(parts) != 3 or not all(part.isdecimal() and int(part) < 256 for part in parts):  # noqa: PLR2004 - three bytes
            raise RefusedError(f"{name} must be a color in R,G,B format.")
        red, green, blue = map(int, parts)
        return (0xFF << 24 | red << 16 | green << 8 | blue) - 2**32


def read_fields(call: Call, known: Collection[str]) -> Fields:
    """Read the body of a call.

    Raises:
        RefusedError: it is no JSON object, or has a field that is not ``known``.
    """
    if call.content_type.split(";")[0].strip().lower() != "application/json":
        raise RefusedError("The Content-Type header must be application/json.")
    spelled = {name.lower(): name for name in known}
    given: dict[str, object] = {}
    for name, value in _read_object(call.body).items():
        if name.lower() not in spelled:
            raise RefusedError(f"'{name[:LONGEST_ECHO]}' is not a valid field.")
        if value is not None:
            given[spelled[name.lower()]] = value
    return Fields(given)


def _read_object(body: bytes) -> Mapping[str, object]:
    try:
        text = body.decode()
        try:
            read = json.loads(text)
        except ValueError:
            # Open Dental's parser forgives a comma behind the last field.
            read = json.loads(_TRAILING_COMMA.sub(r"\1", text))
    except ValueError:
        raise RefusedError("The request body is not valid JSON.") from None
    if not isinstance(read, dict):
        raise RefusedError("The request body must be a JSON object.")
    return read
