"""Which patients a question means."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.dialects.nexhealth.reading.shelves import (
    CUSTOMS,
    a_patient,
    an_album,
    an_appointment,
    keys,
)
from tests.fakes.album import FakeAlbum

from bitewing.dialects.nexhealth.reading.listing import pointed_at
from bitewing.dialects.nexhealth.reading.patients import Question, find

PEOPLE = (
    a_patient(1, FName="Anna Maria", LName="Oberholtzer", Preferred="Annie", MiddleI="K"),
    a_patient(2, FName="Ben", LName="Olsen", Email="Ben@Example.com, b.olsen@example.com"),
    a_patient(3, FName="Cleo", LName="Stone", WirelessPhone="(516) 304-2196", PatStatus=2),
    a_patient(4, FName="Dan", LName="Stone", HmPhone="1-516-304-2196", PatStatus=1),
    a_patient(5, LName="Ølsen", Birthdate="2001-02-03", PatStatus=6, ClinicNum=2),
)
SINCE = datetime(2026, 3, 1, 10, tzinfo=UTC)


def found(*people: Any, **what: Any) -> list[int]:
    album = an_album(*(people or PEOPLE))
    here = album.identity("Location", "0")
    return keys(find([album], CUSTOMS, Question(**({"location": here} | what))))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"name": "stone"}, [3, 4]),
        ({"name": "OBER ann"}, [1]),
        ({"name": "annie"}, [1]),
        ({"name": "ben stone"}, []),
        ({"email": "b.olsen@example.com"}, [2]),
        ({"email": "BEN@example.com"}, [2]),
        ({"email": "en@example.com"}, []),
        ({"phone_number": "5163042196"}, [3, 4]),
        ({"phone_number": "+1 516 304 2196"}, [3, 4]),
        ({"phone_number": "2196"}, []),
        ({"phone_number": "none"}, []),
        ({"date_of_birth": date(2001, 2, 3)}, [5]),
        ({"is_inactive": True}, [3]),
        ({"is_inactive": False}, [1, 2, 4, 5]),
        ({"is_new": True}, [5]),
        ({"is_non_patient": True}, [4]),
        ({"foreign_id": "2"}, [2]),
        ({"foreign_id": "x"}, []),
        ({"foreign_id": "2", "name": "stone"}, []),
        ({"name": "stone", "is_inactive": True}, [3]),
    ],
)
def test_filters(what: dict[str, Any], expected: list[int]) -> None:
    """All of them must fit."""
    assert found(**what) == expected


def test_updated_since_and_its_orders() -> None:
    """The moment itself included."""
    people = [
        a_patient(1, DateTStamp="2026-03-01 09:59:59"),
        a_patient(2, DateTStamp="2026-03-01 10:00:02"),
        a_patient(3, DateTStamp="2026-03-01 10:00:00"),
    ]

    assert found(*people, updated_since=SINCE) == [2, 3]
    assert found(*people, updated_since=SINCE, sort="updated_at") == [3, 2]
    assert found(*people, sort="-updated_at") == [2, 3, 1]


def test_a_location_means_its_practice_unless_one_is_strict() -> None:
    """Strictly, those whose own clinic it is, or who have an appointment there."""
    album = an_album(*PEOPLE, an_appointment(1, PatNum=2, ClinicNum=2))
    clinic = album.identity("Location", "2")

    loose = find([album], CUSTOMS, Question(location=clinic))
    strict = find([album], CUSTOMS, Question(location=clinic, is_strict=True))

    assert keys(loose) == [1, 2, 3, 4, 5]
    assert keys(strict) == [2, 5]


def test_a_location_of_another_practice_has_none() -> None:
    """Each practice knows its own."""
    first = an_album(*PEOPLE)
    second = FakeAlbum(PEOPLE[:2], source="branch", identities={("Location", "0"): 77})

    places = find([first, second], CUSTOMS, Question(location=77))

    assert [pointed_at(place) for place in places] == [(1, 1), (1, 2)]
