"""A practice's day over HTTP: a receiver that keeps a copy by deliveries alone has the practice."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.journeys.conftest import MakeServer
from tests.journeys.nexhealth_client import NexHealthClient
from tests.journeys.nexhealth_verifier import verify
from tests.journeys.patience import until
from tests.journeys.receiving import Receiver
from tests.journeys.rig import Practice

from bitewing.clock import SystemClock
from bitewing.practice.simulating.simulator import Simulator

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

API_KEY = "nx-4b1fd2a90c57"
ACTIONS = 700
EVENTS = [
    ("Appointment", "appointment_created"),
    ("Appointment", "appointment_updated"),
    ("Patient", "patient_created"),
    ("Patient", "patient_updated"),
    ("PatientInsuranceCoverage", "patient_insurance_created"),
    ("PatientInsuranceCoverage", "patient_insurance_updated"),
    ("Procedure", "procedure_created"),
    ("Procedure", "procedure_updated"),
]
UNTOLD = {"updated_at", "last_sync_time", "patient"}
"""Keys whose difference alone is not told: when a row was touched and read, and an appointment's
patient, who is told of by ``patient_updated``. Everything else is compared."""

CHARTED = {"Procedure": "procedures", "PatientInsuranceCoverage": "insurance_coverages"}
"""What is read back with its patient, and by which name."""

Copy = dict[tuple[str, int], dict[str, Any]]


def copy_of(hook: Receiver) -> Copy:
    """Keep a copy as a receiver does, judging each message by what it says was before."""
    copy: Copy = {}
    for one in hook.ledger.arrivals:
        message = json.loads(one.body)
        data = message["data"]
        before = data.pop("previous_attributes", None)
        [things] = data.values()
        for thing in things if isinstance(things, list) else [things]:
            place = (message["resource_type"], thing["id"])
            known = copy.get(place)
            assert before is not None or known is None, f"{message['event_name']} twice"
            if before is not None and known is not None:
                judge(known, thing, before)
            copy[place] = thing
    return copy


def judge(known: dict[str, Any], thing: dict[str, Any], before: dict[str, Any]) -> None:
    """What was before is what is known; what is not said to differ does not."""
    for key in thing.keys() - UNTOLD:
        assert before.get(key, thing[key]) == known.get(key, False), key


@pytest.mark.parametrize("engine", ["InnoDB", "MyISAM"])
def test_a_days_deliveries_give_a_copy_of_the_practice(
    engine: str, make_practice: Callable[..., Practice], make_server: MakeServer
) -> None:
    """Every delivery is verified, every chain exact; what is read back is what was delivered."""
    practice = make_practice(engine, patients=25)
    keys = (
        f'[nexhealth]\napi_keys = [{{ key = "{API_KEY}", institutions = ["main-office"] }}]\n'
        "[nexhealth.limits]\nper_second = 10000\nper_minute = 100000\nrecords_per_minute = 100000"
    )  # everything is read back again and again
    server = make_server(practice, further=keys)
    server.start_ready()
    client, hook = NexHealthClient(server.port, API_KEY, "main-office"), Receiver()
    hook.on()
    try:
        client.authenticate()
        url = hook.url("nexhealth")
        endpoint = client.endpoint(url)
        for resource_type, event in EVENTS:
            client.subscribe(endpoint, resource_type, event)
        with Simulator.open(practice.office_url, seed=5, clock=SystemClock().now) as office:
            for _ in range(ACTIONS):
                office.step()
        until(lambda: differing(client, copy_of(hook)) == [], 120.0, lambda: "the copy differs")
        now, secret = SystemClock().now(), client.secrets[url]
        for one in hook.ledger.arrivals:
            assert verify(secret, one.headers, one.body, received_at=now) == []
    finally:
        hook.off()


def differing(client: NexHealthClient, copy: Copy) -> list[tuple[str, int]]:
    """Give what is otherwise in the copy than when it is asked for."""
    there = read_back(client, copy)
    return [
        place
        for place, thing in copy.items()
        if not thing.get("deleted")
        and any(there[place].get(key, UNTOLD) != thing[key] for key in thing.keys() - UNTOLD)
    ]


def read_back(client: NexHealthClient, copy: Copy) -> Copy:
    """Ask for everything that is in the copy."""
    there: Copy = {place: {} for place in copy}
    patients = {thing["patient_id"] for thing in copy.values() if "patient_id" in thing}
    for number in patients | {number for kind, number in copy if kind == "Patient"}:
        shown = client.get(f"/patients/{number}", **{"include[]": [*CHARTED.values()]})
        there["Patient", number] = shown
        for kind, name in CHARTED.items():
            there |= {(kind, one["id"]): one for one in shown[name]}
    for kind, number in copy:
        if kind == "Appointment" and not copy[kind, number].get("deleted"):
            path = f"/appointments/{number}"
            status, told = client.ask("GET", path, **{"include[]": "descriptors"})
            assert status in {200, 404}, told
            # It may be gone already while the delivery that says so is still on its way.
            there[kind, number] = told["data"] if status == 200 else {}
    return there
