"""Which header lines an Endpoint may have of its own."""

import pytest

from bitewing.model.errors import InvalidRequestError
from bitewing.model.headers import require_fit_headers


def test_ordinary_headers_pass() -> None:
    """Whatever a receiver's front door asks for, in the letter case that it wants."""
    require_fit_headers(
        (
            ("X-API-Key", "k\u00fcche \t 1"),
            ("Authorization", "Bearer x"),
            ("cookie", "a=b"),
            ("x", ""),
        )
    )
    require_fit_headers(tuple((f"X-{number}", "1") for number in range(20)))


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE"),
        *("Trailer", "Upgrade", "Expect", "Proxy-Authorization", "proxy-connection", "Date"),
        *("Content-Type", "User-Agent", "webhook-id", "Webhook-Signature", "svix-id"),
        *("signature", "Timestamp", "Workstation", "Event-Type", "Authorization"),
    ],
)
def test_what_is_ours_is_refused(name: str) -> None:
    """A header that says where a request ends, who speaks or what is signed is not free."""
    with pytest.raises(InvalidRequestError, match=f"The header {name} is set by bitewing itself"):
        require_fit_headers(((name, "1"),), taken=("authorization",))


@pytest.mark.parametrize("value", ["a\r\nX-B: c", "a\nb", "a\rb", "a\x00b", "a\x7f", "\x1b[1m"])
def test_a_value_that_would_break_the_request_apart_is_refused(value: str) -> None:
    """The words name the header, never its value, which may be a credential."""
    with pytest.raises(InvalidRequestError, match="X-A holds a line break") as caught:
        require_fit_headers((("X-A", value),))

    assert value not in str(caught.value)


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\r\nA", "X\x00", "Gr\u00f6\u00dfe", "(x)"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """Names are tokens (RFC 9110, 5.6.2)."""
    with pytest.raises(InvalidRequestError, match="a character that names cannot hold"):
        require_fit_headers(((name, "1"),))


def test_too_many_too_long_or_twice_is_refused() -> None:
    """Twenty headers, four KiB, each name once."""
    for headers, words in (
        (tuple((f"X-{number}", "1") for number in range(21)), "20 headers"),
        ((("X-A", "x" * 4090),), "4096 bytes"),
        ((("X-A", "\u00e4" * 2045),), "4096 bytes"),
        ((("X-A", "1"), ("x-a", "2")), "twice"),
    ):
        with pytest.raises(InvalidRequestError, match=words):
            require_fit_headers(headers)
