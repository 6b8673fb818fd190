"""What is read before its write is settled keeps the id that was promised."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bitewing.engine.outbox.recognising import recognise
from bitewing.model.change import Change, ChangeKind
from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.model.record import Record, RecordKey
from bitewing.model.wishing import booking_wish, patient_wish
from bitewing.model.writing import Booking, NewPatient
from bitewing.ports.store import Store, Transaction
from bitewing.stores.sqlite import SqliteStore

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ROW: dict[str, bytes | None] = {"PatNum": b"3", "Op": b"1", "AptDateTime": b"2026-03-08 10:00:00"}
BOOKING = Booking(
    *(0, 1, 1, datetime(2026, 3, 8, 14, tzinfo=UTC)), zone=ZoneInfo("America/New_York")
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = SqliteStore(str(tmp_path / "store.db"))
    await made.open()
    yield made
    await made.close()


def created(row: dict[str, bytes | None], kind: ChangeKind = ChangeKind.CREATED) -> Change:
    key = RecordKey("Appointment", 150)
    record = Record(key, row, {}, NOW, b"")
    return Change("main", 1, kind, key, NOW, NOW, None, record)


async def promised(store: Store, state: WriteState = WriteState.WRITING) -> int:
    """Promise an id for an appointment of patient 3."""

    def work(tx: Transaction) -> int:
        patient = tx.identities.obtain("Patient", "main", ["3"])["3"]
        subject = tx.identities.reserve("Appointment", "main")
        wish: dict[str, Any] = booking_wish(BOOKING) | {"patient": patient}
        tx.writes.add(
            PendingWrite(
                *("bright-smiles", "main", WriteKind.APPOINTMENT, subject, NOW, NOW, NOW),
                wish=wish,
                state=state,
            )
        )
        return subject

    return await store.write(work)


async def read(store: Store, change: Change) -> int:
    """Read the row, and give the id that it has from then on."""

    def work(tx: Transaction) -> int:
        recognise(tx, "main", [change])
        return tx.identities.obtain("Appointment", "main", ["150"])["150"]

    return await store.write(work)


async def test_a_row_that_we_asked_for_has_the_promised_id(store: Store) -> None:
    """Patient, room and time are those of the write that was begun."""
    subject = await promised(store)

    assert await read(store, created(ROW)) == subject


@pytest.mark.parametrize(
    "other",
    [
        {"PatNum": b"4"},
        {"Op": b"2"},
        {"AptDateTime": b"2026-03-08 14:00:00"},
        {"AptDateTime": None},
    ],
)
async def test_another_row_has_an_id_of_its_own(
    store: Store, other: dict[str, bytes | None]
) -> None:
    """Another patient's, in another room, at another time."""
    subject = await promised(store)

    assert await read(store, created(ROW | other)) != subject


async def test_what_was_never_sent_is_somebody_elses(store: Store) -> None:
    """The desk was quicker; our write will be refused."""
    subject = await promised(store, WriteState.WAITING)

    assert await read(store, created(ROW)) != subject


async def test_only_new_rows_are_recognised(store: Store) -> None:
    """A row that was there before is not ours."""
    subject = await promised(store)

    assert await read(store, created(ROW, ChangeKind.UPDATED)) != subject


async def test_hearing_of_it_later_changes_nothing(store: Store) -> None:
    """The scribe binds the same id to the same number once more."""
    subject = await promised(store)
    await read(store, created(ROW))

    assert await store.write(lambda tx: tx.identities.bind(subject, "150")) == subject


async def test_a_patient_that_we_asked_for_has_the_promised_id_too(store: Store) -> None:
    """Names, letter case apart, and birthdate say who it is."""

    def work(tx: Transaction) -> int:
        subject = tx.identities.reserve("Patient", "main")
        tx.writes.add(
            PendingWrite(
                *("bright-smiles", "main", WriteKind.PATIENT, subject, NOW, NOW, NOW),
                wish=patient_wish(NewPatient("Quill", "Zoe", date(1990, 2, 3))),
                state=WriteState.WRITING,
            )
        )
        for number, born_on in ((30, b"1990-02-04"), (31, b"1990-02-03")):
            row = {"LName": b"QUILL", "FName": b"Zoe", "Birthdate": born_on}
            key = RecordKey("Patient", number)
            after = Record(key, row, {}, NOW, b"")
            change = Change("main", 1, ChangeKind.CREATED, key, NOW, NOW, None, after)
            recognise(tx, "main", [change])
        return subject

    subject = await store.write(work)
    found = await store.read(lambda tx: tx.identities.find("Patient", "main", ["30", "31"]))

    assert found == {"31": subject}
