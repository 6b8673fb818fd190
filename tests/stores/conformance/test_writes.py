"""Pending writes, in every store."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bitewing.model.pending import PendingWrite, WriteKind, WriteState
from bitewing.ports.store import Store, Transaction

NOW = datetime(2026, 3, 2, 15, 0, 0, 123456, tzinfo=UTC)
WRITE = PendingWrite(
    institution="bright-smiles",
    source="main",
    kind=WriteKind.APPOINTMENT,
    subject=7,
    created_at=NOW,
    due_at=NOW,
    updated_at=NOW,
    wish={"patient": 3, "note": "Zoë"},
    shown={"location": 2},
    deadline=NOW + timedelta(hours=1),
)


async def added(store: Store, write: PendingWrite) -> PendingWrite:
    return await store.write(lambda tx: tx.writes.add(write))


async def due(store: Store, at: datetime = NOW, source: str = "main") -> PendingWrite | None:
    return await store.read(lambda tx: tx.writes.due(source, at))


async def test_a_write_comes_back_as_it_was(store: Store) -> None:
    """With an id, and after a change as it was changed."""
    write = await added(store, WRITE)
    changed = replace(
        write,
        state=WriteState.WRITTEN,
        native=150,
        tries=2,
        reason="late",
        due_at=NOW + timedelta(seconds=5),
        updated_at=NOW + timedelta(seconds=3),
    )
    await store.write(lambda tx: tx.writes.put(changed))

    assert write == replace(WRITE, id=write.id)
    assert write.id > 0
    assert await store.read(lambda tx: tx.writes.get(write.id)) == changed
    assert await store.read(lambda tx: tx.writes.get(999)) is None


async def test_the_oldest_due_write_of_a_source_comes_first(store: Store) -> None:
    """Not another Source's, not what is due later, not what is settled or only a draft."""
    await added(store, replace(WRITE, source="other"))
    await added(store, replace(WRITE, subject=1, state=WriteState.DRAFT))
    await added(store, replace(WRITE, subject=2, state=WriteState.FAILED))
    await added(store, replace(WRITE, subject=3, due_at=NOW + timedelta(minutes=1)))
    first = await added(store, replace(WRITE, subject=4))
    await added(store, replace(WRITE, subject=5))

    found = await due(store)

    assert found == first
    assert await due(store, NOW - timedelta(seconds=1)) is None


async def test_writes_about_one_thing_keep_their_order(store: Store) -> None:
    """A cancellation waits for its booking; what may have been written is not overtaken."""
    booking = await added(store, replace(WRITE, due_at=NOW + timedelta(minutes=1)))
    cancelling = await added(store, replace(WRITE, kind=WriteKind.CANCEL))
    waits = await due(store)
    await store.write(lambda tx: tx.writes.put(replace(booking, state=WriteState.WRITTEN)))

    assert waits is None
    assert await due(store) == cancelling


async def test_a_write_whose_time_has_passed_is_due(store: Store) -> None:
    """Though its next try were later."""
    late = await added(store, replace(WRITE, due_at=NOW + timedelta(hours=3)))
    at = NOW + timedelta(hours=1)

    assert await due(store, at - timedelta(seconds=1)) is None
    assert await due(store, at) == late
    assert await store.read(lambda tx: tx.writes.next_due_at("main")) == at
    assert await store.read(lambda tx: tx.writes.next_due_at("other")) is None


async def test_what_was_tried_after_its_time_is_due_when_it_says(store: Store) -> None:
    """So is what may have been written: it is looked for at its own pace."""
    late = NOW + timedelta(hours=1)
    later = late + timedelta(minutes=5)
    touched = await added(store, replace(WRITE, updated_at=late, due_at=later))
    begun = replace(WRITE, subject=8, state=WriteState.WRITING, due_at=later)
    await added(store, begun)

    assert await due(store, later - timedelta(seconds=1)) is None
    assert await store.read(lambda tx: tx.writes.next_due_at("main")) == later
    assert await due(store, later) == touched


async def test_writes_are_found_by_what_they_are_about(store: Store) -> None:
    """The newest of a kind; by its caller's key; and those that may have been sent."""
    await added(store, WRITE)
    newest = await added(store, replace(WRITE, state=WriteState.WRITING, owner="ann", key="key-1"))

    kind = WriteKind.APPOINTMENT
    assert await store.read(lambda tx: tx.writes.of_subject(kind, 7)) == newest
    assert await store.read(lambda tx: tx.writes.of_subject(WriteKind.CANCEL, 7)) is None
    assert await store.read(lambda tx: tx.writes.keyed("ann", "key-1")) == newest
    assert await store.read(lambda tx: tx.writes.keyed("bob", "key-1")) is None
    assert await store.read(lambda tx: tx.writes.keyed("", "")) is None
    assert await store.read(lambda tx: tx.writes.unsettled("main", kind)) == [newest]


async def test_a_patient_is_never_due(store: Store) -> None:
    """It may have been sent, but is looked for with whatever needs it."""
    await added(store, replace(WRITE, kind=WriteKind.PATIENT, state=WriteState.WRITING))

    def look(tx: Transaction) -> tuple[object, object]:
        return tx.writes.due("main", NOW), tx.writes.next_due_at("main")

    assert await store.read(look) == (None, None)
    begun = await store.read(lambda tx: tx.writes.unsettled("main", WriteKind.PATIENT))
    assert [one.kind for one in begun] == [WriteKind.PATIENT]
