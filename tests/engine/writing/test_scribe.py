"""The scribe writes each thing once, whatever happens between two of its steps."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.fakes.clock import FakeClock
from tests.fakes.writer import FakeWriter

from bitewing.engine.signals import Signals
from bitewing.engine.writing.scribe import Scribe
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.wishing import arrival_wish, booking_wish, paper_wish, patient_wish
from bitewing.model.writing import Booking, NewPatient, Paper, Unavailable, Unknown
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore

SOURCE = "main-office"
START = timedelta(hours=3)
DENVER = ZoneInfo("America/Denver")


class DiedError(Exception):
    """The process ended here."""


@dataclass
class Office:
    """A scribe with what it works on, and what it told."""

    store: Store
    writer: FakeWriter = field(default_factory=FakeWriter)
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[PendingWrite] = field(default_factory=list)
    patient: int = 0

    def __post_init__(self) -> None:
        self.scribe = self.new_scribe()

    def new_scribe(self, tell: Callable[[PendingWrite], None] | None = None) -> Scribe:
        """Start anew, as after a crash."""

        def telling(_: Transaction, write: PendingWrite) -> None:
            (tell or self.told.append)(write)

        return Scribe(self.writer, self.store, clock=self.clock, signals=Signals(), tell=telling)

    async def know_patient(self, native: int = 3) -> None:
        found = await self.store.write(
            lambda tx: tx.identities.obtain("Patient", SOURCE, [str(native)])
        )
        self.patient = found[str(native)]

    async def ask(self, kind: WriteKind = WriteKind.APPOINTMENT, **changes: Any) -> PendingWrite:
        """Ask for an appointment in three hours, or for something else about it."""
        now = self.clock.now()
        booking = Booking(0, 1, 1, now + START, 30)

        def work(tx: Transaction) -> PendingWrite:
            write = PendingWrite(
                institution="bright-smiles",
                source=SOURCE,
                kind=kind,
                subject=tx.identities.reserve("Appointment", SOURCE),
                created_at=now,
                due_at=now,
                updated_at=now,
                wish=booking_wish(booking) | {"patient": self.patient},
                deadline=now + START,
            )
            return tx.writes.add(replace(write, **changes))

        return await self.store.write(work)

    async def now(self, write: PendingWrite) -> PendingWrite:
        found = await self.store.read(lambda tx: tx.writes.get(write.id))
        assert found is not None
        return found

    async def settle(self) -> None:
        """Let the scribe work, and time pass, until nothing more is due."""
        while await self.store.read(lambda tx: tx.writes.next_due_at(SOURCE)) is not None:
            pause = await self.scribe.step()
            self.clock.advance(pause)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    office = Office(store)
    await office.know_patient()
    yield office
    await store.close()


async def test_an_appointment_is_written_and_told_of(office: Office) -> None:
    """Our id stands for its number from then on."""
    write = await office.ask()

    await office.settle()

    written = await office.now(write)
    assert written.state is WriteState.WRITTEN
    assert office.told == [written]
    assert list(office.writer.booked) == [written.native]
    native = await office.store.read(
        lambda tx: tx.identities.native_of("Appointment", None, write.subject)
    )
    assert native == (SOURCE, str(written.native))


async def test_a_refusal_fails_with_its_reason(office: Office) -> None:
    """It is not tried again."""
    office.writer.hidden = {1}
    write = await office.ask()

    await office.settle()

    failed = await office.now(write)
    assert (failed.state, failed.reason) == (WriteState.FAILED, "Provider is hidden.")
    assert office.told == [failed]
    assert office.writer.calls.count("book") == 1


async def test_of_two_who_want_one_slot_one_gets_it(office: Office) -> None:
    """One is complete, one failed."""
    first, second = await office.ask(), await office.ask()

    await office.settle()

    assert (await office.now(first)).state is WriteState.WRITTEN
    assert (await office.now(second)).state is WriteState.FAILED
    assert len(office.writer.booked) == 1


async def test_an_office_that_is_away_is_waited_for(office: Office) -> None:
    """As long as it asks to, or longer and longer."""
    office.writer.mishaps += [
        Unavailable("busy", timedelta(seconds=90)),
        Unavailable("away"),
        Unavailable("away"),
    ]
    write = await office.ask()
    began_at = office.clock.now()
    waits = []
    for _ in range(3):
        await office.scribe.step()
        waits.append((await office.now(write)).due_at - office.clock.now())
        office.clock.advance(waits[-1].total_seconds())

    await office.settle()

    assert waits == [timedelta(seconds=90), timedelta(seconds=10), timedelta(seconds=20)]
    assert (await office.now(write)).state is WriteState.WRITTEN
    assert "find_booking" not in office.writer.calls
    assert office.clock.now() - began_at < START


async def test_an_unknown_outcome_is_looked_for_before_it_is_written_again(office: Office) -> None:
    """The appointment is there, so it is not booked a second time."""
    office.writer.mishaps.append(Unknown("no answer"))
    write = await office.ask()

    await office.settle()

    assert (await office.now(write)).state is WriteState.WRITTEN
    assert len(office.writer.booked) == 1
    assert office.writer.calls.count("book") == 1
    assert [one.state for one in office.told] == [WriteState.WRITTEN]


async def test_what_was_not_written_after_all_is_written_then(office: Office) -> None:
    """Looking for it found nothing."""
    write = await office.ask()
    begun = (await office.now(write)).begun(office.clock.now())
    await office.store.write(lambda tx: tx.writes.put(begun))

    await office.settle()

    assert (await office.now(write)).state is WriteState.WRITTEN
    assert [call for call in office.writer.calls if call != "check_in"] == ["find_booking", "book"]


async def test_a_crash_between_the_answer_and_our_note_books_once(office: Office) -> None:
    """The next process finds what the last one has written, and tells of it once."""

    def die(_: PendingWrite) -> None:
        raise DiedError

    write = await office.ask()
    dying = office.new_scribe(die)
    with pytest.raises(DiedError):
        await dying.step()
    left = (await office.now(write)).state
    await office.settle()

    assert left is WriteState.WRITING
    assert (await office.now(write)).state is WriteState.WRITTEN
    assert len(office.writer.booked) == 1
    assert [one.state for one in office.told] == [WriteState.WRITTEN]


async def test_what_cannot_be_written_in_time_times_out(office: Office) -> None:
    """When the appointment begins and the office is still away."""
    office.writer.away = Unavailable("The office is away.")
    write = await office.ask()

    await office.settle()

    late = await office.now(write)
    assert (late.state, late.reason) == (WriteState.TIMED_OUT, "The office is away.")
    assert office.told == [late]
    assert office.writer.booked == {}


async def test_what_may_have_been_written_is_looked_for_after_its_time(office: Office) -> None:
    """It begins although nobody could tell us: found an hour later, it is complete."""
    office.writer.mishaps.append(Unknown("no answer"))
    write = await office.ask()
    await office.scribe.step()
    office.writer.away = None
    office.clock.advance(START.total_seconds() + 60)

    await office.settle()

    assert (await office.now(write)).state is WriteState.WRITTEN


async def test_what_was_not_found_after_its_time_timed_out(office: Office) -> None:
    """It is not written then, and nobody has refused it."""
    write = await office.ask()
    begun = (await office.now(write)).begun(office.clock.now())
    await office.store.write(lambda tx: tx.writes.put(begun))
    office.clock.advance(START.total_seconds() + 60)

    await office.settle()

    late = await office.now(write)
    assert late.state is WriteState.TIMED_OUT
    assert office.told == [late]
    assert office.writer.calls == ["check_in", "find_booking"]


async def test_what_is_looked_for_after_its_time_lets_others_pass(office: Office) -> None:
    """The pauses grow as they always do; what came later is written between."""
    write = await office.ask()
    begun = (await office.now(write)).begun(office.clock.now())
    await office.store.write(lambda tx: tx.writes.put(begun))
    office.clock.advance(START.total_seconds())
    office.writer.away = Unavailable("away")
    await office.scribe.step()
    pause = (await office.now(write)).due_at - office.clock.now()
    office.writer.away = None
    other = await office.ask(deadline=office.clock.now() + START)
    await office.scribe.step()

    assert pause >= timedelta(seconds=5)
    assert (await office.now(write)).state is WriteState.WRITING
    assert (await office.now(other)).state is WriteState.WRITTEN
    assert office.writer.calls.count("find_booking") == 1


@pytest.mark.parametrize("is_late", [False, True])
async def test_what_breaks_does_not_keep_others_waiting(office: Office, is_late: bool) -> None:  # noqa: FBT001 - pytest's way
    """Ending one or telling of it raises: it is tried later, and the next one has its turn."""
    broken = await office.ask()

    def tell(write: PendingWrite) -> None:
        if write.id == broken.id:
            raise DiedError
        office.told.append(write)

    if is_late:
        office.clock.advance(START.total_seconds())
    later = booking_wish(Booking(0, 1, 1, office.clock.now() + 3 * START, 30))
    wish = later | {"patient": office.patient}
    other = await office.ask(deadline=office.clock.now() + START, wish=wish)
    scribe = office.new_scribe(tell)
    with pytest.raises(DiedError):
        await scribe.step()
    await scribe.step()

    assert (await office.now(other)).state is WriteState.WRITTEN
    assert not (await office.now(broken)).is_settled
    assert (await office.now(broken)).due_at > office.clock.now()


async def test_a_new_patient_is_added_with_the_first_appointment(office: Office) -> None:
    """Once for two appointments, though the answer was lost."""
    jane = NewPatient("Doe", "Jane", date(1990, 2, 3))
    now = office.clock.now()

    def draft(tx: Transaction) -> PendingWrite:
        subject = tx.identities.reserve("Patient", SOURCE)
        return tx.writes.add(
            PendingWrite(
                *("bright-smiles", SOURCE, WriteKind.PATIENT, subject, now, now, now),
                wish=patient_wish(jane),
                state=WriteState.DRAFT,
            )
        )

    patient = await office.store.write(draft)
    office.patient = patient.subject
    office.writer.mishaps.append(Unknown("no answer"))
    first = await office.ask()
    later = Booking(0, 1, 1, now + 2 * START, 30)
    second = await office.ask(wish=booking_wish(later) | {"patient": patient.subject})
    before = (await office.now(patient)).state

    await office.settle()

    assert before is WriteState.DRAFT
    assert (await office.now(patient)).state is WriteState.WRITTEN
    assert list(office.writer.people.values()) == [jane]
    (native,) = office.writer.people
    assert {booking.patient for booking in office.writer.booked.values()} == {native}
    assert (await office.now(first)).state is (await office.now(second)).state is WriteState.WRITTEN


@pytest.mark.parametrize("native", [None, "3"])
async def test_a_patient_of_another_source_is_never_written(
    office: Office, native: str | None
) -> None:
    """Neither added here, nor taken for whoever has the same number here."""
    now = office.clock.now()
    draft = PendingWrite(
        *("dark-smiles", "other-office", WriteKind.PATIENT, 0, now, now, now),
        wish=patient_wish(NewPatient("Doe", "Jane", date(1990, 2, 3))),
        state=WriteState.DRAFT,
    )

    def work(tx: Transaction) -> int:
        subject = tx.identities.reserve("Patient", "other-office")
        tx.writes.add(replace(draft, subject=subject))
        if native is not None:
            tx.identities.bind(subject, native)
        return subject

    office.patient = await office.store.write(work)
    write = await office.ask()

    await office.settle()

    failed = await office.now(write)
    assert (failed.state, failed.reason) == (WriteState.FAILED, "The patient is not known.")
    assert office.writer.people == {}
    assert office.writer.booked == {}


async def test_an_appointment_is_confirmed_and_cancelled_after_it_is_written(
    office: Office,
) -> None:
    """In the order in which that was asked for."""
    write = await office.ask()
    about: dict[str, Any] = {"subject": write.subject, "deadline": None}
    at: datetime = office.clock.now()
    await office.ask(WriteKind.CONFIRM, **about)
    await office.ask(WriteKind.ARRIVE, **about, wish=arrival_wish(at, DENVER))
    await office.ask(WriteKind.CANCEL, **about)

    await office.settle()

    native = (await office.now(write)).native
    done = [call for call in office.writer.calls if call != "check_in"]
    assert done == ["book", "confirm", "arrive", "cancel"]
    assert office.writer.cancelled == office.writer.confirmed == {native}
    assert office.writer.arrived == {native: at}
    assert office.writer.arrived[native].tzinfo is DENVER


async def test_what_was_never_written_cannot_be_cancelled(office: Office) -> None:
    """The cancellation fails as its booking did."""
    office.writer.hidden = {1}
    write = await office.ask()
    cancelling = await office.ask(WriteKind.CANCEL, subject=write.subject)

    await office.settle()

    assert (await office.now(cancelling)).state is WriteState.FAILED
    assert "cancel" not in office.writer.calls


async def test_a_paper_is_filed_once(office: Office) -> None:
    """Though the answer was lost."""
    office.writer.mishaps.append(Unknown("no answer"))
    paper = Paper(0, "History", office.clock.now(), b"%PDF")
    write = await office.ask(
        WriteKind.PAPER, deadline=None, wish=paper_wish(paper) | {"patient": office.patient}
    )

    await office.settle()

    assert (await office.now(write)).state is WriteState.WRITTEN
    assert list(office.writer.papers.values()) == [replace(paper, patient=3)]


async def test_a_writers_signs_of_life_are_noted(office: Office) -> None:
    """Once a minute though nothing is to be written, so that the light can be green."""
    await office.scribe.step()
    first = office.scribe.pulse.alive_at
    office.writer.away = Unavailable("away")
    office.clock.advance(30)
    await office.scribe.step()
    between = office.scribe.pulse.reason
    office.clock.advance(30)
    await office.scribe.step()

    assert first == office.clock.now() - timedelta(minutes=1)
    assert between == ""
    assert office.scribe.pulse.alive_at == first
    assert office.scribe.pulse.reason == "away"
