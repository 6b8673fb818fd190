"""Endpoints' backlogs, Deliveries and replays over HTTP."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.stores.samples import a_delivery, an_endpoint
from tests.web.office import API_KEY, CUSTOMER_KEY, OTHER_CUSTOMER_KEY, Office, bearing, odfhir

from bitewing.model.delivery import DeliveryState
from bitewing.model.subscription import EndpointState
from bitewing.model.tenancy import owner_of
from bitewing.ports.store import Transaction

HELD = DeliveryState.HELD
REQUESTS = [
    ("GET", "/api/endpoints"),
    ("PATCH", "/api/endpoints/1"),
    ("POST", "/api/endpoints/1/pause"),
    ("POST", "/api/endpoints/1/activate"),
    ("POST", "/api/endpoints/1/resume"),
    ("GET", "/api/deliveries"),
    ("GET", "/api/deliveries/a"),
    ("POST", "/api/deliveries/a/replay"),
    ("POST", "/api/replays"),
    ("GET", "/api/replays/1"),
    ("POST", "/api/replays/1/cancel"),
]


async def owe(office: Office, *names: str, key: str = CUSTOMER_KEY, **changes: Any) -> int:
    """Owe held Deliveries to an Endpoint of this key; give the Endpoint's id."""

    def work(tx: Transaction) -> int:
        made = tx.endpoints.obtain(an_endpoint(owner=owner_of(key), dialect="opendental"))
        tx.endpoints.put(replace(made, **changes))
        owed = [a_delivery(name, endpoint=made.id) for name in names]
        tx.outbox.add([one._replace(owner=owner_of(key), state=HELD) for one in owed])
        return made.id

    return await office.program.store.write(work)


async def ask(
    office: Office, method: str, path: str, body: object = None, status: int = 200
) -> dict[str, Any]:
    answer = await office.client.request(method, path, json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(("method", "path"), REQUESTS)
async def test_without_keys_nothing_is_told(office: Office, method: str, path: str) -> None:
    """401 before anything else."""
    del office.client.headers["Authorization"]
    body = {"bad": 1} if method == "POST" else None
    answer = await office.client.request(method, path, json=body)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "request.unauthorized"


async def test_what_is_anothers_is_not_there(office: Office) -> None:
    """Neither to see nor to touch."""
    number = await owe(office, "a", key=OTHER_CUSTOMER_KEY)
    listed = await ask(office, "GET", "/api/deliveries")
    endpoints = await ask(office, "GET", "/api/endpoints")
    await ask(office, "PATCH", f"/api/endpoints/{number}", {"concurrency": 1}, status=404)
    for deed in ("pause", "activate", "resume"):
        await ask(office, "POST", f"/api/endpoints/{number}/{deed}", status=404)
    await ask(office, "GET", "/api/deliveries/a", status=404)
    await ask(office, "POST", "/api/deliveries/a/replay", status=404)
    await ask(office, "GET", "/api/replays/1", status=404)
    dry = await ask(office, "POST", "/api/replays", {})

    assert (listed["deliveries"], endpoints["endpoints"], dry["deliveries"]) == ([], [], 0)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (odfhir(), ["a"]),
        (bearing(), ["b"]),
        ({"Authorization": API_KEY}, ["b"]),
    ],
)
async def test_each_key_sees_its_own(
    office: Office, headers: dict[str, str], expected: list[str]
) -> None:
    """Customer keys and NexHealth's API keys alike."""
    await owe(office, "a")
    await owe(office, "b", key=API_KEY)
    answer = await office.client.get("/api/deliveries", headers=headers)

    assert [one["id"] for one in answer.json()["deliveries"]] == expected


async def test_a_delivery_shows_neither_body_nor_records(office: Office) -> None:
    """Its state and its tries; of its content the length alone."""
    await owe(office, "a")
    shown = (await ask(office, "GET", "/api/deliveries/a"))["delivery"]

    assert {"body", "records"}.isdisjoint(shown)
    assert (shown["state"], shown["tries"], shown["bytes"]) == ("held", [], 17)


