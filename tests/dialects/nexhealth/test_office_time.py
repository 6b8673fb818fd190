"""The office's wall clock and UTC, on the two nights when they part."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.dialects.nexhealth.making import NEW_YORK

from bitewing.dialects.nexhealth.office_time import to_utc, write_moment, write_offset

KOLKATA = ZoneInfo("Asia/Kolkata")
LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ("2024-01-15 09:00:00", "2024-01-15T14:00:00.000Z"),
        ("2024-07-15 09:00:00", "2024-07-15T13:00:00.000Z"),
        # 2024-11-03 01:30 comes twice: the first one, still daylight time.
        ("2024-11-03 01:30:00", "2024-11-03T05:30:00.000Z"),
        ("2024-11-03 02:00:00", "2024-11-03T07:00:00.000Z"),
        # 2024-03-10 02:30 never comes: the clock would have gone on to 03:30.
        ("2024-03-10 02:30:00", "2024-03-10T07:30:00.000Z"),
        ("2024-03-10 03:30:00", "2024-03-10T07:30:00.000Z"),
    ],
)
def test_a_wall_time_is_one_moment(wall: str, instant: str) -> None:
    """Doubtful hours too: one reading is chosen, always the same."""
    assert write_moment(to_utc(datetime.fromisoformat(wall), NEW_YORK)) == instant


@pytest.mark.parametrize(
    ("zone", "month", "written"),
    [
        (NEW_YORK, 7, "-4:00"),
        (NEW_YORK, 1, "-5:00"),
        (KOLKATA, 1, "+5:30"),
        (LONDON, 1, "+0:00"),
        (ZoneInfo("America/St_Johns"), 1, "-3:30"),
    ],
)
def test_an_offset_is_written_without_a_leading_zero(
    zone: ZoneInfo, month: int, written: str
) -> None:
    """As in the examples, and the one that holds on that day."""
    assert write_offset(datetime(2024, month, 15, 12, tzinfo=UTC), zone) == written


def test_the_first_day_of_the_calendar_is_no_moment() -> None:
    """0001-01-01 is "not set" and never gets here; the day after it converts without harm."""
    assert write_moment(to_utc(datetime(1, 1, 2), NEW_YORK)).startswith("0001-01-02T")  # noqa: DTZ001 - a wall clock's
