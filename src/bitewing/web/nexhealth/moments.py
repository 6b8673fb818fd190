"""Moments as NexHealth writes them: UTC, milliseconds, Z."""

from datetime import UTC, datetime


def written(moment: datetime) -> str:
    """Write a moment: ``2020-06-05T20:16:57.007Z``."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")
