"""From rows in a real database to the bytes of Messages, with everything between them real."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.dialects.nexhealth.test_golden import example, leaves
from tests.golden.nexhealth.departures import DEPARTURES, whole_seconds
from tests.golden.nexhealth.native_rows import SCENARIOS, TABLES, Row
from tests.journeys.captured_practice import (
    BOOKKEEPING,
    CapturedPractice,
    Replica,
    captured,
)
from tests.journeys.day_tally import Tally
from tests.journeys.nexhealth_expectation import heard as heard_in
from tests.journeys.nexhealth_verifier import verify_body
from tests.servers.mariadb import Database as Place, MariaDB
from tests.sources.opendental.office import NEW_YORK, reader_of

from bitewing.clock import SystemClock
from bitewing.practice.creating import create
from bitewing.practice.database import Database, connect
from bitewing.practice.schema import load
from bitewing.practice.simulating.simulator import Simulator

ACTIONS = 1200
POLL_EVERY, SETTLE_EVERY = 30, 150
FEWEST_CHANGES, FEWEST_EVENTS = 2000, 1000


@pytest.fixture(
    params=[
        pytest.param("SQLite", id="SQLite"),
        pytest.param("InnoDB", id="InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", id="MyISAM", marks=pytest.mark.live),
    ]
)
def engine(request: pytest.FixtureRequest) -> str:
    """Every kind of database that a practice may have."""
    return str(request.param)


@pytest.fixture
def place(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give an empty database."""
    if engine == "SQLite":
        return Place("SQLite", f"sqlite:///{tmp_path / 'practice.db'}")
    fresh: Callable[[], Place] = request.getfixturevalue("fresh_database")
    return fresh()


@pytest.fixture
def reader(engine: str, place: Place, request: pytest.FixtureRequest) -> str:
    """Give the URL of the account that may only SELECT; "" where files have none."""
    if engine == "SQLite":
        return ""
    server: MariaDB = request.getfixturevalue("mariadb")
    return reader_of(server, place)


# The vendor's examples.


def write(practice: CapturedPractice, watch: str, row: Row) -> None:
    """Write a row, in place of the one that is there, with the stamp that it has."""
    table = load()[TABLES[watch][0]]
    practice.writer.delete(table, int(row[table.key]))
    practice.writer.insert(table.name, dict(row))


IDS = ("id", "_id", "location_ids")


def is_an_id(path: str) -> bool:
    """Our ids are given by the store; the examples have others."""
    last = [part for part in path.split(".") if not part.isdigit()][-1]
    return last in IDS or (last.endswith("_id") and last != "foreign_id")


@pytest.mark.parametrize("name", SCENARIOS)
async def test_an_example_comes_out_of_the_database(
    name: str, engine: str, place: Place, reader: str, tmp_path: Path
) -> None:
    """Keys, order, types, nesting and values are the vendor's; ids are ours."""
    scenario = SCENARIOS[name]
    with connect(place.url, create=True) as writer:
        for table in load().values():
            writer.create_table(table, "InnoDB" if engine == "SQLite" else engine)
    async with captured(place.url, tmp_path, reader=reader) as practice:
        for watch, row in scenario.around:
            write(practice, watch, row)
        if scenario.before is not None:
            write(practice, scenario.watch, scenario.before)
        await practice.read()
        await practice.subscribe()

        write(practice, scenario.watch, scenario.after)
        await practice.settle()
        bodies = [json.loads(body) for body in await practice.told()]

    (body,) = [body for body in bodies if body["event_name"] == name]
    compare(name, body)
    assert verify_body(body) == []


def compare(name: str, body: Any) -> None:
    """Compare all but the ids, and the type of these."""
    expected = json.loads(example(name))
    departures = {f"data.{path}": value for path, value in DEPARTURES.get(name, {}).items()}
    ours, theirs = list(leaves(body["data"], "data")), list(leaves(expected["data"], "data"))
    assert [path for path, _, _ in ours] == [path for path, _, _ in theirs]
    for (path, kind, value), (_, their_kind, their_value) in zip(ours, theirs, strict=True):
        if path.endswith("foreign_id_type"):
            assert str(value).startswith("msg-opendental-DataSource-")
        elif is_an_id(path):
            assert path in departures or kind == their_kind
        else:
            wanted = departures.get(path, whole_seconds(their_value))
            assert (path, value) == (path, wanted)


