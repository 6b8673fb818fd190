"""Authenticating over HTTP: the key in, a token out, and one envelope for everything."""

from typing import Any

import httpx2
import pytest
from tests.fakes.clock import FakeClock
from tests.web.office import API_KEY, OTHER_API_KEY, Office, bearing

from bitewing.bootstrap.keys import door_of
from bitewing.settings import Settings
from bitewing.web.nexhealth.authenticates import Authenticates
from bitewing.web.nexhealth.face import ROOTS, nexhealth_face

V2 = "application/vnd.Nexhealth+json; version=2"
VENDOR = "application/vnd.Nexhealth+json;version=2"


def is_refusal(content: Any) -> bool:
    """Tell whether this is NexHealth's envelope around one sentence."""
    shape = list(content) == ["code", "description", "error", "data"]
    [sentence] = content["error"]
    return shape and content["code"] is False and content["data"] is None and bool(sentence)


async def test_a_key_is_changed_for_a_token(office: Office) -> None:
    """201, in the documented envelope; the token opens what the key does."""
    headers = {"Authorization": API_KEY, "Accept": V2}
    answer = await office.client.post("/authenticates", headers=headers)
    content = answer.json()

    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == VENDOR
    assert content == {
        "code": True,
        "description": "Authenticated",
        "error": [],
        "data": {"token": content["data"]["token"]},
    }
    assert content["data"]["token"].count(".") == 2


@pytest.mark.parametrize("key", ["", "nx-unknown", API_KEY.upper(), f"{API_KEY}x"])
async def test_another_key_is_refused(office: Office, key: str) -> None:
    """401 in the envelope, with the scheme, repeating no key."""
    answer = await office.client.post("/authenticates", headers={"Authorization": key})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert is_refusal(answer.json())
    assert API_KEY.lower() not in answer.text.lower()


async def test_a_version_that_is_not_spoken_is_refused(office: Office) -> None:
    """400 with those that are."""
    for named in ({"Nex-Api-Version": "v3.1.0"}, {"Accept": V2.replace("2", "9")}):
        headers = {"Authorization": API_KEY} | named
        answer = await office.client.post("/authenticates", headers=headers)
        assert answer.status_code == 400
        assert "v20240412" in answer.json()["error"][0]


@pytest.mark.parametrize("root", sorted(ROOTS))
async def test_wrong_paths_have_the_envelope_too(office: Office, root: str) -> None:
    """Below every root of the face, but not elsewhere."""
    answer = await office.client.get(f"/{root}/there/is/nothing")
    ours = await office.client.get(f"/{root}s-of-ours")

    assert (answer.status_code, ours.status_code) == (404, 404)
    assert is_refusal(answer.json())
    assert "code" in ours.json()["error"]


async def test_a_wrong_method_is_told_with_those_that_are_right(office: Office) -> None:
    """405 in the envelope."""
    answer = await office.client.get("/authenticates")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert is_refusal(answer.json())


async def test_a_second_holds_a_hundred_requests_of_one_key() -> None:
    """429 with Retry-After; another key goes on, and so does the first in the next second."""
    clock = FakeClock()
    keys = [{"key": API_KEY, "institutions": []}, {"key": OTHER_API_KEY, "institutions": []}]
    door = door_of(Settings.model_validate({"nexhealth": {"api_keys": keys}}), clock)
    transport = httpx2.ASGITransport(nexhealth_face([Authenticates(door).router()]))
    async with httpx2.AsyncClient(transport=transport, base_url="http://office.test") as client:
        ours, theirs = bearing(), bearing(OTHER_API_KEY)

        statuses = [
            (await client.post("/authenticates", headers=ours)).status_code for _ in range(100)
        ]
        refused = await client.post("/authenticates", headers=ours)
        other = await client.post("/authenticates", headers=theirs)
        clock.advance(1)
        later = await client.post("/authenticates", headers=ours)

    assert set(statuses) == {201}
    assert (refused.status_code, other.status_code, later.status_code) == (429, 201, 201)
    assert is_refusal(refused.json())
    assert refused.headers["Retry-After"] == "1"
