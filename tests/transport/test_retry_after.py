"""Reading Retry-After."""

from datetime import UTC, datetime, timedelta

import pytest

from bitewing.transport.retry_after import parse_retry_after

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (b"0", 0),
        (b"  7 ", 7),
        (b"86400", 86_400),
        (b"86401", 86_400),
        (b"9" * 5000, 86_400),
        (b"Mon, 02 Mar 2026 15:01:00 GMT", 60),
        (b"Monday, 02-Mar-26 15:01:00 GMT", 60),
        (b"Mon Mar  2 15:01:00 2026", 60),
        (b"Mon, 02 Mar 2026 10:01:00 -0500", 60),
        (b"Mon, 02 Mar 2026 14:59:00 GMT", 0),
        (b"Tue, 02 Mar 2038 15:00:00 GMT", 86_400),
    ],
)
def test_seconds_and_dates_are_understood(value: bytes, seconds: int) -> None:
    """Both forms of RFC 9110 and its three kinds of dates; the past is now, a day is the most."""
    assert parse_retry_after(value, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [b"", b"soon", b"-5", b"1.5", b"5 s", b"\xff\xfe", b"Mon, 99 Mar 2026 15:01:00 GMT", b"\xb2"],
)
def test_anything_else_is_nothing(value: bytes) -> None:
    """What cannot be read is as if it were not there."""
    assert parse_retry_after(value, NOW) is None
