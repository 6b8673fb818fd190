"""Pace: how long the practice is left alone."""

import pytest

from bitewing.engine.capture import pace


@pytest.mark.parametrize(
    ("cost", "expected"),
    [(0.0, 1.0), (0.01, 0.99), (0.02, 0.98), (0.1, 4.9), (0.4, 19.6)],
)
def test_polling_takes_at_most_its_share(cost: float, expected: float) -> None:
    """Once a second while that is cheap; otherwise the polls take two seconds in a hundred."""
    assert pace.seconds_until_next(cost) == pytest.approx(expected)


@pytest.mark.parametrize("cost", [1.0, 5.0, 600.0])
def test_one_dear_poll_does_not_silence_a_practice(cost: float) -> None:
    """A bulk update makes one poll long; the next one still comes soon."""
    assert 0 < pace.seconds_until_next(cost) <= pace.LONGEST_SECONDS


def test_a_failing_practice_is_asked_less_and_less() -> None:
    """1, 2, 4 … and never more than 30 seconds."""
    pauses = [pace.seconds_after_failure(failures) for failures in (1, 2, 3, 4, 5, 6, 7, 1000)]

    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
