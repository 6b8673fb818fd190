"""The rules of appointments: what a row and its history mean."""

from typing import Any

import pytest
from tests.dialects.nexhealth.making import a_record, a_scene

from bitewing.dialects.nexhealth.rules import attendance, broken, confirmed
from bitewing.model.record import Record

CREATED, CHANGED, MISSED, CANCELLED, DELETED = range(5)


def an_appointment(**columns: str | int) -> Record:
    return a_record("Appointment", 18, **columns)


def history(*entries: tuple[int, str, dict[str, Any]]) -> list[Record]:
    """Make the history rows of appointment 18: action, when, and columns."""
    return [
        a_record(
            "HistAppointment",
            number,
            AptNum=18,
            HistApptAction=action,
            HistDateTStamp=at,
            **columns,
        )
        for number, (action, at, columns) in enumerate(entries, start=1)
    ]


def a_preference(name: str, value: str | int, number: int = 1) -> Record:
    return a_record("Preference", number, PrefName=name, ValueString=value)


# Confirmed.


@pytest.mark.parametrize(
    ("customs", "preference", "counting"),
    [
        ({}, None, 21),
        ({}, "255", 255),
        ({}, "", 21),
        ({}, "0", 21),
        ({"confirmed": frozenset({22, 23})}, "255", 22),
    ],
)
def test_confirmed_is_what_the_practice_says_it_is(
    customs: dict[str, Any], preference: str | None, counting: int
) -> None:
    """What is configured, else what the preference names, else 21 of a fresh database."""
    known = []
    if preference is not None:
        known = [a_preference("ApptEConfirmStatusAccepted", preference)]
    scene = a_scene(*known, **customs)

    found = [
        number
        for number in (0, 19, 21, 22, 255)
        if confirmed.is_confirmed(an_appointment(Confirmed=number).native, scene)
    ]

    assert found == [counting]


def test_an_appointment_is_confirmed_since_its_history_says_so() -> None:
    """The first row of the last uninterrupted run; office time becomes UTC."""
    known = history(
        (CREATED, "2024-01-01 09:00:00", {"Confirmed": 21}),
        (CHANGED, "2024-01-02 09:00:00", {"Confirmed": 19}),
        (CHANGED, "2024-01-03 09:00:00", {"Confirmed": 21}),
        (CHANGED, "2024-01-04 09:00:00", {"Confirmed": 21}),
    )

    at = confirmed.confirmed_at(an_appointment(Confirmed=21).native, a_scene(*known))

    assert at == "2024-01-03T14:00:00.000Z"


def test_nobody_invents_when_it_was_confirmed() -> None:
    """Without a history row that says so it is null, and so it is while it is not confirmed."""
    known = history((CREATED, "2024-01-01 09:00:00", {"Confirmed": 19}))

    assert confirmed.confirmed_at(an_appointment(Confirmed=21).native, a_scene(*known)) is None
    assert confirmed.confirmed_at(an_appointment(Confirmed=21).native, a_scene()) is None
    assert confirmed.confirmed_at(an_appointment(Confirmed=19).native, a_scene(*known)) is None


# Missed and cancelled.

BROKEN = {"AptStatus": 5}


def charted(code: str, status: int = 2) -> list[Record]:
    return [
        a_record("Procedure", 7, AptNum=18, CodeNum=3, ProcStatus=status),
        a_record("ProcedureCode", 3, ProcCode=code),
    ]


@pytest.mark.parametrize(
    ("known", "is_missed"),
    [
        ([], False),
        (history((MISSED, "2024-01-03 09:00:00", BROKEN)), True),
        (history((CANCELLED, "2024-01-03 09:00:00", BROKEN)), False),
        (
            history(
                (MISSED, "2024-01-03 09:00:00", BROKEN),
                (CHANGED, "2024-01-03 09:10:00", {"AptStatus": 1}),
                (CANCELLED, "2024-01-04 09:00:00", BROKEN),
                (CHANGED, "2024-01-05 09:00:00", BROKEN),
            ),
            False,
        ),
        (charted("D9986"), True),
        (charted("D9987"), False),
        (charted("D9986", status=1), False),
        (charted("D9986") + history((CANCELLED, "2024-01-03 09:00:00", BROKEN)), False),
    ],
)
def test_a_broken_appointment_was_missed_or_cancelled(
    known: list[Record], *, is_missed: bool
) -> None:
    """The latest of the two words decides, then the charted code, otherwise it was cancelled."""
    row, scene = an_appointment(AptStatus=5).native, a_scene(*known)

    assert broken.is_missed(row, scene) is is_missed
    assert broken.is_cancelled(row, scene) is not is_missed