async def test_deliveries_are_paged_and_filtered(office: Office) -> None:
    """By place; by state, Endpoint and age."""
    number = await owe(office, "a", "b", "c")
    first = await ask(office, "GET", "/api/deliveries?limit=2")
    second = await ask(office, "GET", f"/api/deliveries?limit=2&after={first['next_after']}")
    none = [
        (await ask(office, "GET", f"/api/deliveries?{query}"))["deliveries"]
        for query in ("states=delivered", f"endpoint={number + 1}", "until=2020-01-01T00:00:00Z")
    ]

    assert [one["id"] for one in first["deliveries"]] == ["a", "b"]
    assert [one["id"] for one in second["deliveries"]] == ["c"]
    assert second["next_after"] is None
    assert none == [[], [], []]


async def test_a_disabled_endpoint_is_activated_and_then_resumed(office: Office) -> None:
    """What is held is offered with numbers, and goes out only when it is said."""
    number = await owe(office, "a", "b", state=EndpointState.DISABLED, reason="It is gone.")
    [before] = (await ask(office, "GET", "/api/endpoints"))["endpoints"]
    path = f"/api/endpoints/{number}"
    await ask(office, "POST", f"{path}/resume", {"dry_run": False}, 400)
    active = (await ask(office, "POST", f"{path}/activate"))["endpoint"]
    dry = await ask(office, "POST", f"{path}/resume")
    still = (await ask(office, "GET", "/api/endpoints"))["endpoints"][0]["held"]
    async with asyncio.TaskGroup() as group:
        office.program.supervisor.shifts.clear()
        group.create_task(office.program.supervisor.run())
        await ask(office, "GET", "/health")  # meanwhile the supervisor begins
        begun = await ask(office, "POST", f"{path}/resume", {"dry_run": False}, 202)
        replay: dict[str, Any] = begun["replay"]
        while not replay["is_over"]:
            replay = (await ask(office, "GET", f"/api/replays/{replay['id']}"))["replay"]
        office.program.supervisor.stop()
    [after] = (await ask(office, "GET", "/api/endpoints"))["endpoints"]

    assert (before["state"], before["reason"], before["held"]) == ("disabled", "It is gone.", 2)
    assert (active["state"], active["reason"], still) == ("active", None, 2)
    assert (dry["dry_run"], dry["deliveries"]) == (True, 2)
    assert dry["endpoints"][0]["endpoint"] == number
    assert dry["endpoints"][0]["oldest_seconds"] > 0
    assert (replay["done"], replay["unable"]) == (2, 0)
    assert (after["held"], after["waiting"]) == (0, 2)


async def test_a_replay_is_cancelled(office: Office) -> None:
    """By its number, by who began it."""
    await owe(office, "a")
    begun = (await ask(office, "POST", "/api/deliveries/a/replay", status=202))["replay"]
    said = (await ask(office, "POST", f"/api/replays/{begun['id']}/cancel"))["replay"]

    assert (begun["is_cancelled"], said["is_cancelled"]) == (False, True)


async def test_an_endpoint_is_paused(office: Office) -> None:
    """With the reason that its owner gives."""
    number = await owe(office)
    said = await ask(office, "POST", f"/api/endpoints/{number}/pause", {"reason": "Holidays."})

    assert (said["endpoint"]["state"], said["endpoint"]["reason"]) == ("paused", "Holidays.")


values = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=30)
moments = st.datetimes().map(lambda at: at.isoformat() + "Z")
fields = st.dictionaries(
    st.sampled_from(
        ["states", "endpoint", "subscription", "event_name", "since", "until", "untried", "limit"]
    ),
    values | moments | st.lists(st.sampled_from([*DeliveryState, "none"]), max_size=2),
    max_size=4,
)


@given(wish=fields)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
async def test_nothing_that_is_sought_breaks_us(office: Office, wish: dict[str, Any]) -> None:
    """An answer, or 400 and 422 with a code."""
    posted = await office.client.post("/api/replays", json=wish)
    query = {name: str(value) for name, value in wish.items()}
    listed = await office.client.get("/api/deliveries", params=query)

    assert {posted.status_code, listed.status_code} <= {200, 400, 422}
