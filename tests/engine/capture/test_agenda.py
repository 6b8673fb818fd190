"""The agenda: nothing waits for ever, and nothing takes more than its share."""

from dataclasses import replace

import pytest
from tests.fakes.source import APPOINTMENT, PATIENT, SCHEDULE_OP

from bitewing.engine.capture.agenda import (
    ROWS_SECONDS,
    SHARE,
    SMALL_ROWS,
    SMALL_SECONDS,
    SOON_SECONDS,
    STAMPS_SECONDS,
    SUSPICIOUS_SHARE,
    Agenda,
)
from bitewing.engine.capture.sweeping import Sweep
from bitewing.model.watch import Depth, Watch

WATCHES = [APPOINTMENT, PATIENT, SCHEDULE_OP]
FEW, MANY = SMALL_ROWS, SMALL_ROWS + 1


def at_once(agenda: Agenda, watch: Watch, depth: Depth, *, seconds: float, now: float) -> None:
    """Sweep until that sweep has been made; everything takes no time but this."""
    while (sweep := agenda.next([watch], now=now)) is not None:
        sweep.seconds = seconds if sweep.depth is depth else 0.0
        agenda.finished(sweep, now=now, rows=FEW)


def started() -> Agenda:
    """Give an agenda all of whose sweeps were made at the moment 100."""
    agenda = Agenda()
    agenda.next(WATCHES, now=0)
    while (sweep := agenda.next(WATCHES, now=100)) is not None:
        agenda.finished(sweep, now=100, rows=MANY)
    return agenda


def due(agenda: Agenda, *, now: float) -> list[tuple[str, Depth]]:
    """Make everything that is due now; give it in its order."""
    made = []
    while (sweep := agenda.next(WATCHES, now=now)) is not None:
        made.append((sweep.watch.name, sweep.depth))
        agenda.finished(sweep, now=now, rows=MANY)
    return made


def test_everything_is_looked_at_within_a_minute_of_the_start() -> None:
    """Nobody knows what happened before; but not in the very first moment."""
    agenda = Agenda()
    at_first = due(agenda, now=0)
    within = due(agenda, now=STAMPS_SECONDS)

    assert at_first == []
    assert set(within) == {
        ("Appointment", Depth.STAMPS),
        ("Appointment", Depth.ROWS),
        ("Patient", Depth.STAMPS),
        ("Patient", Depth.ROWS),
        ("ScheduleOp", Depth.ROWS),
    }


@pytest.mark.parametrize(
    ("watch", "depth", "rows", "expected"),
    [
        (APPOINTMENT, Depth.STAMPS, FEW, STAMPS_SECONDS),
        (APPOINTMENT, Depth.STAMPS, MANY, STAMPS_SECONDS),
        (APPOINTMENT, Depth.ROWS, FEW, ROWS_SECONDS),
        (APPOINTMENT, Depth.ROWS, MANY, ROWS_SECONDS),
        (SCHEDULE_OP, Depth.ROWS, FEW, SMALL_SECONDS),
        (SCHEDULE_OP, Depth.ROWS, MANY, STAMPS_SECONDS),
    ],
)
@pytest.mark.parametrize("seconds", [0.0, 0.001, 0.9, 40.0])
def test_a_sweep_comes_again_at_its_time_and_within_its_share(
    watch: Watch, depth: Depth, rows: int, expected: float, seconds: float
) -> None:
    """What costs more than a hundredth of the time comes later."""
    agenda = Agenda()
    sweep = Sweep(watch, depth, seconds=seconds)
    agenda.finished(sweep, now=1000, rows=rows)
    pause = max(expected, seconds / SHARE)

    assert due_of(agenda, watch, depth, now=1000 + pause - 0.1) == []
    assert due_of(agenda, watch, depth, now=1000 + pause) == [depth]


def due_of(agenda: Agenda, watch: Watch, depth: Depth, *, now: float) -> list[Depth]:
    found = []
    while (sweep := agenda.next([watch], now=now)) is not None:
        found.append(sweep.depth)
    return [one for one in found if one is depth]


def test_the_most_overdue_comes_first_so_that_none_starves() -> None:
    """However often one Watch is suspected, the others have their turn."""
    agenda = started()
    turns: list[str] = []
    now = 100 + STAMPS_SECONDS
    for _ in range(200):
        agenda.suspect(APPOINTMENT, Depth.STAMPS, now=now)
        sweep = agenda.next(WATCHES, now=now)
        if sweep is not None:
            turns.append(sweep.watch.name)
            agenda.finished(sweep, now=now, rows=MANY)
        now += 1

    assert turns.count("Patient") >= 200 // STAMPS_SECONDS
    assert turns.count("ScheduleOp") >= 200 // STAMPS_SECONDS


def test_a_suspicion_is_followed_at_once_but_not_all_the_time() -> None:
    """After a pause, however often it is said."""
    agenda = started()
    agenda.suspect(PATIENT, Depth.STAMPS, now=110)
    first = due(agenda, now=110)
    agenda.suspect(PATIENT, Depth.STAMPS, now=110)
    again = due(agenda, now=110)

    assert (first, again) == ([("Patient", Depth.STAMPS)], [])
    assert due(agenda, now=110 + SOON_SECONDS) == [("Patient", Depth.STAMPS)]


