"""The writing desk keeps what can be written, for those whose it is."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fakes.clock import FakeClock

from bitewing.engine.operations.writing import WritingDesk
from bitewing.engine.signals import Signals
from bitewing.model.errors import InvalidRequestError
from bitewing.model.pending import PendingWrite, Wanted, WriteKind, WriteState
from bitewing.stores.sqlite import SqliteStore

SMILES = "bright-smiles"
DRAFT = Wanted("main", WriteKind.PATIENT, {"name": "Jane"}, state=WriteState.DRAFT)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[WritingDesk]:
    """An institution with two offices, of which the first is written into."""
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    sources = {SMILES: ("main", "other")}
    yield WritingDesk(store, sources, FakeClock(), Signals(), lambda *_: None, {"main"})
    await store.close()


async def ask(desk: WritingDesk, wanted: Wanted) -> PendingWrite:
    (write,) = await desk.ask(SMILES, lambda _albums, _is_draft: [wanted], owner="ann")
    return write


async def handed_in(desk: WritingDesk, write: PendingWrite) -> PendingWrite:
    return await desk.amend(write.id, lambda one: replace(one, state=WriteState.WAITING))


async def test_a_patient_belongs_to_one_source(desk: WritingDesk) -> None:
    """Another office of the same institution does not know them."""
    patient = await ask(desk, DRAFT)
    booking = Wanted("main", WriteKind.APPOINTMENT, {"patient": patient.subject})

    assert (await ask(desk, booking)).wish == {"patient": patient.subject}
    with pytest.raises(InvalidRequestError, match=f"id {patient.subject} not found"):
        await ask(desk, replace(booking, source="other", state=WriteState.DRAFT))


async def test_a_key_stands_for_all_that_was_asked_for_with_it(desk: WritingDesk) -> None:
    """Asked again, it is answered with every write, and nothing is kept twice."""
    both = [Wanted("main", kind, {}, subject=7) for kind in (WriteKind.CONFIRM, WriteKind.ARRIVE)]

    async def ask_for(*wanted: Wanted, owner: str = "ann") -> Sequence[PendingWrite]:
        return await desk.ask(SMILES, lambda _albums, _is_draft: wanted, owner=owner, key="k")

    first, again = await ask_for(*both), await ask_for(both[0])
    others = await ask_for(*both, owner="ben")

    assert [write.kind for write in first] == [WriteKind.CONFIRM, WriteKind.ARRIVE]
    assert again == first
    assert {write.id for write in others}.isdisjoint(write.id for write in first)


@pytest.mark.parametrize(
    "kind", [WriteKind.CANCEL, WriteKind.CONFIRM, WriteKind.ARRIVE, WriteKind.PAPER]
)
async def test_what_only_writing_is_for_is_refused_without_a_writer(
    desk: WritingDesk, kind: WriteKind
) -> None:
    """It would be done when somebody configures one, months later."""
    with pytest.raises(InvalidRequestError, match="Nothing is written"):
        await ask(desk, Wanted("other", kind, {}))

    assert await desk.store.read(lambda tx: tx.writes.next_due_at("other")) is None


async def test_a_form_is_not_handed_in_once_its_writer_is_gone(desk: WritingDesk) -> None:
    """The answers could not be filed, and whoever gave them hears so."""
    form = await ask(desk, Wanted("main", WriteKind.PAPER, {}, state=WriteState.DRAFT))

    with pytest.raises(InvalidRequestError, match="Nothing is written"):
        await handed_in(replace(desk, written=()), form)
    assert (await handed_in(desk, form)).state is WriteState.WAITING
