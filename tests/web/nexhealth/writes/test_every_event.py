"""Every Event of both contracts comes about by something that somebody really does."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from tests.journeys.nexhealth_verifier import verify_body
from tests.sources.conformance.writing.practices import served
from tests.web.nexhealth.asking import Client
from tests.web.nexhealth.writes.booking import Desk
from tests.web.office import OTHER_API_KEY, ZONE, Office, open_office

from bitewing.clock import SystemClock
from bitewing.practice.simulating.simulator import Simulator

NEXHEALTH = {
    "appointment_insertion",
    "appointment_created",
    "appointment_updated",
    "appointment_requested",
    "form_request_completed",
    "form_response_insertion",
    "patient_created",
    "patient_updated",
    "patient_insurance_created",
    "patient_insurance_updated",
    "procedure_created",
    "procedure_updated",
    "sync_status_read_change",
    "sync_status_write_change",
}
"""The fourteen of NexHealth's page (v2.2.2)."""
OPEN_DENTAL = {
    "WatchTable: Appointment",
    "WatchTable: AppointmentDeleted",
    "WatchTable: Operatory",
    "WatchTable: PatField",
    "WatchTable: Patient",
    "WatchTable: Provider",
    "WatchTable: Schedule",
    "WatchTable: ToothInitial",
    "UiEventType: PatientSelected",
}
"""The nine of Open Dental's page."""
DEEDS = 250
"""So many things done in the office do each of them, by this seed."""


@pytest.fixture
def hidden(tmp_path: Path, practice: Path) -> Path:
    """Give where the practice's database will be; until then it lies elsewhere."""
    practice.rename(tmp_path / "away.db")
    return practice


@pytest.fixture
async def office(tmp_path: Path, hidden: Path) -> AsyncIterator[tuple[Office, Any]]:
    """The program beside a practice whose database cannot be read yet."""
    async with (
        served(f"sqlite:///{hidden}", ZONE) as api,
        open_office(tmp_path, hidden, writer=api.address) as opened,
    ):
        yield opened, api


async def subscribe(office: Office) -> None:
    """Wish for everything, in both dialects."""
    client = Client(office)
    endpoint = await client.endpoint()
    for event in sorted(NEXHEALTH):
        await client.subscribe(endpoint["id"], event)
    for event_name in sorted(OPEN_DENTAL):
        family, _, name = event_name.partition(": ")
        nothing = {"WatchTable": None, "PollingSeconds": None}
        pace = {"PollingSeconds": 1} if family == "WatchTable" else nothing
        await office.subscribe(**pace, **{family: name})


async def be_seen_again(office: Office, tmp_path: Path) -> None:
    """The database cannot be read, then it can: both lights turn green."""
    lights = office.worker("sync status")
    for poller in office.program.pollers:
        await poller.poll()
    await lights.step()
    (tmp_path / "away.db").rename(office.practice)
    await office.read()
    await office.worker("scribe").step()
    await lights.step()


async def write(office: Office, api: Any) -> None:
    """Book a place twice, hand in a form, and ask where nothing is written."""
    desk = await Desk.of(office, api)
    await desk.book()
    await desk.book()
    form = await desk.ask("POST", "/forms/request", {"form_request": {"patient_id": desk.patient}})
    await office.client.post(f"/forms/{form.data['form_request']['id']}", data={"allergies": "no"})
    await desk.write()
    unwritten = await Desk.of(office, api, OTHER_API_KEY, "dark-smiles")
    await unwritten.book()


async def work(office: Office) -> None:
    """Do what is done in an office, and select a patient at a workstation."""
    with Simulator.open(
        f"sqlite:///{office.practice}", seed=3, clock=SystemClock().now, zone=ZONE
    ) as simulator:
        for _ in range(DEEDS):
            simulator.step()
    await office.read()
    selected = {"UiEventType": "PatientSelected", "PatNum": 2, "Workstation": "MOLLYR"}
    await office.client.post("/api/ui-events", json=selected)


def owed(tmp_path: Path) -> list[tuple[str, str, bytes]]:
    """Give dialect, Event and body of all that is owed to anybody."""
    with closing(sqlite3.connect(tmp_path / "bitewing.db")) as store:
        return store.execute(
            "SELECT dialect, event_name, body FROM delivery "
            "JOIN content ON content.delivery = delivery.ordinal"
        ).fetchall()


async def test_every_event_comes_about_by_a_real_deed(
    office: tuple[Office, Any], tmp_path: Path
) -> None:
    """All fourteen and all nine; what NexHealth's clients are told has the contract's shape."""
    program, api = office
    await subscribe(program)
    await be_seen_again(program, tmp_path)
    await write(program, api)
    await work(program)
    await program.worker("pacer").step()
    told = owed(tmp_path)

    names = {event.partition(".")[0] for _, event, _ in told}
    assert names >= NEXHEALTH | OPEN_DENTAL, (NEXHEALTH | OPEN_DENTAL) - names
    endings = {event for _, event, _ in told if event.startswith(("appointment_ins", "form_res"))}
    assert endings == {
        "appointment_insertion.complete",
        "appointment_insertion.failed",
        "form_response_insertion.complete",
    }
    for dialect, event, body in told:
        if dialect == "nexhealth" and not event.endswith(".failed"):
            assert verify_body(json.loads(body)) == [], event
