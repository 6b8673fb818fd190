"""Fields: what stands in the JSON body of a request, read one by one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import msgspec

from bitewing.model.errors import InvalidRequestError

_decode = msgspec.json.Decoder(dict[str, object]).decode
_LARGEST = 2**63 - 1
_LONGEST_TEXT = 2048
_MOST = 1000
_EARLIEST_YEAR, _LATEST_YEAR = 1900, 2999


class Fields:
    """A JSON object; a field that is null counts as one that is not there."""

    def __init__(self, body: bytes) -> None:
        """Read it; an empty body is an empty object.

        Raises:
            InvalidRequestError: it is not a JSON object in UTF-8.
        """
        try:
            self._found: Mapping[str, object] = _decode(body) if body.strip() else {}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            # The parser's own words are left out: they may repeat what was sent.
            raise InvalidRequestError("The request body must be a JSON object in UTF-8.") from None

    def inner(self, name: str) -> "Fields":
        """Give the object in which NexHealth wraps what a request is about.

        Raises:
            InvalidRequestError: it is not there or is none, in NexHealth's words.
        """
        value = self._found.get(name)
        if not isinstance(value, dict):
            raise InvalidRequestError(f"Missing parameter {name}")
        inner = Fields(b"")
        inner._found = value
        return inner

    @property
    def given(self) -> dict[str, object]:
        """Everything that stands in it, unread."""
        return dict(self._found)

    def moment(self, name: str) -> datetime | None:
        """Give a moment (aware); None if it is not there. One without an offset is UTC."""
        text = self.text(name)
        if not text:
            return None
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = datetime.min  # noqa: DTZ901 - refused below
        if not _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
            raise _unfit(name, "a moment, as in 2026-03-02T09:00:00-05:00")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def day(self, name: str) -> date | None:
        """Give a day; None if it is not there."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise _unfit(name, "a day, as in 1990-02-03") from None

    def text(self, name: str) -> str | None:
        """Give a text; None if it is not there."""
        value = self._found.get(name)
        if value is not None and not (isinstance(value, str) and len(value) <= _LONGEST_TEXT):
            raise _unfit(name, f"a text of up to {_LONGEST_TEXT} characters")
        return value

    def required_text(self, name: str) -> str:
        """Give a text.

        Raises:
            InvalidRequestError: it is missing or blank, in NexHealth's words.
        """
        text = self.text(name)
        if not text:
            raise InvalidRequestError(f"Missing parameter {name}")
        return text

    def flag(self, name: str) -> bool | None:
        """Give a truth; None if it is not there."""
        value = self._found.get(name)
        if value is not None and not isinstance(value, bool):
            raise _unfit(name, "true or false")
        return value

    def whole(self, name: str) -> int | None:
        """Give a whole number; None if it is not there."""
        value = self._found.get(name)
        return None if value is None else _whole(name, value)

    def wholes(self, name: str) -> tuple[int, ...] | None:
        """Give a list of whole numbers; None if it is not there."""
        value = self._found.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or len(value) > _MOST:
            raise _unfit(name, f"a list of up to {_MOST} whole numbers")
        return tuple(_whole(name, one) for one in value)


def _whole(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise _unfit(name, "a whole number")
    return value


def _unfit(name: str, expected: str) -> InvalidRequestError:
    return InvalidRequestError(f"Invalid parameter {name}: it must be {expected}.")
