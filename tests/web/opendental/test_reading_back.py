"""A receiver reads back what it was told: an Event's element is what GET gives of the Record."""

import json

import pytest
from tests.web.office import Office

# WatchTable, table, where one is read, key, a change that somebody makes
CHANGES = [
    (
        "Appointment",
        "appointments",
        "AptNum",
        "UPDATE appointment SET Note = 'late' WHERE AptNum=2",
    ),
    ("Operatory", "operatories", "OperatoryNum", "UPDATE operatory SET OpName = 'A' WHERE rowid=2"),
    ("PatField", "patfields", "PatFieldNum", "UPDATE patfield SET FieldValue='b' WHERE rowid=2"),
    ("Patient", "patients", "PatNum", "UPDATE patient SET Email = 'a@b.c' WHERE PatNum=2"),
    ("Provider", "providers", "ProvNum", "UPDATE provider SET SchedNote = 'away' WHERE ProvNum=2"),
    ("Schedule", "schedules", "ScheduleNum", "UPDATE schedule SET Note = 'meeting' WHERE rowid=2"),
    ("ToothInitial", "toothinitials", "ToothInitialNum", "UPDATE toothinitial SET Movement = 2 "),
    (
        "AppointmentDeleted",
        "histappointments",
        "HistApptNum",
        "UPDATE histappointment SET HistApptAction = 4 WHERE HistApptNum=2",
    ),
]


@pytest.mark.parametrize(("table", "path", "key", "change"), CHANGES, ids=lambda value: value[:12])
async def test_an_events_element_is_the_resource_itself(
    office: Office, table: str, path: str, key: str, change: str
) -> None:
    """Key by key in the same order, but for serverDateTime (API guide to Events)."""
    await office.read()
    await office.subscribe(WatchTable=table)
    office.run(change)
    await office.read()
    await office.worker("pacer").step()

    [delivery] = await office.owed()
    elements = json.loads(delivery.body)

    assert delivery.event_name == f"WatchTable: {table}"
    assert elements
    for element in elements:
        resource = (await office.client.get(f"/api/v1/{path}/{element[key]}")).json()
        resource.pop("serverDateTime", None)
        assert list(element.items()) == list(resource.items())


async def test_the_start_of_an_idle_subscription_moves_on(new_office: Office) -> None:
    """GET twice is the documented way to see that a Subscription lives."""
    new_office.run("UPDATE patient SET DateTStamp = '2026-01-02 00:00:00'")  # whatever day it is
    await new_office.read()
    number = await new_office.subscribe(DateTimeStart="2026-01-05 08:00:00", PollingSeconds=1)

    await new_office.worker("pacer").step()

    assert (await new_office.shown(number))["DateTimeStart"] > "2026-01-05 08:00:00"


async def test_a_put_of_a_start_sends_again_from_there(office: Office) -> None:
    """An integrator who lost something sets DateTimeStart back and gets it once more."""
    await office.read()
    number = await office.subscribe(PollingSeconds=1)
    office.run("UPDATE patient SET Email = 'a@b.c' WHERE PatNum = 2")
    await office.read()
    start = (await office.shown(number))["DateTimeStart"]
    await office.client.put(f"/api/v1/subscriptions/{number}", json={"DateTimeStart": start})

    await office.worker("pacer").step()

    [delivery] = await office.owed()
    assert [one["PatNum"] for one in json.loads(delivery.body)] == [2]
