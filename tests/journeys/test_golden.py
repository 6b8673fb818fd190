"""Golden rows in real databases: what comes out of the real server is what Open Dental sends."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.golden.opendental.goldens import GOLDENS, Golden
from tests.golden.opendental.native_rows import LENT, ZONE
from tests.journeys.conftest import MakePractice, MakeServer
from tests.journeys.patience import until
from tests.journeys.receiving import Element, Receiver
from tests.journeys.rig import CUSTOMER_KEY, Practice, Server, run

from bitewing.practice.database import Database, connect

FOLDER = Path(__file__).parents[1] / "golden" / "opendental"
WORKSTATION = "MOLLYR"
SELECTED = "UiEventType: PatientSelected"
STAMPED = ("DateTStamp", "SecDateTEdit")
PATHS = {
    "Appointment": "appointments/18",
    "AppointmentDeleted": "histappointments/301",
    "Operatory": "operatories/3",
    "PatField": "patfields/77",
    "Patient": "patients/28",
    "Provider": "providers/1",
    "Schedule": "schedules/12",
    "ToothInitial": "toothinitials/9",
}
TABLES = [golden for golden in GOLDENS.values() if golden.event_name != SELECTED]


@pytest.fixture(
    params=[
        "SQLite",
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
def practice(request: pytest.FixtureRequest, make_practice: MakePractice) -> Practice:
    """An office that holds the golden rows, and the names that other tables lend them."""
    practice = make_practice(request.param, patients=1)
    with connect(practice.office_url) as office:
        office.run("DELETE FROM scheduleop WHERE ScheduleNum = 12")
        for table, row in (*LENT, *((golden.table, golden.row) for golden in TABLES)):
            marks = ", ".join("?" * len(row))
            office.run(
                f"REPLACE INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values())
            )
    return practice


def test_golden_rows_come_out_as_golden_messages(
    practice: Practice, make_server: MakeServer, receiver: Receiver
) -> None:
    """The vendor's example appointment, a row of every table and a selected patient.

    Read back before anything happens they are golden to the last stamp; touched once, each is
    announced field for field, in order, with the same JSON types, under Open Dental's headers;
    and read back again they are what was announced.
    """
    server = make_server(practice)
    server.start_ready()
    for golden in GOLDENS.values():
        name = golden.event_name.partition(": ")[2]
        server.subscribe(receiver.url(name), golden.event_name, Workstation=WORKSTATION)
    at_rest = {golden.event_name: read_back(server, golden) for golden in TABLES}

    with connect(practice.office_url) as office:
        for golden in TABLES:
            touch(office, golden)
        report_selection(server)
        until(lambda: {one.event_name for one in receiver.ledger.taken()} >= expected_events())
        stamps = {golden.event_name: stamp_of(office, golden) for golden in TABLES}

    assert at_rest == {golden.event_name: typed(body_of(golden)) for golden in TABLES}
    for arrival in receiver.ledger.taken():
        golden = next(one for one in GOLDENS.values() if one.event_name == arrival.event_name)
        stamp = stamps.get(arrival.event_name) or stamps["WatchTable: Patient"]
        [element] = arrival.elements
        assert typed(element) == typed(stamped(body_of(golden), stamp))
        assert arrival.headers["authorization"] == CUSTOMER_KEY
        assert arrival.headers["workstation"] == WORKSTATION
        if golden.event_name != SELECTED:
            assert read_back(server, golden) == typed(element)
    assert len(receiver.ledger.taken()) == len(GOLDENS)


def expected_events() -> set[str]:
    return {golden.event_name for golden in GOLDENS.values()}


def body_of(golden: Golden) -> Element:
    """Give the one element of a golden request's body."""
    name = next(name for name, one in GOLDENS.items() if one is golden)
    head, _, body = (FOLDER / f"{name}.http").read_text("utf-8").replace("\r", "").partition("\n\n")
    assert head.startswith("POST")
    parsed = json.loads(body)
    element: Element = parsed[0] if isinstance(parsed, list) else parsed
    return element


def typed(element: Element) -> list[tuple[str, object, str]]:
    """Say the JSON type too: in Python, 0 equals 0.0 and False."""
    return [(key, value, type(value).__name__) for key, value in element.items()]


def stamped(element: Element, stamp: str) -> Element:
    """Give the element as it is once the row has been stamped then."""
    return {key: stamp if key in STAMPED else value for key, value in element.items()}


def stamp_column(golden: Golden) -> str:
    return next(column for column in STAMPED if column in golden.row)


def touch(office: Database, golden: Golden) -> None:
    """Stamp the row, as any change of it would."""
    office.run(
        f"UPDATE {golden.table} SET {stamp_column(golden)} = CURRENT_TIMESTAMP "
        f"WHERE {golden.key} = ?",
        (golden.row[golden.key],),
    )


def stamp_of(office: Database, golden: Golden) -> str:
    """Read the row's stamp, and write it as the office's clock shows it."""
    [(stamp,)] = office.rows(
        f"SELECT {stamp_column(golden)} FROM {golden.table} WHERE {golden.key} = ?",
        (golden.row[golden.key],),
    )
    at = datetime.fromisoformat(str(stamp)).replace(tzinfo=UTC).astimezone(ZONE)
    return at.strftime("%Y-%m-%d %H:%M:%S")


def read_back(server: Server, golden: Golden) -> list[tuple[str, object, str]]:
    """GET the row; ``serverDateTime`` belongs to the answer and not to the row."""
    answer = server.call("GET", f"/api/v1/{PATHS[golden.event_name.partition(': ')[2]]}")
    assert answer.status == 200, answer.body
    return typed({key: value for key, value in answer.json.items() if key != "serverDateTime"})


def report_selection(server: Server) -> None:
    """A person at the workstation selects the patient, whose program link calls the command."""
    told = run(
        *("ui-event", "PatientSelected", "--pat-num", "28", "--workstation", WORKSTATION),
        *("--config", str(server.config)),
        environment=server.environment,
    )
    assert (told.returncode, told.stdout) == (0, "PatientSelected: 1 to deliver.\n"), told.stderr
