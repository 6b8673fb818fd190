"""A client of NexHealth's API points at bitewing: from its key to a signed delivery, and back."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from bench.chaos import shifted
from tests.journeys.conftest import MakePractice, MakeServer
from tests.journeys.nexhealth_client import NexHealthClient, told_of
from tests.journeys.nexhealth_verifier import verify
from tests.journeys.patience import until
from tests.journeys.receiving import Mood, Receiver
from tests.journeys.rig import Practice, Server

from bitewing.clock import SystemClock
from bitewing.practice.database import Database, connect

API_KEY = "nx-4b1fd2a90c57"
OFF_SECONDS = 24.0
"""So long the program was off; the first retry is due 30 seconds after the first attempt."""

EVENTS = [
    ("Appointment", "appointment_created"),
    ("Appointment", "appointment_updated"),
    ("Patient", "patient_created"),
    ("Patient", "patient_updated"),
    ("PatientInsuranceCoverage", "patient_insurance_updated"),
    ("Procedure", "procedure_updated"),
]


@pytest.fixture(
    params=[
        "SQLite",
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
def practice(request: pytest.FixtureRequest, make_practice: MakePractice) -> Practice:
    """A small practice on each kind of database."""
    return make_practice(request.param)


@pytest.fixture
def server(practice: Practice, make_server: MakeServer) -> Server:
    """The program with an API key that reaches the practice, ready."""
    keys = f'[nexhealth]\napi_keys = [{{ key = "{API_KEY}", institutions = ["main-office"] }}]'
    made = make_server(practice, further=keys)
    made.start_ready()
    return made


@pytest.fixture
def client(server: Server) -> NexHealthClient:
    """A client with a token."""
    made = NexHealthClient(server.port, API_KEY, "main-office")
    made.authenticate()
    return made


def test_a_change_becomes_a_signed_delivery_that_can_be_read_back(
    practice: Practice, client: NexHealthClient, hook: Receiver
) -> None:
    """Authenticate, endpoint, subscriptions; a patient, an appointment, a coverage change.

    Every delivery stands before an independent verifier: signature, envelope, shape. What is
    read back by the ids in it is what was delivered.
    """
    url = hook.url("nexhealth")
    endpoint = client.endpoint(url)
    for resource_type, event in EVENTS:
        client.subscribe(endpoint, resource_type, event)

    with connect(practice.office_url) as office:
        visit = a_visit(office)
        office.run("UPDATE patient SET Email = 'new@example.com' WHERE PatNum = 2")
        office.run("UPDATE appointment SET Note = 'Bring the retainer' WHERE AptNum = ?", (visit,))
        office.run("UPDATE patplan SET Ordinal = 2 WHERE PatPlanNum = 1")

    patient = wait_for(hook, "patient_updated")
    appointment = wait_for(hook, "appointment_updated")
    coverage = wait_for(hook, "patient_insurance_updated")

    assert patient["data"]["patient"]["email"] == "new@example.com"
    assert "email" in patient["data"]["previous_attributes"]
    assert appointment["data"]["appointment"]["note"] == "Bring the retainer"
    assert coverage["data"]["previous_attributes"] == {"priority": 1}
    now, secret = SystemClock().now(), client.secrets[url]
    for one in hook.ledger.arrivals:
        assert verify(secret, one.headers, one.body, received_at=now) == []
    told = appointment["data"]["appointment"]
    back = client.get(f"/appointments/{told['id']}", **{"include[]": ["patient", "descriptors"]})
    assert back == told
    told = patient["data"]["patient"]
    assert client.get(f"/patients/{told['id']}") == told
    told = coverage["data"]["patient_insurance_coverage"]
    assert told in client.get(f"/patients/{told['patient_id']}/insurance_coverages", per_page=50)


def test_deleting_is_told_as_an_update_and_stopping_stops(
    practice: Practice, client: NexHealthClient, hook: Receiver
) -> None:
    """A stopped subscription hears nothing of what comes then; a location filter lets less by."""
    endpoint = client.endpoint(hook.url("nexhealth"))
    [institution] = client.get("/locations")
    [*clinics] = [one["id"] for one in institution["locations"]]
    number = client.subscribe(endpoint, "Patient", "patient_updated")
    path = f"/webhook_endpoints/{endpoint}/webhook_subscriptions/{number}"

    def rename(name: str) -> None:
        with connect(practice.office_url) as office:
            office.run("UPDATE patient SET Preferred = ?, Email = ? WHERE PatNum = 2", (name, name))

    def emails() -> list[str]:
        return [one["data"]["patient"]["email"] for _, one in told_of(hook, "patient_updated")]

    rename("first@example.com")
    until(lambda: emails() == ["first@example.com"], what=emails)
    assert client.ask("PATCH", path, {"active": False})[0] == 200
    rename("second@example.com")
    marker = client.subscribe(endpoint, "Patient", "patient_updated", location_ids=clinics)
    assert marker == number  # the same wish is not doubled: it is active again, and filtered
    rename("third@example.com")
    until(lambda: emails()[-1] == "third@example.com", what=emails)

    assert emails()[0] == "first@example.com"
    assert client.ask("DELETE", f"/webhook_endpoints/{endpoint}")[0] == 204
    assert client.ask("GET", "/webhook_endpoints")[1]["data"] == []


@pytest.mark.parametrize("practice", ["SQLite"], indirect=True)
def test_what_failed_comes_again_with_a_new_timestamp(
    practice: Practice, client: NexHealthClient, hook: Receiver, server: Server
) -> None:
    """Half a minute later the same body, signed anew; also when the program ended meanwhile.

    While it was off its machine's clock went on by most of that half minute; the rest is waited
    for. One kind of database is enough: nothing of this is the database's.
    """
    url = hook.url("nexhealth")
    client.subscribe(client.endpoint(url), "Patient", "patient_updated")
    hook.mood = Mood.FAILS
    with connect(practice.office_url) as office:
        office.run("UPDATE patient SET Email = 'again@example.com' WHERE PatNum = 2")
    until(lambda: hook.ledger.arrivals)
    assert server.stop() == 0
    hook.mood = Mood.TAKES
    let_it_be_later(server, OFF_SECONDS)
    server.start_ready()

    until(lambda: told_of(hook, "patient_updated"))

    first, last = hook.ledger.arrivals[0], hook.ledger.arrivals[-1]
    assert first.body == last.body
    assert first.headers["webhook-id"] == last.headers["webhook-id"]
    gap = datetime.fromisoformat(last.headers["timestamp"]) - datetime.fromisoformat(
        first.headers["timestamp"]
    )
    assert gap >= timedelta(seconds=30)
    assert verify(client.secrets[url], last.headers, last.body) == []


def test_the_faces_live_under_one_port(server: Server, client: NexHealthClient) -> None:
    """Open Dental's API, NexHealth's, and our own, each with its own errors."""
    assert isinstance(server.call("GET", "/api/v1/nothing").json, str)
    assert "code" in server.call("GET", "/api/nothing").json["error"]
    assert client.ask("GET", "/appointments")[1]["error"] == ["Missing parameter start"]
    assert server.call("GET", "/health").json == {"status": "alive"}


def let_it_be_later(server: Server, seconds: float) -> None:
    """Let the server's next life be on a machine whose clock has gone on by so much more."""
    clock = server.directory / "clock"
    clock.write_text(str(seconds))
    server.environment[shifted.FILE] = str(clock)
    server.program = shifted.__name__


def wait_for(hook: Receiver, event: str) -> dict[str, Any]:
    """Give the last message of an event, once there is one."""
    until(lambda: told_of(hook, event), what=lambda: len(hook.ledger.arrivals))
    return told_of(hook, event)[-1][1]


def a_visit(office: Database) -> int:
    """Give an appointment that is announced."""
    [[number]] = office.rows("SELECT MAX(AptNum) FROM appointment WHERE AptStatus = 1")
    return int(number)
