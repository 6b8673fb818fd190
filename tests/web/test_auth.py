"""Who may call: the ODFHIR scheme, and nobody sees another's belongings."""

import pytest
from tests.web.office import (
    CUSTOMER_KEY,
    DEVELOPER_KEY,
    OTHER_CUSTOMER_KEY,
    Office,
    odfhir,
    wish,
)

REFUSED: dict[str, dict[str, str]] = {
    "nothing": {},
    "empty": {"Authorization": ""},
    "scheme only": {"Authorization": "ODFHIR"},
    "another scheme": {"Authorization": f"Bearer {DEVELOPER_KEY}/{CUSTOMER_KEY}"},
    "raw key": {"Authorization": CUSTOMER_KEY},
    "no slash": {"Authorization": f"ODFHIR {DEVELOPER_KEY}{CUSTOMER_KEY}"},
    "unknown developer": odfhir(developer_key="wrongWRONGwrong1"),
    "blank developer": odfhir(developer_key=""),
    "unknown customer": odfhir("wrongWRONGwrong1"),
    "blank customer": odfhir(""),
    "half a key": odfhir(CUSTOMER_KEY[:8]),
    "swapped": odfhir(DEVELOPER_KEY, CUSTOMER_KEY),
    "letter case": odfhir(CUSTOMER_KEY.lower()),
}
GUARDED = (
    ("GET", "/api/v1/subscriptions"),
    ("POST", "/api/v1/subscriptions"),
    ("PUT", "/api/v1/subscriptions/1"),
    ("DELETE", "/api/v1/subscriptions/1"),
    ("GET", "/api/v1/appointments"),
    ("GET", "/api/v1/patients/1"),
)


@pytest.mark.parametrize("case", REFUSED)
async def test_who_does_not_name_two_known_keys_is_told_so_and_no_more(
    office: Office, case: str
) -> None:
    """401, one sentence, the scheme to use, and never a key, neither ours nor theirs."""
    del office.client.headers["Authorization"]

    answer = await office.client.get("/api/v1/subscriptions", headers=REFUSED[case])

    assert answer.status_code == 401
    assert isinstance(answer.json(), str) and answer.json().endswith((".", "}"))
    assert answer.headers["WWW-Authenticate"] == "ODFHIR"
    for key in (DEVELOPER_KEY, CUSTOMER_KEY, OTHER_CUSTOMER_KEY, "wrongWRONG"):
        assert key not in answer.text


async def test_a_key_beyond_ascii_is_merely_wrong(office: Office) -> None:
    """Bytes that are no text either; comparing them must not fail."""
    headers = {b"Authorization": b"ODFHIR \xe9\xff/\xc3\xa9"}

    answer = await office.client.get("/api/v1/subscriptions", headers=headers)

    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), GUARDED)
async def test_every_method_asks_who_is_calling(office: Office, method: str, path: str) -> None:
    """There is no way in without the keys, and nothing is looked at before them."""
    del office.client.headers["Authorization"]

    answer = await office.client.request(method, path, content=b"{")

    assert answer.status_code == 401


async def test_a_developers_key_and_a_customers_are_told_apart(office: Office) -> None:
    """The message says which of the two is wrong, so that a person knows whom to ask."""
    developer = await office.client.get("/api/v1/providers", headers=odfhir(developer_key="no"))
    customer = await office.client.get("/api/v1/providers", headers=odfhir("no"))

    assert "developer key" in developer.json()
    assert "customer key" in customer.json()


async def test_the_scheme_is_read_regardless_of_letter_case(office: Office) -> None:
    """RFC 9110, 11.1: a scheme's name has no letter case; blanks around it do not count."""
    headers = {"Authorization": f" odfhir  {DEVELOPER_KEY}/{CUSTOMER_KEY} "}

    answer = await office.client.get("/api/v1/subscriptions", headers=headers)

    assert answer.status_code == 200


async def test_another_practice_sees_and_touches_nothing_of_ours(office: Office) -> None:
    """Another customer key gets an empty list, and 404 for what it cannot see."""
    number = await office.subscribe()
    path, theirs = f"/api/v1/subscriptions/{number}", odfhir(OTHER_CUSTOMER_KEY)

    listed = await office.client.get("/api/v1/subscriptions", headers=theirs)
    changed = await office.client.put(path, json={"Note": "mine now"}, headers=theirs)
    removed = await office.client.delete(path, headers=theirs)

    assert listed.json() == []
    assert (changed.status_code, removed.status_code) == (404, 404)
    assert (await office.shown(number))["Note"] == ""


async def test_two_practices_may_wish_for_the_same(office: Office) -> None:
    """A twin is one of the same customer key only."""
    await office.subscribe()

    answer = await office.client.post(
        "/api/v1/subscriptions", json=wish(), headers=odfhir(OTHER_CUSTOMER_KEY)
    )

    assert answer.status_code == 201
    assert answer.json()["CustomerKey"] == OTHER_CUSTOMER_KEY
