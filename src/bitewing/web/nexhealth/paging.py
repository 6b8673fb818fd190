"""Paging: pages by number in v2, by cursor in v3."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter
from bitewing.web.nexhealth.versions import Version

PER_PAGE = 5
"""How much one answer holds if the caller does not say (NexHealth's OpenAPI)."""
MOST_PER_PAGE = 1000

PAGING = (
    Parameter("per_page", Kind.WHOLE),
    Parameter("page", Kind.WHOLE),
    Parameter("start_cursor"),
    Parameter("end_cursor"),
)
"""``page`` counts in v2, the cursors in v3; the others are ignored."""

Place = tuple[int, int]
"""Where something stands in its list: what the list is sorted by, then our id."""


@dataclass(frozen=True, slots=True)
class Page:
    """The part of a list that was asked for, and what the envelope says of it."""

    places: Sequence[Place]
    further: dict[str, Any]


def cut(places: Sequence[Place], asked: Asked, version: Version) -> Page:
    """Cut the page out of a whole list, sorted.

    Raises:
        InvalidRequestError: page, size or cursor make no sense.
    """
    size = _within("per_page", asked.whole("per_page"), PER_PAGE)
    size = min(size, MOST_PER_PAGE)
    if version is Version.V2:
        start = (_within("page", asked.whole("page"), 1) - 1) * size
        return Page(places[start : start + size], {"count": len(places)})
    return _around_cursor(places, asked, size)


def _around_cursor(places: Sequence[Place], asked: Asked, size: int) -> Page:
    """Give what follows ``end_cursor``, or what comes before ``start_cursor``."""
    after, before = asked.text("end_cursor"), asked.text("start_cursor")
    if before is not None and after is None:
        stop = bisect_left(places, _read_cursor("start_cursor", before))
        start = max(0, stop - size)
    else:
        start = bisect_right(places, _read_cursor("end_cursor", after)) if after else 0
        stop = min(len(places), start + size)
    shown = places[start:stop]
    info = {
        "has_previous_page": start > 0,
        "has_next_page": stop < len(places),
        "start_cursor": _cursor(shown[0]) if shown else None,
        "end_cursor": _cursor(shown[-1]) if shown else None,
    }
    return Page(shown, {"page_info": info})


def _cursor(place: Place) -> str:
    return urlsafe_b64encode(f"{place[0]}:{place[1]}".encode()).decode()


def _read_cursor(name: str, text: str) -> Place:
    try:
        first, _, second = urlsafe_b64decode(text).decode("ascii").partition(":")
        return int(first), int(second)
    except (binascii.Error, ValueError):
        raise InvalidRequestError(
            f"Invalid parameter {name}: it must be a cursor from page_info of an earlier answer."
        ) from None


def _within(name: str, given: int | None, default: int) -> int:
    if given is not None and given < 1:
        raise InvalidRequestError(f"Invalid parameter {name}: it must be 1 or more.")
    return given or default
