"""A created practice is whole, plausible, and the same every time."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from tests.practice.conftest import Home
from tests.practice.looking import MONDAY, all_rows, dangling, make

from bitewing.model.errors import InvalidRequestError
from bitewing.practice import schema
from bitewing.practice.creating import create
from bitewing.practice.database import connect

EMPTY_AT_FIRST = {"apisubscription"}
ALREADY_MIDNIGHT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
"""When Monday begins in New York."""


def test_the_same_seed_makes_the_same_rows_on_every_server(home: Home, sqlite_url: str) -> None:
    """Two practices of one seed are equal, row by row, whatever keeps them."""
    make(home.url, engine=home.engine)
    make(sqlite_url)

    assert all_rows(home.url) == all_rows(sqlite_url)


def test_another_seed_makes_another_office(sqlite_url: str) -> None:
    """Practices of two seeds differ."""
    make(sqlite_url, seed=1)
    make(f"{sqlite_url}2", seed=2)

    assert all_rows(sqlite_url)["patient"] != all_rows(f"{sqlite_url}2")["patient"]


def test_every_table_is_there_and_filled(home: Home) -> None:
    """All 34 tables exist, and all but the subscriptions hold rows."""
    make(home.url, engine=home.engine)

    rows = all_rows(home.url)
    assert set(rows) == set(schema.load())
    assert {name for name, found in rows.items() if not found} == EMPTY_AT_FIRST
    assert len(rows["patient"]) == 25


def test_no_reference_leads_nowhere(home: Home) -> None:
    """Every key that a row holds is the key of a row."""
    make(home.url, engine=home.engine, patients=50)

    with connect(home.url) as database:
        assert dangling(database) == []


def test_the_tables_are_kept_by_the_engine_that_was_asked_for(home: Home) -> None:
    """On MySQL every table has the engine; SQLite has none to choose."""
    make(home.url, engine=home.engine, patients=1)

    with connect(home.url) as database:
        if not database.is_sqlite:
            engines = database.rows(
                "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = "
                "DATABASE()"
            )
            assert engines == [(home.engine,)]


def test_a_practice_of_21_1_has_fewer_columns(home: Home) -> None:
    """An older practice is made of its own version's tables, and no less sound."""
    make(home.url, engine=home.engine, version="21.1")

    with connect(home.url) as database:
        assert len(database.table_names() & set(schema.load())) == 31
        assert "SecurityHash" not in database.column_names("patient")
        assert dangling(database) == []


def test_nothing_has_been_touched_since_yesterday(sqlite_url: str) -> None:
    """All stamps lie before the day that is about to begin; the day has appointments."""
    make(sqlite_url, patients=50)

    with connect(sqlite_url) as database:
        for name, table in schema.load().items():
            if table.stamp:
                ((latest,),) = database.rows(f"SELECT MAX(`{table.stamp}`) FROM `{name}`")
                at = datetime.fromisoformat(latest).replace(tzinfo=UTC)
                assert at < ALREADY_MIDNIGHT, name
        ((done,),) = database.rows(
            "SELECT COUNT(*) FROM appointment WHERE AptStatus = 2 AND AptDateTime >= ?",
            (MONDAY.isoformat(),),
        )
        assert done == 0


def test_no_two_appointments_overlap_in_a_room(sqlite_url: str) -> None:
    """A room holds one patient at a time."""
    make(sqlite_url, patients=400)

    with connect(sqlite_url) as database:
        placed = database.rows(
            "SELECT Op, AptDateTime, Pattern FROM appointment WHERE AptStatus IN (1, 2)"
            " ORDER BY Op, AptDateTime"
        )
    overlaps = [
        (before, after)
        for before, after in itertools.pairwise(placed)
        if before[0] == after[0]
        and datetime.fromisoformat(before[1]) + timedelta(minutes=5 * len(before[2]))
        > datetime.fromisoformat(after[1])
    ]
    assert len(placed) > 1000
    assert overlaps == []


def test_a_deleted_appointment_is_in_the_history_alone(sqlite_url: str) -> None:
    """Of each deletion in the history the appointment is gone."""
    make(sqlite_url, patients=200)

    with connect(sqlite_url) as database:
        deleted = database.rows("SELECT AptNum FROM histappointment WHERE HistApptAction = 4")
        left = database.rows(
            "SELECT AptNum FROM appointment WHERE AptNum IN "
            "(SELECT AptNum FROM histappointment WHERE HistApptAction = 4)"
        )
    assert deleted
    assert left == []


def test_guarantors_answer_for_themselves(sqlite_url: str) -> None:
    """Whoever answers for a family answers to nobody else, and families exist."""
    make(sqlite_url, patients=100)

    with connect(sqlite_url) as database:
        chains = database.rows(
            "SELECT a.PatNum FROM patient AS a JOIN patient AS b ON b.PatNum = a.Guarantor "
            "WHERE b.Guarantor <> b.PatNum"
        )
        members = database.rows("SELECT PatNum FROM patient WHERE Guarantor <> PatNum")
    assert chains == []
    assert members


def test_a_practice_that_is_there_is_not_overwritten(home: Home) -> None:
    """Creating refuses a database with Open Dental's tables, and replaces them on request."""
    make(home.url, engine=home.engine, patients=2, seed=1)
    before = all_rows(home.url)

    with pytest.raises(InvalidRequestError, match="already holds 34"):
        make(home.url, engine=home.engine, seed=2)
    assert all_rows(home.url) == before

    create(home.url, patients=3, seed=2, today=MONDAY, engine=home.engine, replace=True)
    assert len(all_rows(home.url)["patient"]) == 3


def test_progress_is_told_to_its_end(sqlite_url: str) -> None:
    """Whoever asks is told of every step, up to the last."""
    told: list[tuple[str, int, int]] = []

    create(
        sqlite_url,
        patients=2,
        seed=1,
        today=MONDAY,
        progress=lambda step, done, total: told.append((step, done, total)),
    )

    assert [done for _, done, _ in told] == list(range(len(told)))
    assert told[-1][0] == "done"
    assert told[-1][1] == told[-1][2]


@pytest.mark.parametrize(
    ("patients", "engine", "version", "message"),
    [
        (0, "InnoDB", "25.4", "at least one patient"),
        (5, "Aria", "25.4", "engine must be"),
        (5, "InnoDB", "new", "not an Open Dental version"),
    ],
)
def test_what_cannot_be_made_is_refused(
    sqlite_url: str, patients: int, engine: str, version: str, message: str
) -> None:
    """Wrong wishes are refused before anything is written."""
    with pytest.raises(InvalidRequestError, match=message):
        make(sqlite_url, patients=patients, engine=engine, version=version)
