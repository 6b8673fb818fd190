"""Every answer of Open Dental's API has one meaning."""

from datetime import UTC, datetime, timedelta

import pytest

from bitewing.model.writing import Refused, Unavailable, Unknown
from bitewing.sources.opendental.writing.hearing import Heard, Meaning, understand

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def meant(status: int, body: bytes = b"", retry_after: str | None = None) -> Meaning:
    return understand(status, body, retry_after, NOW)


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (200, b"", Heard(None)),
        (201, b'{"AptNum": 3}', Heard({"AptNum": 3})),
        (200, b'"No documents could be made into thumbnails."', Refused),
        (201, b"<html>", Unknown),
        (400, b'"Provider is hidden."', Refused("Provider is hidden.")),
        (400, b'"The office\'s eConnector is not running."', Unavailable),
        (400, b'"Could not connect to the database."', Unavailable),
        (400, b'"The request timed out."', Unknown),
        (400, b"<html>", Refused("Open Dental's API answered 400.")),
        (401, b'"API key has not been assigned."', Unavailable),
        (403, b"", Unavailable),
        (404, b'"Patient not found"', Refused("Patient not found")),
        (410, b'"Gone"', Refused("Gone")),
        (301, b"", Unavailable),
        (429, b'"Too many"', Unavailable("Too many", None)),
        (500, b"", Unknown),
        (502, b"", Unknown),
        (503, b"", Unavailable),
        (504, b'"60 seconds"', Unknown),
    ],
)
def test_an_answer_has_one_meaning(
    status: int, body: bytes, meaning: Meaning | type[Meaning]
) -> None:
    """What may have been written is Unknown, what a person or time may mend is Unavailable."""
    understood = meant(status, body)

    if isinstance(meaning, type):
        assert isinstance(understood, meaning)
    else:
        assert understood == meaning


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("5", timedelta(seconds=5)),
        ("Mon, 02 Mar 2026 15:01:00 GMT", timedelta(minutes=1)),
        ("Mon, 02 Mar 2026 14:00:00 GMT", timedelta()),
        ("soon", None),
        (None, None),
    ],
)
def test_a_busy_office_says_how_long_to_wait(header: str | None, wait: timedelta | None) -> None:
    """In seconds or as a date."""
    understood = meant(429, b"", header)

    assert isinstance(understood, Unavailable)
    assert understood.retry_after == wait


def test_an_explanation_is_one_short_line() -> None:
    """It is kept and shown, so it may not be a page."""
    understood = meant(400, b'"' + b"word \\n" * 100 + b'"')

    assert isinstance(understood, Refused)
    assert len(understood.reason) <= 200
    assert "\n" not in understood.reason
