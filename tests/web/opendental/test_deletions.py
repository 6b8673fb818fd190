"""Deletions that only a sweep can find, as Events of the newer versions."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.web.office import Office, open_office, wish

DELETIONS = [
    ("PatFieldDeleted", "patfield", "PatFieldNum"),
    ("ScheduleDeleted", "schedule", "ScheduleNum"),
    ("ToothInitialDeleted", "toothinitial", "ToothInitialNum"),
]


@pytest.fixture
async def newer_office(tmp_path: Path, practice: Path) -> AsyncIterator[Office]:
    """Build the program as it speaks Open Dental 26.1."""
    async with open_office(tmp_path, practice, version="26.1") as opened:
        yield opened


async def sweep(office: Office) -> None:
    """Compare everything, and compose what follows from it."""
    poller = office.program.pollers[0]
    poller.request_sweep()
    await poller.poll()
    for _ in range(3 * len(poller.health.watches)):
        await poller.sweep()
    await poller.poll()
    await office.worker("pacer").step()


@pytest.mark.parametrize(("name", "table", "key"), DELETIONS)
async def test_a_deletion_reaches_its_subscription(
    newer_office: Office, name: str, table: str, key: str
) -> None:
    """As the last image that there was, and no other Subscription hears of it."""
    office = newer_office
    await office.read()
    number = await office.subscribe(WatchTable=name, PollingSeconds=1)
    await office.subscribe(WatchTable=name.removesuffix("Deleted"), PollingSeconds=1)
    path = {"patfield": "patfields", "schedule": "schedules", "toothinitial": "toothinitials"}
    query = {"dateStart": "2000-01-01", "dateEnd": "2100-01-01"} if table == "schedule" else {}
    listed = await office.client.get(f"/api/v1/{path[table]}", params=query)
    last = listed.json()[0]
    deleted = int(last[key])  # a text in some resources
    office.run(f"DELETE FROM {table} WHERE {key} = ?", deleted)
    await sweep(office)
    [delivery] = await office.owed()

    assert (delivery.subscription, delivery.event_name) == (number, f"WatchTable: {name}")
    assert delivery.records == (deleted,)
    assert json.loads(delivery.body) == [last]


async def test_a_deletion_is_told_once(newer_office: Office) -> None:
    """However often it is swept."""
    office = newer_office
    await office.read()
    await office.subscribe(WatchTable="ScheduleDeleted", PollingSeconds=1)
    office.run("DELETE FROM schedule WHERE ScheduleNum = 1")
    for _ in range(3):
        await sweep(office)

    assert len(await office.owed()) == 1


@pytest.mark.parametrize("name", [name for name, _, _ in DELETIONS])
async def test_an_older_version_does_not_offer_them(office: Office, name: str) -> None:
    """The page of that version does not name them."""
    answer = await office.client.post("/api/v1/subscriptions", json=wish(WatchTable=name))

    assert answer.status_code == 400
    assert "WatchTable is invalid" in answer.text
