"""The signature pair, against vectors that were checked with other implementations."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.dialects.nexhealth.test_golden import example

from bitewing.dialects.nexhealth.signing import signature, signature_headers

SECRET = "NArWk7gdI96Bdn"
TIMESTAMP = "2024-03-21T17:52:47.824Z"
AT = datetime(2024, 3, 21, 17, 52, 47, 824000, tzinfo=UTC)


def compact(name: str) -> bytes:
    return json.dumps(json.loads(example(name)), separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"{}", "a99a19650c8f41585a4744c88a42addde33258df41fe54937e2fde1ad16b49db"),
        (
            '{"n":"Zoë"}'.encode(),
            "5940991b3fb603a00c844c955606ea7aedcb1131c2a5a62c4d66c275802fa284",
        ),
        (
            compact("form_request_completed"),
            "749b4afb19b63d9125a8c5c94e44aa4dbbc4481ea626c47d36aab98e1b8a1cd7",
        ),
    ],
)
def test_signatures_are_those_of_other_implementations(body: bytes, expected: str) -> None:
    """Lower-case hex HMAC-SHA256 over the timestamp, a full stop and the body in base64."""
    assert signature(SECRET, TIMESTAMP, body) == expected


def test_the_headers_are_called_as_the_vendor_calls_them() -> None:
    """No ``X-``: five of six public receivers look for a header that does not exist."""
    headers = signature_headers(SECRET, b"{}", AT)

    assert headers == (
        ("signature", "a99a19650c8f41585a4744c88a42addde33258df41fe54937e2fde1ad16b49db"),
        ("timestamp", TIMESTAMP),
    )


def test_each_attempt_is_signed_anew() -> None:
    """The timestamp is the time of sending, and the signature covers it."""
    first, again = (signature_headers(SECRET, b"{}", AT + timedelta(s)) for s in (0, 1))

    assert first[0] != again[0]
    assert first[1] != again[1]


def test_the_timestamp_is_utc_in_milliseconds() -> None:
    """Whatever zone the moment is told in."""
    elsewhere = AT.astimezone(timezone(timedelta(hours=-4)))

    assert signature_headers(SECRET, b"{}", elsewhere)[1] == ("timestamp", TIMESTAMP)
