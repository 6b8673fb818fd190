"""Which appointments a question means, and in which order they stand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.dialects.nexhealth.making import a_record
from tests.dialects.nexhealth.reading.shelves import CUSTOMS, NOON, an_album, an_appointment, keys

from bitewing.dialects.nexhealth.reading.appointments import Question, find
from bitewing.dialects.nexhealth.reading.listing import pointed_at

HOUR = timedelta(hours=1)


def asking(**what: Any) -> Question:
    return Question(**({"start": NOON - HOUR, "end": NOON + HOUR} | what))


def test_both_ends_are_included() -> None:
    """By the moment at which an appointment begins, not by the office's wall clock."""
    album = an_album(
        an_appointment(1, AptDateTime="2026-03-02 10:59:59"),
        an_appointment(2, AptDateTime="2026-03-02 11:00:00"),
        an_appointment(3, AptDateTime="2026-03-02 13:00:00"),
        an_appointment(4, AptDateTime="2026-03-02 13:00:01"),
    )

    assert keys(find([album], CUSTOMS, asking())) == [2, 3]


def test_a_clinic_elsewhere_has_its_own_clock() -> None:
    """10:00 in Denver is noon in New York."""
    album = an_album(
        an_appointment(1, ClinicNum=2, AptDateTime="2026-03-02 10:00:00"),
        an_appointment(2, ClinicNum=2, AptDateTime="2026-03-02 12:00:00"),
    )

    assert keys(find([album], CUSTOMS, asking())) == [1]


def test_planned_ones_and_notes_are_not_shown() -> None:
    """As they are not announced."""
    album = an_album(*(an_appointment(status, AptStatus=status) for status in range(1, 9)))

    assert keys(find([album], CUSTOMS, asking())) == [1, 2, 3, 4, 5]


def test_a_location_is_the_clinic_or_that_of_the_operatory() -> None:
    """A Location of another practice has no appointments here."""
    album = an_album(
        an_appointment(1, ClinicNum=2, AptDateTime="2026-03-02 10:00:00"),
        an_appointment(2, Op=7, AptDateTime="2026-03-02 10:00:00"),
        an_appointment(3),
        a_record("Operatory", 7, ClinicNum=2),
    )
    denver, stranger = album.identity("Location", "2"), album.identity("Operatory", "7")

    assert keys(find([album], CUSTOMS, asking(location=denver))) == [1, 2]
    assert find([album], CUSTOMS, asking(location=stranger)) == []


@pytest.mark.parametrize(
    ("kind", "native", "what"),
    [
        ("Patient", "9", "patients"),
        ("Operatory", "9", "operatories"),
        ("AppointmentType", "9", "types"),
        ("Provider", "9", "providers"),
        ("User", "9", "creators"),
    ],
)
def test_what_it_refers_to(kind: str, native: str, what: str) -> None:
    """By our ids; an id of something else finds nothing."""
    album = an_album(
        an_appointment(1),
        an_appointment(
            2, PatNum=9, Op=9, AppointmentTypeNum=9, ProvHyg=9, IsHygiene=1, SecUserNumEntry=9
        ),
    )
    wanted, stranger = album.identity(kind, native), album.identity("Claim", native)

    assert keys(find([album], CUSTOMS, asking(**{what: [wanted, stranger]}))) == [2]
    assert find([album], CUSTOMS, asking(**{what: [stranger]})) == []


def test_cancelled_or_not() -> None:
    """As the Events say it: broken, and not missed."""
    missed = a_record("HistAppointment", 1, AptNum=3, HistApptAction=2)
    album = an_album(
        an_appointment(1),
        an_appointment(2, AptStatus=5),
        an_appointment(3, AptStatus=5),
        missed,
    )

    assert keys(find([album], CUSTOMS, asking(is_cancelled=True))) == [2]
    assert keys(find([album], CUSTOMS, asking(is_cancelled=False))) == [1, 3]


def test_the_foreign_id_is_the_practices_key() -> None:
    """To the letter."""
    album = an_album(an_appointment(1), an_appointment(11))

    assert keys(find([album], CUSTOMS, asking(foreign_id="11"))) == [11]
    assert find([album], CUSTOMS, asking(foreign_id="011")) == []


def test_updated_since_is_inclusive() -> None:
    """Stamps are whole seconds, UTC."""
    album = an_album(
        an_appointment(1, DateTStamp="2026-03-01 09:59:59"),
        an_appointment(2, DateTStamp="2026-03-01 10:00:00"),
    )
    since = datetime(2026, 3, 1, 10, tzinfo=UTC)

    assert keys(find([album], CUSTOMS, asking(updated_since=since))) == [2]


def test_orders() -> None:
    """By their start; by their stamp, the oldest or the newest first."""
    album = an_album(
        an_appointment(1, AptDateTime="2026-03-02 12:30:00", DateTStamp="2026-03-01 08:00:00"),
        an_appointment(2, AptDateTime="2026-03-02 12:10:00", DateTStamp="2026-03-01 10:00:00"),
        an_appointment(3, AptDateTime="2026-03-02 12:20:00", DateTStamp="2026-03-01 09:00:00"),
    )

    def sorted_by(sort: str) -> list[int]:
        return keys(find([album], CUSTOMS, asking(sort=sort)))

    assert sorted_by("") == [2, 3, 1]
    assert sorted_by("updated_at") == [1, 3, 2]
    assert sorted_by("-updated_at") == [2, 3, 1]


def test_each_source_of_an_institution_is_looked_through() -> None:
    """Two practices may use the same keys."""
    first, second = an_album(an_appointment(1)), an_album(an_appointment(1), source="branch")

    found = find([first, second], CUSTOMS, asking())

    assert [pointed_at(place) for place in found] == [(0, 1), (1, 1)]


def test_keys_may_be_as_large_as_open_dental_makes_them() -> None:
    """Random keys have 63 bits."""
    album = an_album(an_appointment(2**63 - 1))

    assert keys(find([album, album], CUSTOMS, asking())) == [2**63 - 1] * 2
