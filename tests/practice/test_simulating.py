"""A simulated day changes a practice as people do, and leaves it sound."""

import pytest
from tests.fakes.clock import FakeClock
from tests.practice.conftest import Home
from tests.practice.looking import all_rows, dangling, make

from bitewing.model.errors import InvalidRequestError
from bitewing.practice import schema
from bitewing.practice.database import connect
from bitewing.practice.simulating.action import Action, ActionKind
from bitewing.practice.simulating.simulator import Simulator, simulate

GONE = {
    ActionKind.DELETED,
    ActionKind.FIELD_CLEARED,
    ActionKind.TOOTH_CLEARED,
    ActionKind.SCHEDULE_REMOVED,
    ActionKind.COVERAGE_DROPPED,
}


def live(url: str, steps: int, seed: int = 3) -> list[Action]:
    """Let so many things be done, ten seconds after one another."""
    clock = FakeClock()
    done = []
    with Simulator.open(url, seed=seed, clock=clock.now) as office:
        for _ in range(steps):
            clock.advance(10)
            done.append(office.step())
    return done


def test_a_practice_stays_sound(home: Home) -> None:
    """After hundreds of actions every reference still leads somewhere."""
    make(home.url, engine=home.engine)

    live(home.url, 200)

    with connect(home.url) as database:
        assert dangling(database) == []


def test_an_action_names_the_row_that_it_made_or_removed(sqlite_url: str) -> None:
    """The row of an action is there afterwards, unless the action removed it."""
    make(sqlite_url)
    clock = FakeClock()
    wrong = []

    with Simulator.open(sqlite_url, seed=5, clock=clock.now) as office, connect(sqlite_url) as eye:
        for _ in range(400):
            clock.advance(10)
            action = office.step()
            key = schema.load()[action.table].key
            found = eye.rows(f"SELECT 1 FROM `{action.table}` WHERE `{key}` = ?", (action.number,))
            if bool(found) == (action.kind in GONE):
                wrong.append(action)

    assert wrong == []


def test_an_action_really_changes_its_table(sqlite_url: str) -> None:
    """No action writes back what was there already."""
    make(sqlite_url, patients=5)
    clock = FakeClock()
    idle = []

    with Simulator.open(sqlite_url, seed=6, clock=clock.now) as office:
        before = all_rows(sqlite_url)
        for _ in range(120):
            clock.advance(10)
            action = office.step()
            after = all_rows(sqlite_url)
            if after[action.table] == before[action.table]:
                idle.append(action)
            before = after

    assert idle == []


def test_everything_happens_sooner_or_later(sqlite_url: str) -> None:
    """In a long day every kind of action occurs."""
    make(sqlite_url)

    done = live(sqlite_url, 1200)

    assert {action.kind for action in done} == set(ActionKind)


def test_the_same_seed_does_the_same(sqlite_url: str, home: Home) -> None:
    """On two servers, one seed and one clock lead to the same actions."""
    make(sqlite_url)
    make(home.url, engine=home.engine)

    assert live(home.url, 100) == live(sqlite_url, 100)


def test_a_deletion_writes_history_first(sqlite_url: str) -> None:
    """When an appointment goes, its history already tells that it has been deleted."""
    make(sqlite_url)
    with connect(sqlite_url) as database:
        # Deleting an appointment whose deletion is not yet in the history fails from here on.
        database.run(
            "CREATE TRIGGER history_first BEFORE DELETE ON appointment WHEN NOT EXISTS "
            "(SELECT 1 FROM histappointment WHERE AptNum = OLD.AptNum AND HistApptAction = 4) "
            "BEGIN SELECT RAISE(ABORT, 'no history'); END"
        )

    done = live(sqlite_url, 400)

    deleted = {action.number for action in done if action.kind is ActionKind.DELETED}
    assert len(deleted) > 3
    with connect(sqlite_url) as database:
        told = database.rows("SELECT AptNum FROM histappointment WHERE HistApptAction = 4")
    assert deleted <= {number for (number,) in told}


def test_visits_run_their_course(sqlite_url: str) -> None:
    """A completed appointment was arrived for and seated, in that order."""
    make(sqlite_url)

    done = live(sqlite_url, 800)

    completed = {action.number for action in done if action.kind is ActionKind.COMPLETED}
    assert completed
    with connect(sqlite_url) as database:
        times = database.rows(
            "SELECT AptNum, DateTimeArrived, DateTimeSeated, DateTimeDismissed FROM appointment"
        )
    for number, arrived, seated, dismissed in times:
        if number in completed:
            assert "2026-03-02 00:00:00" < arrived <= seated <= dismissed


def test_changing_the_rooms_of_a_shift_does_not_stamp_the_shift(sqlite_url: str) -> None:
    """As in Open Dental, the links of a shift change without the shift."""
    make(sqlite_url)
    done = live(sqlite_url, 600)
    touched = {
        action.number
        for action in done
        if action.table == "schedule" and action.kind is not ActionKind.ROOMS_CHANGED
    }

    moved = [
        row[0]
        for row in all_rows(sqlite_url)["schedule"]
        if row[list(schema.load()["schedule"].columns).index("DateTStamp")] > "2026-03-02 05:00:00"
    ]

    assert any(action.kind is ActionKind.ROOMS_CHANGED for action in done)
    assert set(moved) <= touched


def test_no_action_tells_a_name(sqlite_url: str) -> None:
    """Summaries can be shown to anybody: they hold no patient's name."""
    make(sqlite_url)

    done = live(sqlite_url, 500)

    with connect(sqlite_url) as database:
        names = {name for row in database.rows("SELECT LName, FName FROM patient") for name in row}
    words = {word for action in done for word in action.summary.split()}
    assert names & words == set()


def test_an_older_practice_lives_too(home: Home) -> None:
    """A practice of 21.1, without electronic forms and later columns, is lived in as well."""
    make(home.url, engine=home.engine, version="21.1")

    done = live(home.url, 100)

    assert len(done) == 100
    assert {action.table for action in done} & {"eform", "eformfield"} == set()


def test_actions_come_at_the_rate_that_was_asked_for(sqlite_url: str) -> None:
    """Two a second for three seconds are six, evenly spaced."""
    make(sqlite_url)
    clock = FakeClock()
    began_at = clock.now()

    done = list(
        simulate(sqlite_url, rate=2, seconds=3, seed=1, clock=clock.now, wait=clock.advance)
    )

    assert [(action.at - began_at).total_seconds() for action in done] == [0, 0.5, 1, 1.5, 2, 2.5]


def test_a_slow_server_does_not_prolong_the_simulation(sqlite_url: str) -> None:
    """When waiting takes longer than wished, fewer actions are done in the time given."""
    make(sqlite_url)
    clock = FakeClock()

    done = list(
        simulate(
            sqlite_url,
            rate=2,
            seconds=3,
            seed=1,
            clock=clock.now,
            wait=lambda seconds: clock.advance(seconds + 1),
        )
    )

    assert len(done) < 6


@pytest.mark.parametrize("rate", [0, -1])
def test_a_rate_must_be_above_zero(sqlite_url: str, rate: float) -> None:
    """Nothing a second, or less, is no rate."""
    clock = FakeClock()

    with pytest.raises(InvalidRequestError, match="rate"):
        next(simulate(sqlite_url, rate=rate, seconds=1, seed=1, clock=clock.now, wait=print))


def test_an_empty_database_cannot_be_lived_in(sqlite_url: str) -> None:
    """Where there are no tables, the simulator says so."""
    connect(sqlite_url, create=True).close()

    with pytest.raises(InvalidRequestError, match="create one first"):
        live(sqlite_url, 1)
