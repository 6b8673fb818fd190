"""Parameters: read leniently as NexHealth does, or refused by name if they make no sense."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from starlette.datastructures import QueryParams

from bitewing.model.errors import InvalidRequestError
from bitewing.web.nexhealth.parameters import Asked, Kind, Parameter, remark

ZONE = ZoneInfo("America/New_York")
DECLARED = (
    Parameter("name"),
    Parameter("id", Kind.WHOLE),
    Parameter("active", Kind.FLAG),
    Parameter("born", Kind.DAY),
    Parameter("start", Kind.MOMENT),
    Parameter("timezone", Kind.ZONE),
    Parameter("patient_ids", Kind.WHOLE, most=3),
    Parameter("sort", choices=("id", "updated_at")),
)


def asked(query: str) -> Asked:
    return Asked(DECLARED, QueryParams(query))


@pytest.mark.parametrize(
    ("query", "look", "expected"),
    [
        ("name=Ann", lambda one: one.text("name"), "Ann"),
        ("name=", lambda one: one.text("name"), None),
        ("name=a&name=b", lambda one: one.text("name"), "b"),
        ("id=-7", lambda one: one.whole("id"), -7),
        ("", lambda one: one.whole("id"), None),
        ("active=true", lambda one: one.flag("active"), True),
        ("active=0", lambda one: one.flag("active"), False),
        ("", lambda one: one.flag("active"), None),
        ("born=1964-05-03", lambda one: one.day("born"), date(1964, 5, 3)),
        ("patient_ids[]=1&patient_ids[]=2", lambda one: one.wholes("patient_ids"), [1, 2]),
        ("patient_ids=1,2", lambda one: one.wholes("patient_ids"), [1, 2]),
        ("timezone=America/New_York", lambda one: one.zone("timezone"), ZONE),
    ],
)
def test_a_value_is_read(query: str, look: Callable[[Asked], Any], expected: Any) -> None:
    """By its kind; with brackets or without, several times or with commas."""
    assert look(asked(query)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02", datetime(2026, 3, 2, 5, tzinfo=UTC)),
        ("2026-03-02T09:00:00", datetime(2026, 3, 2, 14, tzinfo=UTC)),
        ("2026-03-02T09:00:00Z", datetime(2026, 3, 2, 9, tzinfo=UTC)),
        ("2026-03-02T09:00:00.250-05:00", datetime(2026, 3, 2, 14, 0, 0, 250000, UTC)),
        ("2026-03-02T09:00:00%2B02:00", datetime(2026, 3, 2, 7, tzinfo=UTC)),
        ("2026-03-02T09:00:00+02:00", datetime(2026, 3, 2, 7, tzinfo=UTC)),
    ],
)
def test_a_moment_without_offset_is_of_the_zone(text: str, expected: datetime) -> None:
    """A day is its first moment there; a plus that was not escaped is one all the same."""
    assert asked(f"start={text}").moment("start", ZONE) == expected


@pytest.mark.parametrize(
    ("query", "look", "name"),
    [
        ("id=seven", lambda one: one.whole("id"), "id"),
        ("id=²", lambda one: one.whole("id"), "id"),
        ("id=9223372036854775808", lambda one: one.whole("id"), "id"),
        ("active=yes", lambda one: one.flag("active"), "active"),
        ("born=1964-02-30", lambda one: one.day("born"), "born"),
        ("start=0001-01-01", lambda one: one.moment("start", ZONE), "start"),
        ("start=soon", lambda one: one.moment("start", ZONE), "start"),
        ("timezone=Eastern", lambda one: one.zone("timezone"), "timezone"),
        ("timezone=../etc", lambda one: one.zone("timezone"), "timezone"),
        ("sort=name", lambda one: one.text("sort"), "sort"),
        ("patient_ids=1,2,3,4", lambda one: one.wholes("patient_ids"), "patient_ids"),
        (f"name={'x' * 256}", lambda one: one.text("name"), "name"),
        ("name=%00", lambda one: one.text("name"), "name"),
    ],
)
def test_what_makes_no_sense_is_named(query: str, look: Callable[[Asked], Any], name: str) -> None:
    """With what must stand there, and without what stood there."""
    with pytest.raises(InvalidRequestError, match=f"^Invalid parameter {name}: it must be "):
        look(asked(query))


def test_what_must_be_there_is_missed_in_nexhealths_words() -> None:
    """``Missing parameter start``; blank is missing too."""
    declared = [Parameter("start", Kind.MOMENT, is_required=True)]

    for query in ("", "start=", "end=2026-03-02"):
        with pytest.raises(InvalidRequestError, match=r"^Missing parameter start$"):
            Asked(declared, QueryParams(query))


def test_unknown_parameters_do_no_harm_and_are_remarked() -> None:
    """In NexHealth's words."""
    read = asked("include[]=patient&utm=1&include[]=guarantor")

    assert remark(read) == ["Note that following parameters are ignored: include[], utm."]
    assert remark(asked("name=a")) == []


@given(st.dictionaries(st.sampled_from([one.name for one in DECLARED]), st.text(max_size=30)))
def test_no_value_breaks_the_reader(query: dict[str, str]) -> None:
    """A value or a sentence."""
    with suppress(InvalidRequestError):
        read = Asked(DECLARED, QueryParams(query))
        read.moment("start", ZONE)
        for look in (read.whole, read.flag, read.day, read.zone):
            with_any_name(look)


def with_any_name(look: Callable[[str], Any]) -> None:
    for one in DECLARED:
        look(one.name)
