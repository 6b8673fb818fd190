"""Office time, above all in the two nights when the clocks change."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st
from tests.dialects.opendental.making import NEW_YORK, TOKYO

from bitewing.dialects.opendental.office_time import (
    earliest,
    latest,
    read_wall,
    write_utc,
    write_wall,
)


def wall(text: str) -> datetime:
    read = read_wall(text)
    assert read is not None
    return read


def test_an_instant_is_written_as_the_offices_clock_shows_it() -> None:
    """Summer and winter have their own offset."""
    summer = write_wall(datetime(2022, 7, 1, 12, tzinfo=UTC), NEW_YORK)
    winter = write_wall(datetime(2022, 1, 1, 12, 0, 0, 999999, tzinfo=UTC), NEW_YORK)

    assert (summer, winter) == ("2022-07-01 08:00:00", "2022-01-01 07:00:00")


def test_both_instants_of_the_doubled_hour_show_the_same_wall_time() -> None:
    """In the night of 6 November 2022, 01:30 came twice in New York."""
    first = write_wall(datetime(2022, 11, 6, 5, 30, tzinfo=UTC), NEW_YORK)
    second = write_wall(datetime(2022, 11, 6, 6, 30, tzinfo=UTC), NEW_YORK)

    assert first == second == "2022-11-06 01:30:00"


def test_the_doubled_hour_can_mean_two_instants() -> None:
    """A lower bound takes the first, an upper one the second."""
    doubtful = wall("2022-11-06 01:30")

    assert write_utc(earliest(doubtful, NEW_YORK)) == "2022-11-06 05:30:00"
    assert write_utc(latest(doubtful, NEW_YORK)) == "2022-11-06 06:30:00"


def test_the_skipped_hour_is_read_by_the_clock_before_or_after() -> None:
    """02:30 did not exist on 13 March 2022; it lies between 01:30 EST and 03:30 EDT."""
    doubtful = wall("2022-03-13 02:30:00")

    assert write_utc(earliest(doubtful, NEW_YORK)) == "2022-03-13 06:30:00"
    assert write_utc(latest(doubtful, NEW_YORK)) == "2022-03-13 07:30:00"


@pytest.mark.parametrize(
    "text", ["2022-01-31", "2022-01-31 00:00", "2022-01-31 00:00:00"], ids=["day", "min", "s"]
)
def test_seconds_minutes_and_the_time_may_be_left_out(text: str) -> None:
    """The API Subscriptions page takes dates without a time."""
    assert read_wall(text) == datetime(2022, 1, 31)  # noqa: DTZ001 - wall time


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "20220131",
        "2022-W05-1",
        "2022-02-30",
        "2022-1-31",
        "2022-01-31T00:00:00",
        "2022-01-31 00:00:00Z",
        "2022-01-31 24:00:00",
        "2022-01-31 00:00:00\n",
        "2022-01-3\u0661",
    ],
)
def test_other_forms_are_not_read(text: str) -> None:
    """A form that would be misread, such as one with a zone, is refused rather than guessed."""
    assert read_wall(text) is None


@pytest.mark.parametrize("zone", [NEW_YORK, TOKYO, ZoneInfo("UTC")], ids=str)
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 23:59:59"])
def test_the_ends_of_the_calendar_do_not_break(text: str, zone: ZoneInfo) -> None:
    """The first and last day are written and read in every zone, if not to the hour."""
    instants = [earliest(wall(text), zone), latest(wall(text), zone)]

    assert all(write_wall(instant, zone)[:4] in {"0001", "9999"} for instant in instants)


@given(st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)))  # noqa: DTZ001 - UTC is put in
def test_what_the_clock_showed_is_found_again(naive: datetime) -> None:
    """Every instant lies between the two readings of its own wall time."""
    instant = naive.replace(tzinfo=UTC, microsecond=0)

    shown = wall(write_wall(instant, NEW_YORK))

    assert earliest(shown, NEW_YORK) <= instant <= latest(shown, NEW_YORK)