def test_a_suspicion_of_a_large_table_waits_until_it_can_be_borne() -> None:
    """A sweep that took two seconds is not made every two seconds."""
    agenda = Agenda()
    agenda.suspect(PATIENT, Depth.STAMPS, now=0)
    at_once(agenda, PATIENT, Depth.STAMPS, seconds=2.0, now=0)
    agenda.suspect(PATIENT, Depth.STAMPS, now=1)

    assert due_of(agenda, PATIENT, Depth.STAMPS, now=2.0 / SUSPICIOUS_SHARE - 0.1) == []
    assert due_of(agenda, PATIENT, Depth.STAMPS, now=2.0 / SUSPICIOUS_SHARE) == [Depth.STAMPS]


def test_a_suspicion_puts_nothing_off() -> None:
    """What was overdue already stays as overdue as it was."""
    agenda = started()
    agenda.suspect(PATIENT, Depth.STAMPS, now=110)
    agenda.suspect(APPOINTMENT, Depth.STAMPS, now=111)
    agenda.suspect(PATIENT, Depth.STAMPS, now=112)

    assert due(agenda, now=112) == [("Patient", Depth.STAMPS), ("Appointment", Depth.STAMPS)]


def test_what_is_suspected_during_a_sweep_is_looked_at_by_the_next() -> None:
    """The one under way may be past that place already."""
    agenda = started()
    agenda.suspect(PATIENT, Depth.ROWS, now=110)
    sweep = agenda.next(WATCHES, now=110)
    agenda.suspect(PATIENT, Depth.ROWS, now=111)
    assert sweep is not None
    agenda.finished(sweep, now=113, rows=MANY)

    assert due(agenda, now=113) == [("Patient", Depth.ROWS)]


def test_without_a_stamp_there_is_but_one_depth() -> None:
    """A suspicion of its stamps is one of its rows."""
    agenda = started()
    agenda.suspect(SCHEDULE_OP, Depth.STAMPS, now=110)

    assert due(agenda, now=110) == [("ScheduleOp", Depth.ROWS)]


def test_the_word_of_a_person_goes_with_the_next_sweep_alone() -> None:
    """At once, whatever was done a moment ago."""
    agenda = started()
    agenda.request(PATIENT, now=101, accepts_all=True)
    first = agenda.next(WATCHES, now=101)
    assert first is not None
    agenda.finished(first, now=101, rows=MANY)
    agenda.suspect(PATIENT, Depth.ROWS, now=200)
    agenda.suspect(APPOINTMENT, Depth.ROWS, now=101)

    assert (first.watch, first.accepts_all) == (PATIENT, True)
    while (sweep := agenda.next(WATCHES, now=300)) is not None:
        assert not sweep.accepts_all
        agenda.finished(sweep, now=300, rows=MANY)


def test_a_person_is_not_kept_waiting() -> None:
    """However short ago, and however long, the last sweep was."""
    agenda = Agenda()
    agenda.request(PATIENT, now=0)
    at_once(agenda, PATIENT, Depth.ROWS, seconds=9.0, now=0)
    agenda.request(PATIENT, now=0.1)

    assert due_of(agenda, PATIENT, Depth.ROWS, now=0.1) == [Depth.ROWS]


def test_an_abandoned_sweep_is_due_at_once_with_all_that_went_with_it() -> None:
    """It begins anew; a person need not repeat what they have said."""
    agenda = started()
    agenda.request(PATIENT, now=110, accepts_all=True)
    sweep = agenda.next(WATCHES, now=110)
    assert sweep is not None
    agenda.abandoned(replace(sweep, gone={1, 2}), now=120)
    anew = agenda.next(WATCHES, now=120)

    assert anew == Sweep(PATIENT, Depth.ROWS, accepts_all=True)


def test_a_table_that_is_no_longer_there_keeps_nobody_awake() -> None:
    """What was planned for it is dropped."""
    agenda = started()
    left = [APPOINTMENT]
    for at in (5000.0, 5000.0, 5000.0):
        sweep = agenda.next(left, now=at)
        if sweep is not None:
            agenda.finished(sweep, now=at, rows=MANY)

    assert agenda.next(left, now=5000) is None
    assert agenda.seconds_until_next(now=5000) > 0


def test_it_says_how_long_nothing_is_due() -> None:
    """Never less than nothing, and never so long that a new Watch would have to wait."""
    agenda = started()
    agenda.suspect(PATIENT, Depth.STAMPS, now=110)

    assert Agenda().seconds_until_next(now=0) == SMALL_SECONDS
    assert started().seconds_until_next(now=100) == SMALL_SECONDS
    assert started().seconds_until_next(now=100 + STAMPS_SECONDS - 2) == pytest.approx(2)
    assert agenda.seconds_until_next(now=120) == 0


def test_it_says_how_late_something_may_be_found() -> None:
    """By the closest look."""
    agenda = Agenda()

    assert agenda.seconds_between(APPOINTMENT) == ROWS_SECONDS
    assert agenda.seconds_between(SCHEDULE_OP) == STAMPS_SECONDS
