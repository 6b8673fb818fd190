"""Tokens: RFC 7515's vector, what clients read in one, and everything that is no token of ours."""

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.fakes.clock import A_MONDAY_MORNING

from bitewing.web.nexhealth import tokens

KEY = "nx-4b1fd2a90c57"
HOUR = timedelta(hours=1)


def issued() -> str:
    return tokens.issue(KEY, owner="owner-1", at=A_MONDAY_MORNING, lifetime=HOUR)


def part(token: str, number: int) -> dict[str, Any]:
    """Read a part of a token as any client does."""
    text = token.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def test_the_signature_is_hs256() -> None:
    """The example of RFC 7515, A.1."""
    secret = base64.urlsafe_b64decode(
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
    )
    signed = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
        "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )

    signature = base64.urlsafe_b64encode(tokens.sign(secret, signed)).rstrip(b"=")

    assert signature == b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


def test_a_token_says_what_nexhealths_say() -> None:
    """Header and claims; clients decode ``exp``."""
    token = issued()

    claims = part(token, 1)

    assert part(token, 0) == {"alg": "HS256", "typ": "JWT"}
    assert list(claims) == ["sub", "scp", "iat", "exp", "jti"]
    assert (claims["sub"], claims["scp"]) == ("owner-1", "api_user")
    assert claims["iat"] == A_MONDAY_MORNING.timestamp()
    assert claims["exp"] - claims["iat"] == 3600
    assert KEY not in token


def test_no_two_tokens_are_alike() -> None:
    """``jti`` tells them apart."""
    assert part(issued(), 1)["jti"] != part(issued(), 1)["jti"]


def test_a_token_is_good_until_its_end() -> None:
    """The very second of ``exp`` is over (RFC 7519, 4.1.4)."""
    shown = tokens.read(issued())

    assert shown is not None
    assert shown.is_good(KEY, A_MONDAY_MORNING)
    assert shown.is_good(KEY, A_MONDAY_MORNING + HOUR - timedelta(seconds=1))
    assert not shown.is_good(KEY, A_MONDAY_MORNING + HOUR)
    assert not shown.is_good("nx-another", A_MONDAY_MORNING)


def test_a_claim_that_somebody_has_changed_spoils_the_token() -> None:
    """A longer life, signed by the old signature."""
    header, claims, signature = issued().split(".")
    forged = part(f"{header}.{claims}.", 1) | {"exp": 2**40}
    text = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")

    shown = tokens.read(f"{header}.{text}.{signature}")

    assert shown is not None
    assert not shown.is_good(KEY, A_MONDAY_MORNING)


def test_a_token_without_algorithm_is_no_way_in() -> None:
    """``alg: none`` with an empty signature, the oldest trick of all."""
    header = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    claims = issued().split(".")[1]

    shown = tokens.read(f"{header}.{claims}.")

    assert shown is not None
    assert not shown.is_good(KEY, A_MONDAY_MORNING)


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b", "a.b.c", "é.é.é", f"a.{'e' * 5000}.c", "e30.e30.e30", KEY]
)
def test_what_is_no_token_is_none(text: str) -> None:
    """Neither an error nor a token."""
    assert tokens.read(text) is None


@given(st.text(max_size=80) | st.binary(max_size=80).map(lambda raw: raw.hex()))
def test_no_text_breaks_the_reader(text: str) -> None:
    """Whatever stands in the header."""
    shown = tokens.read(f"{text}.{text}.{text}")

    assert shown is None or not shown.is_good(KEY, A_MONDAY_MORNING)
