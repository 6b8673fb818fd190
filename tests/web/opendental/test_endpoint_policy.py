"""Which addresses a Subscription may name: refused at once, and the sentence says which rule."""

from pathlib import Path

import pytest
from tests.web.office import Office, open_office, wish

PATH = "/api/v1/subscriptions"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://receiver.example.com/", "delivery.https_only"),
        ("https://10.0.0.5/", "10.0.0.0/8 (private network)"),
        ("https://192.168.1.14:2097/", "192.168.0.0/16 (private network)"),
        ("https://localhost:2097/", "127.0.0.0/8 (loopback)"),
        ("https://2130706433/", "127.0.0.0/8 (loopback)"),
        ("https://[::1]/", "::1/128 (loopback)"),
        ("https://[::ffff:10.0.0.5]/", "10.0.0.0/8 (private network)"),
        ("https://169.254.169.254/latest", "metadata"),
        ("https://metadata.google.internal/", "metadata"),
        ("https://receiver.example.com:25/", "port 25"),
    ],
)
async def test_what_the_policy_forbids_is_refused_with_its_rule(
    office: Office, url: str, rule: str
) -> None:
    """A subscription that could never be delivered must not look as if it could."""
    answer = await office.client.post(PATH, json=wish(EndPointUrl=url))

    assert answer.status_code == 400
    assert answer.json().startswith("EndPointUrl is not allowed: ")
    assert rule in answer.json()


@pytest.mark.parametrize(
    "url", ["http://localhost:2097/", "http://192.168.1.14:2097/", "http://127.0.0.1:2098/"]
)
async def test_what_the_settings_open_is_accepted_to_the_letter(
    tmp_path: Path, practice: Path, url: str
) -> None:
    """The documented examples work once the office allows its own network."""
    opened = open_office(
        tmp_path,
        practice,
        https_only=False,
        allow_networks=["127.0.0.0/8", "192.168.1.0/24"],
    )
    async with opened as office:
        answer = await office.client.post(PATH, json=wish(EndPointUrl=url))

    assert answer.status_code == 201
    assert answer.json()["EndPointUrl"] == url


async def test_opening_a_network_does_not_open_the_next(tmp_path: Path, practice: Path) -> None:
    """Only what is listed; plain http is a question of its own."""
    async with open_office(tmp_path, practice, allow_networks=["192.168.1.0/24"]) as office:
        other = await office.client.post(PATH, json=wish(EndPointUrl="https://192.168.2.1/"))
        plain = await office.client.post(PATH, json=wish(EndPointUrl="http://192.168.1.1/"))

    assert "192.168.0.0/16" in other.json()
    assert "https_only" in plain.json()


async def test_a_change_of_address_is_judged_too(office: Office) -> None:
    """PUT is no way around the policy."""
    number = await office.subscribe()

    answer = await office.client.put(f"{PATH}/{number}", json={"EndPointUrl": "https://10.0.0.5/"})

    assert answer.status_code == 400
    assert "private network" in answer.json()
