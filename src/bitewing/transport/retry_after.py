"""Retry-After: when a receiver wants to be asked again (RFC 9110, section 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)
_MOST_DIGITS = 9


def parse_retry_after(value: bytes, now: datetime) -> timedelta | None:
    """Give how long to wait from ``now`` (UTC), at most a day; None if it cannot be read."""
    text = value.strip()
    if text.isdigit():
        return min(timedelta(seconds=int(text[:_MOST_DIGITS])), LONGEST)
    try:
        at = parsedate_to_datetime(text.decode("ascii"))
    except (ValueError, OverflowError):
        return None
    if at.tzinfo is None:  # asctime's form and "-0000" name no zone; HTTP means UTC
        at = at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), LONGEST)