# A day.


@pytest.mark.timeout(400)
async def test_a_replica_of_a_day_is_what_the_database_shows(
    engine: str, place: Place, reader: str, tmp_path: Path
) -> None:
    """Whoever only listens knows all, and hears exactly what must be told, each of it once.

    What must be told is worked out from the tables as they are after each poll and sweep, by a
    mapping of its own (``nexhealth_expectation``): the same Events, as often, of the same things,
    with the same values and the same ``previous_attributes``. Every Message is in order and joins
    up with the last one: each resource is created once, ``previous_attributes`` is what the
    receiver knew, and in the end what was told is what the tables hold.

    It takes half a minute: 2,000 Changes are a day, and the tables are mapped after each poll.
    """
    today = SystemClock().now().astimezone(NEW_YORK).date()
    create(
        place.url,
        patients=25,
        seed=7,
        today=today - timedelta(days=3),
        engine="InnoDB" if engine == "SQLite" else engine,
        zone=NEW_YORK,
    )
    with connect(place.url) as writer:
        let_all_be_old(writer)
    noon = datetime.combine(today, datetime.min.time(), UTC) + timedelta(hours=17)
    replica = Replica()
    async with captured(place.url, tmp_path, reader=reader) as practice:
        await practice.read()
        await practice.subscribe()
        practice.announce_whole()
        replica.known = await practice.view()
        tally = Tally(practice)
        await tally.begin()
        await live_a_day(practice, tally, noon)
        bodies = await practice.told()
        changes = await practice.store.read(lambda tx: tx.changes.latest(practice.source.name))
        replica.hear(bodies)
        shown = await practice.view()

    assert [problem for body in bodies for problem in verify_body(json.loads(body))] == []
    assert replica.problems == []
    assert_told_exactly(tally, bodies)
    assert_same(replica, shown)
    assert changes >= FEWEST_CHANGES
    assert {name.partition(".")[0] for name in replica.events} >= set(SCENARIOS)


def assert_told_exactly(tally: Tally, bodies: Sequence[bytes]) -> None:
    """Compare what was told with what must have been, as often."""
    heard = Counter(event for body in bodies for event in heard_in(body))

    assert sorted((tally.expected - heard).elements()) == [], "expected and not told"
    assert sorted((heard - tally.expected).elements()) == [], "told and not expected"
    assert heard.total() >= FEWEST_EVENTS


async def live_a_day(practice: CapturedPractice, tally: Tally, noon: datetime) -> None:
    """Let the office work, poll often and sweep sometimes, and tally each."""
    with Simulator.open(practice.url, seed=5, clock=lambda: noon, zone=NEW_YORK) as office:
        for number in range(ACTIONS):
            office.step()
            if number % POLL_EVERY == 0:
                await practice.poller.poll()
                await tally.polled()
            if number % SETTLE_EVERY == 0:
                await practice.settle()
                await tally.swept()
    await practice.poller.poll()
    await tally.polled()
    await practice.settle()
    await tally.swept()


def let_all_be_old(writer: Database) -> None:
    """Stamp all rows as if nobody had touched them for days, so that polls look at a day's only."""
    for table in load().values():
        if table.stamp is not None:
            writer.run(f"UPDATE `{table.name}` SET `{table.stamp}` = '2026-01-05 12:00:00'")


def assert_same(replica: Replica, shown: dict[tuple[str, int], dict[str, Any]]) -> None:
    """Compare what was told with what is there, but for BOOKKEEPING."""

    def present(things: Mapping[tuple[str, int], dict[str, Any]]) -> dict[Any, dict[str, Any]]:
        return {
            place: {key: value for key, value in one.items() if key not in BOOKKEEPING}
            for place, one in things.items()
            if not one.get("deleted")
        }

    told, there = present(replica.known), present(shown)

    assert told.keys() == there.keys()
    assert [place for place in told if told[place] != there[place]] == []
