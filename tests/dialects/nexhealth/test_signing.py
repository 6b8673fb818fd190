"""The signature pair, against vectors that were checked with other implementations."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.dialects.nexhealth.making import (
    SENT_AT,
    a_delivery,
    a_dialect,
    a_subscription,
    an_endpoint,
    some_customs,
)
from tests.dialects.nexhealth.test_golden import example

from bitewing.dialects.nexhealth.signing import signature, signature_headers
from bitewing.dialects.nexhealth.speaking import NexHealth
from bitewing.model.errors import NotFoundError
from bitewing.model.subscription import Endpoint
from bitewing.ports.dialect import Announcer, Dialect

SECRET = "NArWk7gdI96Bdn"
NEWER = "kd82HsPq77Lz0w"
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


# The headers of an Attempt.


def pair_of(endpoint: Endpoint, *, attempts: int = 0) -> str:
    headers = dict(a_dialect().headers(a_delivery(attempts=attempts), endpoint, SENT_AT))
    return headers["signature"]


def test_an_attempt_has_the_vendors_headers_and_then_ours() -> None:
    """``webhook-id`` tells a repeat, which the vendor's own headers do not."""
    headers = a_dialect().headers(a_delivery(), an_endpoint(), SENT_AT)

    assert headers == (
        ("content-type", "application/json"),
        ("signature", "a99a19650c8f41585a4744c88a42addde33258df41fe54937e2fde1ad16b49db"),
        ("timestamp", TIMESTAMP),
        ("webhook-id", "msg_1"),
        ("webhook-timestamp", "1711043567"),
    )


def test_a_replay_bears_the_id_of_what_it_repeats() -> None:
    """The receiver has seen it, or has not."""
    delivery = a_delivery(id="msg_2", replay_of="msg_1")

    assert ("webhook-id", "msg_1") in a_dialect().headers(delivery, an_endpoint(), SENT_AT)


def test_old_and_new_secret_sign_in_turn_while_both_are_valid() -> None:
    """The old one first; once it is over, the new one only."""
    rotated = an_endpoint(
        secret=NEWER, old_secret=SECRET, old_secret_until=SENT_AT + timedelta(seconds=1)
    )
    over = an_endpoint(secret=NEWER, old_secret=SECRET, old_secret_until=SENT_AT)
    old, new = (signature(secret, TIMESTAMP, b"{}") for secret in (SECRET, NEWER))

    assert [pair_of(rotated, attempts=n) for n in range(4)] == [old, new, old, new]
    assert [pair_of(over, attempts=n) for n in range(2)] == [new, new]


def test_an_endpoint_without_a_secret_cannot_be_sent_to() -> None:
    """What is not signed could be anybody's."""
    with pytest.raises(NotFoundError, match="endpoint 1 has no secret"):
        a_dialect().headers(a_delivery(), an_endpoint(secret=""), SENT_AT)


def test_it_is_a_dialect_and_an_announcer() -> None:
    """What was told is composed at once; it cannot be composed of rows later."""
    dialect: Dialect = a_dialect()
    announcer: Announcer = a_dialect()

    assert dialect.name == announcer.name == a_subscription().dialect
    with pytest.raises(NotFoundError, match="cannot be composed of 0 rows"):
        dialect.compose("appointment_created", "main-office", [])


def test_a_key_that_sees_less_is_sent_nothing_more() -> None:
    """What was owed before it was withdrawn is not sent either, and says why."""
    seeing, blind = (
        NexHealth(some_customs(), institutions={}, reach={a_delivery().owner: reached})
        for reached in (["bright-smiles"], ["elsewhere"])
    )

    assert seeing.headers(a_delivery(), an_endpoint(), SENT_AT)
    with pytest.raises(NotFoundError, match="no longer sees"):
        blind.headers(a_delivery(), an_endpoint(), SENT_AT)
