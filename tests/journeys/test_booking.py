"""Booked through NexHealth's API, written through Open Dental's, read back; killed in between."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.journeys.conftest import MakePractice, MakeServer
from tests.journeys.nexhealth_client import NexHealthClient, told_of
from tests.journeys.patience import until
from tests.journeys.receiving import Receiver
from tests.journeys.rig import (
    API_ENV,
    CUSTOMER_KEY,
    DEVELOPER_KEY,
    PASSWORD,
    PASSWORD_ENV,
    Practice,
    Server,
    free_port,
)

from bitewing.clock import SystemClock
from bitewing.practice.database import connect

API_KEY = "nx-4b1fd2a90c57"
PATIENCE = 60.0
EVENTS = ("appointment_insertion", "appointment_created", "appointment_updated")


@pytest.fixture(params=["SQLite", pytest.param("InnoDB", marks=pytest.mark.live)])
def practice(request: pytest.FixtureRequest, make_practice: MakePractice) -> Iterator[Practice]:
    """A practice that is read by its database and written by its own API."""
    made = make_practice(request.param)
    port = free_port()
    command = [sys.executable, "-m", "bitewing", "practice", "serve-api"]
    arguments = ["--url", made.office_url, "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, text=True) as api:
        assert api.stdout is not None
        address = api.stdout.readline().split()[-1]
        yield replace(made, writer=address)
        api.terminate()


@pytest.fixture
def server(practice: Practice, make_server: MakeServer) -> Server:
    """The program, which may write; ready."""
    keys = f'[nexhealth]\napi_keys = [{{ key = "{API_KEY}", institutions = ["main-office"] }}]'
    environment = {PASSWORD_ENV: PASSWORD, API_ENV: f"{DEVELOPER_KEY}/{CUSTOMER_KEY}"}
    made = make_server(practice, further=keys, environment=environment)
    made.start_ready()
    return made


@pytest.fixture
def client(server: Server, hook: Receiver) -> NexHealthClient:
    """A client that is told of appointments."""
    made = NexHealthClient(server.port, API_KEY, "main-office")
    made.authenticate()
    endpoint = made.endpoint(hook.url("nexhealth"))
    for event in EVENTS:
        made.subscribe(endpoint, "Appointment", event)
    return made


def power_cut(server: Server) -> None:
    """Kill it, and start it again."""
    server.kill()
    server.start_ready()


def wish(client: NexHealthClient) -> tuple[dict[str, Any], int]:
    """Give what to book, and where: an evening in three days."""
    (institution,) = client.get("/locations")
    location = institution["locations"][-1]["id"]
    patients = client.get("/patients", location_id=location)["patients"]
    at = SystemClock().now().astimezone(ZoneInfo("America/New_York")) + timedelta(days=3)
    start = at.replace(hour=18, minute=0, second=0, microsecond=0)
    body = {
        "patient_id": patients[0]["id"],
        "provider_id": client.get("/providers")[0]["id"],
        "operatory_id": client.get("/operatories")[0]["id"],
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(minutes=30)).isoformat(),
        "note": "journey",
    }
    return {"appt": body}, location


def heard(hook: Receiver, event: str, holds: Callable[[dict[str, Any]], bool]) -> None:
    """Wait until an Event came that says so."""

    def said() -> bool:
        return any(holds(_appointment(body)) for _, body in told_of(hook, event))

    until(said, PATIENCE, lambda: [arrival.body[:300] for arrival in hook.ledger.taken()])


def _appointment(body: dict[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = body["data"]
    found: dict[str, Any] = (
        data["appointment"] if "appointment" in data else data["appointments"][0]
    )
    return found


def test_an_appointment_lives_through_power_cuts(
    practice: Practice, server: Server, client: NexHealthClient, hook: Receiver
) -> None:
    """One appointment in the practice, and each Event as promised, under one id."""
    body, location = wish(client)
    status, taken = client.ask("POST", "/appointments", body, location_id=location)
    number = taken["data"]["appt"]["id"]
    power_cut(server)
    heard(hook, "appointment_insertion", lambda one: bool(one["id"] == number))
    power_cut(server)
    heard(hook, "appointment_created", lambda one: bool(one["id"] == number))
    path = f"/appointments/{number}"
    client.authenticate()
    client.ask("PATCH", path, {"appt": {"confirmed": True}})
    power_cut(server)
    heard(hook, "appointment_updated", lambda one: bool(one["confirmed"]))
    client.ask("PATCH", path, {"appt": {"cancelled": True}})
    power_cut(server)
    heard(hook, "appointment_updated", lambda one: bool(one["cancelled"]))

    assert status == 201
    with connect(practice.office_url) as office:
        rows = office.rows("SELECT AptStatus, Confirmed FROM appointment WHERE Note = 'journey'")
    assert rows == [(5, 21)]
    for event in EVENTS[:2]:
        assert len({arrival.id for arrival, _ in told_of(hook, event)}) == 1, event
    ((_, inserted), *_) = told_of(hook, "appointment_insertion")
    assert inserted["event_name"] == "appointment_insertion.complete"
    ids = {_appointment(told)["id"] for event in EVENTS for _, told in told_of(hook, event)}
    assert ids == {number}
