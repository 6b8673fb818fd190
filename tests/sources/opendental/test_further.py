"""What is followed besides Open Dental's own Watches, for resources made of many tables."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path

import pytest
from tests.servers.mariadb import Database as Place
from tests.sources.opendental.office import NEW_YORK, source_at

from bitewing.practice import creating
from bitewing.sources.opendental import OpenDental
from bitewing.sources.opendental.watches import FURTHER, PREFERENCES, WATCHED

FURTHER_NAMES = set(FURTHER) - set(WATCHED)
PARENTS = {
    "Procedure": ("Appointment", "Patient", "ProcedureCode"),
    "HistAppointment": ("Appointment",),
    "PatPlan": ("InsSub", "Patient"),
    "InsSub": ("InsPlan", "Patient"),
    "Sheet": ("Patient",),
    "EForm": ("Patient",),
    "Appointment": ("Patient", "Operatory", "Provider", "AppointmentType", "Clinic", "Definition"),
}


@pytest.fixture(
    params=[
        "SQLite",
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a filled practice on each kind of database."""
    engine = request.param
    if engine == "SQLite":
        place = f"sqlite:///{tmp_path}/practice.db"
    else:
        make: Callable[[], Place] = request.getfixturevalue("fresh_database")
        place = make().url
    creating.create(
        place,
        patients=8,
        seed=7,
        today=date(2026, 3, 2),
        engine=engine if engine != "SQLite" else "InnoDB",
        zone=NEW_YORK,
    )
    return place


@pytest.fixture
async def source(url: str) -> AsyncIterator[OpenDental]:
    """Give its Source, opened."""
    made = source_at(url, reads_further=True)
    await made.open()
    yield made
    await made.close()


async def test_nothing_more_is_followed_unless_it_is_wished_for(url: str) -> None:
    """Whose institution no client of NexHealth sees: no handles but those that find parts."""
    plain = source_at(url)
    await plain.open()
    watches = list(plain.watches)
    await plain.close()

    assert {watch.name for watch in watches} == set(WATCHED) == plain.wanted
    assert {watch.name: watch.handles for watch in watches if watch.handles} == {
        "ScheduleOp": ("ScheduleNum",)
    }


async def test_every_further_watch_is_found_and_read(source: OpenDental) -> None:
    """All are there in a database of today, and the demo practice fills each."""
    found = {watch.name: watch for watch in source.watches}
    counts = {name: len(await source.read_after(found[name], None, 5)) for name in FURTHER_NAMES}

    assert set(found) == source.wanted == set(FURTHER)
    assert all(counts.values()), counts


async def test_children_come_before_their_parents(source: OpenDental) -> None:
    """So that a child is never newer than the parent that is read with it."""
    order = [watch.name for watch in source.watches]

    for child, parents in PARENTS.items():
        assert all(order.index(child) < order.index(parent) for parent in parents), child


async def test_handles_are_columns_of_their_tables(source: OpenDental) -> None:
    """The columns by which a Dialect looks."""
    for watch in source.watches:
        records = await source.read_after(watch, None, 1)
        assert all(set(watch.handles) <= set(record.native) for record in records)


async def test_credentials_among_the_preferences_are_not_read(source: OpenDental) -> None:
    """Only those that are asked for, though the table has many; a sweep sees no others."""
    watch = next(one for one in source.watches if one.name == "Preference")
    records = await source.read_after(watch, None, 1000)
    names = {record.native["PrefName"] for record in records}

    assert names <= {name.encode() for name in PREFERENCES}
    assert await source.count(watch) == len(records)
