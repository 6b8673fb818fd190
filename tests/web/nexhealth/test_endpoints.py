"""The webhook_endpoints over HTTP: what NexHealth documents, and what is ours."""

from typing import Any

import pytest
from tests.web.nexhealth.asking import Client
from tests.web.office import OTHER_API_KEY, RECEIVER, Office

KEYS = [
    "id",
    "target_url",
    "secret_key",
    "active",
    "created_at",
    "updated_at",
    "webhook_secret",
]


async def test_an_endpoint_is_created_with_a_secret_of_its_own(office: Office) -> None:
    """201; six documented keys in order, then ours."""
    client = Client(office)

    one, other = await client.endpoint(), await client.endpoint()

    assert list(one) == KEYS
    assert (one["target_url"], one["active"]) == (RECEIVER, True)
    assert one["secret_key"] == one["webhook_secret"]
    assert one["secret_key"].startswith("whsec_")
    assert one["created_at"] == one["updated_at"]
    assert len(one["created_at"]) == len("2020-06-05T20:16:57.007Z")
    assert one["id"] != other["id"] and one["secret_key"] != other["secret_key"]


async def test_the_list_shows_the_keys_own(office: Office) -> None:
    """With a count; ``active`` picks. Another key's endpoints are not there."""
    client, stranger = Client(office), Client(office, OTHER_API_KEY)
    one, idle = await client.endpoint(), await client.endpoint(active=False)
    await stranger.endpoint()

    every = await client.ask("GET", "/webhook_endpoints")
    active = await client.ask("GET", "/webhook_endpoints", active="true")
    inactive = await client.ask("GET", "/webhook_endpoints", active="false")

    assert every.data == [one, idle]
    assert every.envelope["count"] == 2
    assert [shown["id"] for shown in active.data] == [one["id"]]
    assert [shown["id"] for shown in inactive.data] == [idle["id"]]
    assert idle["inactive_reason"] == "It was made inactive by its owner."


async def test_an_endpoint_is_moved_stopped_and_started(office: Office) -> None:
    """PATCH of either field; what is not said stays."""
    client = Client(office)
    made = await client.endpoint()
    path = f"/webhook_endpoints/{made['id']}"

    moved = await client.ask("PATCH", path, {"target_url": f"{RECEIVER}new"})
    stopped = await client.ask("PATCH", path, {"active": False})
    nothing = await client.ask("PATCH", path, {})
    started = await client.ask("PATCH", path, {"active": True})

    assert (moved.status, moved.data["target_url"]) == (200, f"{RECEIVER}new")
    assert (stopped.data["active"], stopped.data["target_url"]) == (False, f"{RECEIVER}new")
    assert nothing.data == stopped.data
    assert started.data["active"] is True
    assert "inactive_reason" not in started.data
    assert started.data["secret_key"] == made["secret_key"]


async def test_a_deleted_endpoint_is_gone_with_its_subscriptions(office: Office) -> None:
    """204 without a body, then 404."""
    client = Client(office)
    made = await client.endpoint()
    await client.subscribe(made["id"], "patient_created")
    path = f"/webhook_endpoints/{made['id']}"

    first, second = await client.ask("DELETE", path), await client.ask("DELETE", path)
    listed = await client.ask("GET", "/webhook_endpoints")

    assert (first.status, first.envelope) == (204, {})
    assert second.status == 404
    assert listed.data == []
    assert await office.program.store.read(lambda tx: tx.subscriptions.all()) == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "Missing parameter target_url"),
        ({"target_url": ""}, "Missing parameter target_url"),
        ({"target_url": None}, "Missing parameter target_url"),
        ({"target_url": 7}, "Invalid parameter target_url"),
        ({"webhook_endpoint": {"target_url": RECEIVER}}, "Missing parameter target_url"),
        ({"target_url": RECEIVER, "active": "yes"}, "Invalid parameter active"),
        ({"target_url": "http://receiver.example.com/"}, "https"),
        ({"target_url": "receiver.example.com"}, "URL"),
        ({"target_url": "https://127.0.0.1/"}, "loopback"),
        ({"target_url": "https://[::ffff:10.0.0.1]/"}, "private"),
        ({"target_url": "https://localhost/"}, "loopback"),
        ({"target_url": "https://169.254.169.254/latest"}, "metadata"),
    ],
)
async def test_what_cannot_be_an_endpoint_is_told_why(
    office: Office, body: dict[str, Any], expected: str
) -> None:
    """400, for a new one and for a change of one."""
    client = Client(office)
    made = await client.endpoint()

    posted = await client.ask("POST", "/webhook_endpoints", body)
    patched = await client.ask("PATCH", f"/webhook_endpoints/{made['id']}", body)

    assert posted.status == 400
    assert expected in posted.error
    # A change need not name anything.
    assert patched.status == (200 if "Missing" in expected else 400)


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 30, "1.0", "%00", "²"])
async def test_an_id_that_is_none_is_not_found(office: Office, number: str) -> None:
    """404, as of an id that is another's."""
    for method in ("PATCH", "DELETE"):
        answer = await Client(office).ask(method, f"/webhook_endpoints/{number}", {})
        assert answer.status == 404


async def test_another_keys_endpoint_does_not_exist(office: Office) -> None:
    """404 for whatever is done with it, and nothing of it is done."""
    made = await Client(office).endpoint()
    stranger, path = Client(office, OTHER_API_KEY), f"/webhook_endpoints/{made['id']}"

    answers = [
        await stranger.ask("PATCH", path, {"active": False}),
        await stranger.ask("DELETE", path),
        await stranger.ask("POST", f"{path}/rotate_secret", {}),
    ]
    mine = await Client(office).ask("GET", "/webhook_endpoints")

    assert [one.status for one in answers] == [404, 404, 404]
    assert mine.data == [made]


async def test_an_endpoint_of_the_other_face_does_not_exist_here(office: Office) -> None:
    """Open Dental's subscriptions have endpoints too, and they are nobody's here."""
    await office.subscribe()
    [theirs] = await office.program.store.read(lambda tx: tx.endpoints.all())

    answer = await Client(office).ask("DELETE", f"/webhook_endpoints/{theirs.id}")

    assert answer.status == 404
    assert (await Client(office).ask("GET", "/webhook_endpoints")).data == []


async def test_a_secret_is_rotated_with_an_overlap(office: Office) -> None:
    """A day if nothing is said; 0 ends the old one at once."""
    client = Client(office)
    made = await client.endpoint()
    path = f"/webhook_endpoints/{made['id']}/rotate_secret"

    rotated = await client.ask("POST", path)
    at_once = await client.ask("POST", path, {"overlap_seconds": 0})
    refused = await client.ask("POST", path, {"overlap_seconds": 8 * 86400})

    assert rotated.status == 200
    assert rotated.data["secret_key"] not in ("", made["secret_key"])
    assert rotated.data["old_secret_until"] > rotated.data["updated_at"]
    assert at_once.data["secret_key"] != rotated.data["secret_key"]
    assert "old_secret_until" not in at_once.data
    assert refused.status == 400


@pytest.mark.parametrize("version", ["v2", "v3.0.0"])
async def test_endpoints_keep_nexhealths_media_type_in_every_version(
    office: Office, version: str
) -> None:
    """So their OpenAPI document."""
    headers = {"Authorization": Client(office).api_key, "Nex-Api-Version": version}

    answer = await office.client.get("/webhook_endpoints", headers=headers)

    assert answer.headers["Content-Type"] == "application/vnd.Nexhealth+json;version=2"
