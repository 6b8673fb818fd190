"""The schedule of retries: exact, never early, never crowded."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bitewing.model.retry import LONGEST_RETRY_AFTER, TEN_IN_TWO_DAYS, RetrySchedule

FIRST = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def next_after(seconds: float, *, retry_after: float | None = None) -> timedelta | None:
    """Give when to try again, from the first Attempt; the last one ended after ``seconds``."""
    at = TEN_IN_TWO_DAYS.next_at(
        first_tried_at=FIRST,
        ended_at=FIRST + seconds * SECOND,
        retry_after=None if retry_after is None else retry_after * SECOND,
    )
    return None if at is None else at - FIRST


def test_ten_retries_at_the_documented_times() -> None:
    """NexHealth's table, column "Total Time"; then never again."""
    moments, seconds = [], 0.2
    for _ in range(11):
        moment = next_after(seconds)
        if moment is not None:
            moments.append(moment.total_seconds())
            seconds = moment.total_seconds() + 0.2

    assert moments == [30, 90, 210, 600, 1800, 7200, 18000, 36000, 86400, 172800]
    assert next_after(172800.2) is None


def test_moments_that_have_passed_are_left_out() -> None:
    """After an hour's standstill the next try is the one at two hours, not three at once."""
    assert next_after(3600) == timedelta(hours=2)
    assert next_after(49 * 3600) is None


@pytest.mark.parametrize(
    ("asked", "expected"), [(0, 30), (20, 30), (100, 101), (10**9, 1 + 24 * 3600)]
)
def test_a_receiver_may_ask_for_a_later_moment(asked: int, expected: int) -> None:
    """Never earlier than it asked for, never earlier than the schedule, a day at the most."""
    assert next_after(1, retry_after=asked) == timedelta(seconds=expected)


@given(
    offsets=st.lists(st.integers(1, 10**6), min_size=1, max_size=12, unique=True),
    took=st.lists(st.floats(0, 10**5), min_size=30, max_size=30),
    asked=st.lists(st.none() | st.floats(0, 10**6), min_size=30, max_size=30),
)
def test_whatever_happens_trying_ends_and_is_never_early(
    offsets: list[int], took: list[float], asked: list[float | None]
) -> None:
    """However long exchanges take and whatever receivers ask for."""
    schedule = RetrySchedule(tuple(offset * SECOND for offset in sorted(offsets)))
    at = FIRST
    for seconds, wish in zip(took, asked, strict=True):
        ended_at = at + seconds * SECOND
        retry_after = None if wish is None else wish * SECOND
        following = schedule.next_at(
            first_tried_at=FIRST, ended_at=ended_at, retry_after=retry_after
        )
        if following is None:
            return
        if retry_after is not None:
            assert following >= ended_at + min(retry_after, LONGEST_RETRY_AFTER)
        assert following > ended_at
        at = following

    raise AssertionError("never came to an end")
