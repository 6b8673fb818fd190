"""No patient data: whatever goes wrong, nothing that we say to operators names a patient."""

import json
import re
from collections.abc import Iterator

import pytest
from tests.journeys.conftest import SECRETS, MakePractice, MakeServer
from tests.journeys.office import READINGS, Office
from tests.journeys.patience import until
from tests.journeys.receiving import Mood, Receiver
from tests.journeys.rig import Practice, Server, run

from bitewing.practice import schema

pytestmark = pytest.mark.live
CANARY = "Xq"
"""Short enough for a tooth's number; what comes behind it tells the columns apart."""
TOLD = re.compile(rf"{CANARY}\d*")
TABLES = (
    "appointment",
    "histappointment",
    "operatory",
    "patfield",
    "patient",
    "provider",
    "schedule",
    "toothinitial",
)


@pytest.fixture
def practice(make_practice: MakePractice, engine: str) -> Practice:
    return make_practice(engine)


@pytest.fixture
def office(practice: Practice) -> Iterator[Office]:
    with Office(practice.office_url) as office:
        yield office


def hide_canaries(office: Office) -> None:
    """Put a name into every text column of a row of every table that is read."""
    for table in TABLES:
        texts = [
            column.name
            for column in schema.load()[table].columns.values()
            if re.search(r"char\((?!1\))|text", column.type)
        ]
        # Too long ones are cut by the server, as by a lenient office's.
        values = ", ".join(f"`{name}` = '{CANARY}{place}'" for place, name in enumerate(texts))
        office.do(f"UPDATE {table} SET {values} ORDER BY {schema.load()[table].key} LIMIT 1")
    office.do(f"UPDATE histappointment SET HistApptAction = 4, Note = '{CANARY}' LIMIT 1")
    office.do(f"UPDATE definition SET ItemName = '{CANARY}'")


def test_no_canary_sings(
    practice: Practice, office: Office, make_server: MakeServer, receiver: Receiver
) -> None:
    """Names stand in every column while everything fails that can.

    A receiver fails, hangs up and comes back, people ask wrong questions, the program is killed,
    a table vanishes. The receiver is told all of them; the journal, /ready and every error are
    told none, nor any key or password.
    """
    server = make_server(practice)
    server.start_ready()
    receiver.mood = Mood.FAILS
    for event_name in (*READINGS, "UiEventType: PatientSelected"):
        server.subscribe(receiver.url(event_name.partition(": ")[2]), event_name)
    hide_canaries(office)
    until(lambda: {one.event_name for one in receiver.ledger.arrivals} >= set(READINGS))
    receiver.mood = Mood.HANGS_UP
    until(lambda: any(one.status == Mood.HANGS_UP.value for one in receiver.ledger.arrivals))
    said = wrong_questions(server)
    server.kill()
    receiver.mood = Mood.TAKES
    server.start_ready()
    said.append(without_a_table(server, office))
    until(lambda: {one.event_name for one in receiver.ledger.taken()} >= set(READINGS))
    said += [server.output, doctor(server)]

    told = "".join(one.body.decode() for one in receiver.ledger.taken())
    assert len(set(TOLD.findall(told))) > 20
    assert [TOLD.findall(text) for text in said] == [[]] * len(said)
    assert [secret for text in said for secret in SECRETS if secret in text] == []
    assert len(server.journal("delivery.attempted")) >= 2 * len(READINGS)


def without_a_table(server: Server, office: Office) -> str:
    """Let a table vanish until that was noticed; give what ``/ready`` says meanwhile."""
    office.do("RENAME TABLE toothinitial TO elsewhere")
    until(lambda: server.journal("source.failed"))
    said = server.call("GET", "/ready").body.decode()
    office.do("RENAME TABLE elsewhere TO toothinitial")
    return said


def wrong_questions(server: Server) -> list[str]:
    """Ask what cannot be answered; give the answers, which repeat nothing of a row."""
    ui_event = {"UiEventType": "PatientSelected", "Workstation": "FRONT"}
    answers = [
        server.call("GET", "/ready"),
        server.call("GET", "/api/v1/patients/999999"),
        server.call("GET", "/api/v1/appointments?date=yesterday"),
        server.call("GET", "/api/v1/appointments", key="nobody"),
        server.call("POST", "/api/v1/subscriptions", {"EndPointUrl": "ftp://x"}),
        server.call("PUT", "/api/v1/subscriptions/1", {"WatchTable": "Patient"}),
        server.call("POST", "/api/ui-events", {**ui_event, "PatNum": 999999}),
        server.call("POST", "/api/ui-events", {**ui_event, "PatNum": "many"}),
        server.call("POST", "/api/ui-events", {**ui_event, "PatNum": 1}),
    ]
    assert [one.status for one in answers] == [200, 404, 400, 401, 400, 400, 404, 422, 202]
    return [one.body.decode() for one in answers]


def doctor(server: Server) -> str:
    told = run("doctor", "--json", "--config", str(server.config), environment=server.environment)
    assert {"subject", "detail", "mend", "light"} == set(json.loads(told.stdout)[0])
    return told.stdout + told.stderr