@pytest.mark.parametrize("status", [1, 2])
def test_one_that_is_not_broken_is_neither(status: int) -> None:
    """What its history says of the past is past."""
    known = history((MISSED, "2024-01-03 09:00:00", BROKEN))
    row, scene = an_appointment(AptStatus=status).native, a_scene(*known)

    assert not broken.is_missed(row, scene)
    assert not broken.is_cancelled(row, scene)


def test_the_unscheduled_list_is_cancelled_where_that_is_configured() -> None:
    """An office may park there what it will call about, or what was called off."""
    row = an_appointment(AptStatus=3).native

    assert not broken.is_cancelled(row, a_scene())
    assert broken.is_cancelled(row, a_scene(is_unscheduled_cancelled=True))


def test_a_cancellation_has_the_moment_of_its_history() -> None:
    """Editing the row afterwards moves its stamp, but not when it was cancelled."""
    known = history(
        (CREATED, "2024-07-01 09:00:00", {"AptStatus": 1}),
        (CANCELLED, "2024-07-03 09:00:00", BROKEN),
        (CHANGED, "2024-07-04 09:00:00", BROKEN),
    )
    row = an_appointment(AptStatus=5, DateTStamp="2024-07-09 00:00:00").native

    assert broken.cancelled_at(row, a_scene(*known)) == "2024-07-03T13:00:00.000Z"
    assert broken.cancelled_at(row, a_scene()) is None


def test_a_missed_one_was_not_cancelled_at_any_time() -> None:
    """There is no moment for what did not happen."""
    known = history((MISSED, "2024-07-03 09:00:00", BROKEN))

    assert broken.cancelled_at(an_appointment(AptStatus=5).native, a_scene(*known)) is None


def test_history_is_in_the_order_of_time_not_of_keys() -> None:
    """With random primary keys a later row may have a smaller key."""
    early, late = history(
        (CANCELLED, "2024-01-04 09:00:00", BROKEN), (MISSED, "2024-01-03 09:00:00", BROKEN)
    )

    assert not broken.is_missed(an_appointment(AptStatus=5).native, a_scene(early, late))


def test_one_is_deleted_as_soon_as_its_history_says_so() -> None:
    """Open Dental writes the history first; one that came back is there again."""
    gone = history((DELETED, "2024-01-04 09:00:00", {}))
    back = history((DELETED, "2024-01-04 09:00:00", {}), (CHANGED, "2024-01-05 09:00:00", {}))
    row = an_appointment().native

    assert broken.is_deleted(row, a_scene(*gone))
    assert not broken.is_deleted(row, a_scene(*back))
    assert not broken.is_deleted(row, a_scene())


# Checked in and out.


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ("2024-01-15 08:55:00", "2024-01-15T13:55:00.000Z"),
        ("2024-01-15 00:00:00", None),
        ("0001-01-01 00:00:00", None),
    ],
)
def test_checked_in_is_when_the_patient_arrived(arrived: str, expected: str | None) -> None:
    """Midnight is how the client writes that nobody has come."""
    row = an_appointment(DateTimeArrived=arrived).native

    assert attendance.checked_in_at(row, a_scene()) == expected


@pytest.mark.parametrize(
    ("status", "is_out", "at"), [(2, True, "2024-01-15T15:02:00.000Z"), (1, False, None)]
)
def test_checked_out_is_when_the_visit_is_complete(
    status: int, *, is_out: bool, at: str | None
) -> None:
    """The moment is that of the dismissal, and null before."""
    row = an_appointment(AptStatus=status, DateTimeDismissed="2024-01-15 10:02:00").native

    assert attendance.is_checked_out(row, a_scene()) is is_out
    assert attendance.checked_out_at(row, a_scene()) == at
