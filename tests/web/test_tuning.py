"""What an Endpoint needs besides its URL, told through our own API."""

from typing import Any

import pytest
import trustme
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.web.office import CUSTOMER_KEY, Office, odfhir
from tests.web.test_deliveries import ask, owe

from bitewing.model.subscription import Endpoint

A_HEADER = {"X-Api-Key": "s3cr3t-of-theirs"}


async def tune(office: Office, number: int, wish: Any, status: int = 200) -> dict[str, Any]:
    """Ask for it as the owner; give the answer."""
    return await ask(office, "PATCH", f"/api/endpoints/{number}", wish, status)


async def stored(office: Office, number: int) -> Endpoint:
    """Give it as it is remembered."""
    found = await office.program.store.read(lambda tx: tx.endpoints.get(number))
    assert found is not None
    return found


async def test_all_is_set_and_shown_but_for_what_is_secret(office: Office) -> None:
    """Headers by name alone, authorities as a fact."""
    number = await owe(office)
    authority = trustme.CA().cert_pem.bytes().decode()
    wish = {
        "headers": A_HEADER,
        "ca_pem": authority,
        "concurrency": 3,
        "per_second": 0.5,
        "is_ordered": True,
    }
    said = (await tune(office, number, wish))["endpoint"]
    kept = await stored(office, number)

    assert said["headers"] == ["X-Api-Key"]
    assert said["has_own_authorities"]
    assert (said["concurrency"], said["per_second"], said["is_ordered"]) == (3, 0.5, True)
    assert "s3cr3t" not in str(said)
    assert (kept.headers, kept.ca_pem) == (tuple(A_HEADER.items()), authority)
    assert (kept.concurrency, kept.per_second, kept.is_ordered) == (3, 0.5, True)


async def test_what_is_not_named_stays_and_null_is_the_beginning(office: Office) -> None:
    """So one thing can be changed without knowing the others."""
    number = await owe(office)
    first = await stored(office, number)
    await tune(office, number, {"headers": A_HEADER, "concurrency": 2, "per_second": 9})
    await tune(office, number, {"is_ordered": True})
    between = await stored(office, number)
    names = ("headers", "ca_pem", "concurrency", "per_second", "is_ordered")
    await tune(office, number, dict.fromkeys(names))
    last = await stored(office, number)

    assert (between.headers, between.concurrency) == (tuple(A_HEADER.items()), 2)
    assert [getattr(last, name) for name in names] == [getattr(first, name) for name in names]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"headers": {"Host": "evil"}}, "The header Host is set by bitewing itself"),
        ({"headers": {"webhook-id": "1"}}, "The header webhook-id is set by bitewing itself"),
        ({"headers": {"Authorization": "x"}}, "The header Authorization is set by bitewing"),
        ({"headers": {"X-A": "evil\r\nX-B: c"}}, "X-A holds a line break"),
        ({"headers": {"X-A": "evil\n"}}, "X-A holds a line break"),
        ({"headers": {"X-A": "evil\0"}}, "X-A holds a line break or another control character"),
        ({"headers": {"X-A\r\nX-B": "evil"}}, "a character that names cannot hold"),
        ({"headers": {"X-A\0": "evil"}}, "a character that names cannot hold"),
        ({"headers": {"X-A": "1", "x-a": "evil"}}, "The header x-a is given twice"),
        ({"headers": {f"X-{n}": "evil" for n in range(21)}}, "20 headers of its own at most"),
        ({"headers": {"X-A": "evil" * 1024}}, "4096 bytes long in all at most"),
        ({"ca_pem": "evil"}, "certificate authorities cannot be read"),
        ({"ca_pem": "-----BEGIN CERTIFICATE-----\nevil"}, "authorities cannot be read"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_plain_words(
    office: Office, wish: dict[str, Any], words: str
) -> None:
    """The words name the header, never its value, and nothing is changed."""
    number = await owe(office)
    before = await stored(office, number)
    said = await tune(office, number, wish, 400)

    assert words in said["error"]["message"]
    assert "evil" not in str(said)
    assert await stored(office, number) == before


@pytest.mark.parametrize(
    "wish",
    [
        {"concurrency": 0},
        {"concurrency": 101},
        {"per_second": 0},
        {"per_second": -1},
        {"per_second": "NaN"},
        {"is_ordered": "perhaps"},
        {"headers": ["X-A"]},
        {"headers": {"X-A": 1}},
        {"secret": "whsec_x"},
        {"url": "https://example.com"},
    ],
)
async def test_what_makes_no_sense_is_refused(office: Office, wish: dict[str, Any]) -> None:
    """By the field that is wrong, as everywhere."""
    number = await owe(office)

    await tune(office, number, wish, 422)


words = st.text(max_size=20)
tunings = st.fixed_dictionaries(
    {},
    optional={
        "headers": st.none() | words | st.dictionaries(words, words, max_size=3),
        "ca_pem": st.none() | words,
        "concurrency": st.none() | st.integers(-(2**70), 2**70),
        "per_second": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "is_ordered": st.none() | st.booleans() | words,
    },
)


@given(wish=tunings)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_nothing_that_is_wished_for_breaks_us(office: Office, wish: dict[str, Any]) -> None:
    """It is done, or refused with 400 or 422."""
    number = await owe(office)
    answer = await office.client.patch(
        f"/api/endpoints/{number}", json=wish, headers=odfhir(CUSTOMER_KEY)
    )

    assert answer.status_code in {200, 400, 422}
