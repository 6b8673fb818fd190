"""Pace: how often a practice database is polled, so that its own users do not feel it. Pure."""

SHORTEST_SECONDS = 1.0
LONGEST_SECONDS = 30.0
"""A scan that waited for a lock, or a slow night, must not silence a practice."""

SHORTEST_PAUSE_SECONDS = 0.02
SHARE = 0.02
"""The share of the database's time that polling may take."""


def smoothed(before: float | None, cost_seconds: float) -> float:
    """Give the cost to reckon with: one slow poll alone must not slow down the next."""
    return cost_seconds if before is None else 0.7 * before + 0.3 * cost_seconds


def seconds_until_next(cost_seconds: float) -> float:
    """Give the pause after a poll that kept the database busy for ``cost_seconds``."""
    interval = min(LONGEST_SECONDS, max(SHORTEST_SECONDS, cost_seconds / SHARE))
    return interval - min(cost_seconds, SHORTEST_SECONDS)


def seconds_after_failure(failures: int) -> float:
    """Give the pause after that many failures in a row: 1, 2, 4 … 30 seconds."""
    return float(min(30, 2 ** min(failures - 1, 5)))


def earliest_after(cost_seconds: float) -> float:
    """Give the shortest pause after such a poll, when something seems to have changed."""
    return max(SHORTEST_PAUSE_SECONDS, cost_seconds / SHARE)
