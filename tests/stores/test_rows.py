"""What is written into rows."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from bitewing.stores.rows import instant, microseconds_at

BERLIN = ZoneInfo("Europe/Berlin")


def test_the_hour_that_the_autumn_repeats_is_two_hours() -> None:
    """Moments of it are equal to each other, and are an hour apart all the same."""
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    written = [microseconds_at(one) for one in (first, second, first)]

    assert first == second
    assert [instant(one) for one in written] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize("zone", [UTC, BERLIN, timezone(timedelta(hours=-5))])
def test_a_moment_is_the_same_in_every_zone(zone: ZoneInfo | timezone) -> None:
    """With every microsecond, however often it is asked for."""
    moment = datetime(2026, 3, 2, 12, 0, 0, 999_999, tzinfo=UTC)

    assert instant(microseconds_at(moment.astimezone(zone))) == moment
    assert instant(microseconds_at(moment.astimezone(zone))) == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    """It says nothing."""
    with pytest.raises(TypeError):
        microseconds_at(datetime(2026, 3, 2))  # noqa: DTZ001
