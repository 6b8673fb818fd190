"""Every Writer writes, refuses, and finds again what it may have written."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.sources.conformance.writing.practices import Practice

from bitewing.model.writing import (
    Booking,
    NewPatient,
    Paper,
    Refused,
    Unavailable,
    Unknown,
    Written,
)

A_FREE_SUNDAY = datetime(2026, 3, 8, 15, tzinfo=UTC)
BOOKING = Booking(patient=3, provider=1, operatory=1, starts_at=A_FREE_SUNDAY, minutes=30)
JANE = NewPatient("Doe", "Jane", date(1990, 2, 3), email="jane@example.com", provider=1)
PAPER = Paper(3, "Medical history", A_FREE_SUNDAY, b"%PDF-1.7")


async def test_an_appointment_is_booked_once(practice: Practice) -> None:
    """The room is taken afterwards, for half an hour and not longer."""
    writer = practice.writer
    before = practice.counted()[0]

    first = await writer.book(BOOKING)
    second = await writer.book(
        replace(BOOKING, patient=4, starts_at=A_FREE_SUNDAY + timedelta(minutes=25))
    )
    third = await writer.book(
        replace(BOOKING, patient=4, starts_at=A_FREE_SUNDAY + timedelta(minutes=30))
    )

    assert isinstance(first, Written)
    assert isinstance(second, Refused)
    assert isinstance(third, Written)
    assert practice.counted()[0] == before + 2


async def test_an_appointment_that_cannot_be_is_refused(practice: Practice) -> None:
    """Nobody there, no such room, no such provider, or one who is hidden; each with a reason."""
    writer = practice.writer
    practice.hide_provider(2)
    before = practice.counted()

    results = [
        await writer.book(replace(BOOKING, patient=999)),
        await writer.book(replace(BOOKING, operatory=99)),
        await writer.book(replace(BOOKING, provider=99)),
        await writer.book(replace(BOOKING, provider=2)),
    ]

    assert all(isinstance(result, Refused) and result.reason for result in results)
    assert practice.counted() == before


async def test_a_booking_whose_answer_was_lost_is_found(practice: Practice) -> None:
    """The outcome is Unknown, and looking for it gives the number."""
    writer = practice.writer
    practice.lose_next_answer()

    before = await writer.find_booking(BOOKING)
    result = await writer.book(BOOKING)
    found = await writer.find_booking(BOOKING)
    other = await writer.find_booking(replace(BOOKING, patient=4))

    assert before is None
    assert isinstance(result, Unknown)
    assert isinstance(found, Written)
    assert other is None


async def test_a_cancelled_appointment_frees_its_place(practice: Practice) -> None:
    """It is not found any more, and cancelling it again is no mistake."""
    writer = practice.writer
    booked = await writer.book(BOOKING)
    assert isinstance(booked, Written)

    once = await writer.cancel(booked.native)
    twice = await writer.cancel(booked.native)

    assert (once, twice) == (booked, booked)
    assert await writer.find_booking(BOOKING) is None
    assert isinstance(await writer.book(replace(BOOKING, patient=4)), Written)


async def test_an_appointment_is_confirmed_and_arrived_for(practice: Practice) -> None:
    """Both may be said twice; of what is not there neither can be."""
    writer = practice.writer
    booked = await writer.book(BOOKING)
    assert isinstance(booked, Written)

    assert await writer.confirm(booked.native) == booked
    assert await writer.confirm(booked.native) == booked
    assert await writer.arrive(booked.native, A_FREE_SUNDAY) == booked
    assert isinstance(await writer.confirm(99999), Refused)
    assert isinstance(await writer.arrive(99999, A_FREE_SUNDAY), Refused)
    assert isinstance(await writer.cancel(99999), Refused)


async def test_a_patient_is_added_once(practice: Practice) -> None:
    """Whoever is there already is refused, and can be found."""
    writer = practice.writer
    before = practice.counted()[1]

    nobody = await writer.find_patient(JANE)
    added = await writer.add_patient(JANE)
    again = await writer.add_patient(JANE)
    found = await writer.find_patient(replace(JANE, last_name="DOE"))
    another = await writer.find_patient(replace(JANE, born_on=date(1990, 2, 4)))

    assert nobody is None
    assert isinstance(added, Written)
    assert isinstance(again, Refused)
    assert found == added
    assert another is None
    assert practice.counted()[1] == before + 1


async def test_a_new_patient_can_be_booked(practice: Practice) -> None:
    """The number is one that bookings take."""
    added = await practice.writer.add_patient(JANE)
    assert isinstance(added, Written)

    booked = await practice.writer.book(replace(BOOKING, patient=added.native))

    assert isinstance(booked, Written)


async def test_a_paper_is_filed_and_found(practice: Practice) -> None:
    """By its title and the moment it was made; a lost answer is Unknown."""
    writer = practice.writer
    practice.lose_next_answer()

    nothing = await writer.find_paper(PAPER)
    lost = await writer.file_paper(PAPER)
    found = await writer.find_paper(PAPER)
    later = await writer.find_paper(replace(PAPER, made_at=A_FREE_SUNDAY + timedelta(hours=1)))
    for_nobody = await writer.file_paper(replace(PAPER, patient=999))

    assert nothing is None
    assert isinstance(lost, Unknown)
    assert isinstance(found, Written)
    assert later is None
    assert isinstance(for_nobody, Refused)


async def test_a_practice_that_is_away_is_no_refusal(practice: Practice) -> None:
    """Nothing is written, and nobody can say whether something is there."""
    writer = practice.writer
    before = practice.counted()
    assert await writer.check_in() is None

    practice.go_away()

    assert isinstance(await writer.check_in(), Unavailable)
    assert isinstance(await writer.book(BOOKING), Unavailable)
    assert isinstance(await writer.find_booking(BOOKING), Unavailable)
    assert isinstance(await writer.find_patient(JANE), Unavailable)
    assert isinstance(await writer.find_paper(PAPER), Unavailable)
    assert practice.counted() == before
