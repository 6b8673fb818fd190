"""Stamps move when a value changes and at no other time, on every server alike."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from tests.practice.conftest import Home

from bitewing.clock import SystemClock
from bitewing.practice import schema
from bitewing.practice.database import Database, Value, connect

LONG_AGO = "2001-02-03 04:05:06"
PATIENT = schema.load()["patient"]


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    """The table of patients, empty but for patient 1, who was stamped long ago."""
    with connect(home.url, create=True) as database:
        database.create_table(PATIENT, home.engine)
        database.insert(
            "patient", {"LName": "Lee", "AddrNote": None, "EstBalance": 0, "DateTStamp": LONG_AGO}
        )
        yield database


def stamp_of(database: Database) -> str:
    ((stamp,),) = database.rows("SELECT DateTStamp FROM patient WHERE PatNum = 1")
    return str(stamp)


def is_now(stamp: str) -> bool:
    at = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return abs(SystemClock().now() - at) < timedelta(minutes=1)


def test_a_new_row_is_stamped_in_utc(database: Database) -> None:
    """A row that is inserted without a stamp is stamped now."""
    database.insert("patient", {"LName": "New"})

    ((stamp,),) = database.rows("SELECT DateTStamp FROM patient WHERE LName = 'New'")
    assert is_now(stamp)


@pytest.mark.parametrize(
    "values",
    [
        {"LName": "Leigh"},
        {"LName": "LEE"},
        {"LName": "Lee", "FName": "Ann"},
        {"AddrNote": ""},
        {"LName": None},
        {"EstBalance": 0.01},
        {"Birthdate": "1980-01-01"},
    ],
    ids=str,
)
def test_a_value_that_changes_moves_the_stamp(database: Database, values: dict[str, Value]) -> None:
    """Any difference counts: in letter case, between nothing and empty, in one of two columns."""
    database.update(PATIENT, 1, values)

    assert is_now(stamp_of(database))


@pytest.mark.parametrize(
    "values",
    [{"LName": "Lee"}, {"AddrNote": None}, {"EstBalance": 0.0}, {"PatStatus": 0, "Title": None}],
    ids=str,
)
def test_writing_what_is_there_already_leaves_the_stamp(
    database: Database, values: dict[str, Value]
) -> None:
    """A statement that changes no value does not move the stamp."""
    database.update(PATIENT, 1, values)

    assert stamp_of(database) == LONG_AGO


def test_a_stamp_that_is_set_stays_as_it_was_set(database: Database) -> None:
    """A statement that sets the stamp itself wins over the server."""
    database.update(PATIENT, 1, {"LName": "Leigh", "DateTStamp": "2002-01-01 00:00:00"})

    assert stamp_of(database) == "2002-01-01 00:00:00"


def test_a_change_of_one_row_leaves_the_others(database: Database) -> None:
    """Only the row that changed is stamped."""
    database.insert("patient", {"LName": "Other"})

    database.update(PATIENT, 2, {"LName": "Another"})

    assert stamp_of(database) == LONG_AGO


def test_every_table_that_has_a_stamp_keeps_it(database: Database, home: Home) -> None:
    """Each of the stamped tables moves its stamp when its last column changes."""
    stamped = {name: table for name, table in schema.load().items() if table.stamp}
    kept = set()

    for name, table in stamped.items():
        if name != "patient":
            database.create_table(table, home.engine)
        stamp = str(table.stamp)
        others = [key for key in table.columns if key not in {stamp, table.key}]
        number = database.insert(name, {stamp: LONG_AGO})
        database.update(table, number, {others[-1]: 1})
        ((moved,),) = database.rows(
            f"SELECT `{stamp}` FROM `{name}` WHERE `{table.key}` = ?", (number,)
        )
        if is_now(moved):
            kept.add(name)

    assert kept == set(stamped)
    assert len(stamped) == 18
