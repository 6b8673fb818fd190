"""What waits for a writer that is configured no more ends in time, and says so."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from tests.fakes.clock import FakeClock

from bitewing.engine.signals import Signals
from bitewing.engine.writing.closer import BATCH, SECONDS, Closer
from bitewing.model.pending import FORSAKEN, PATIENCE, UNSURE, PendingWrite, WriteKind, WriteState
from bitewing.ports.store import Store
from bitewing.stores.sqlite import SqliteStore

START = timedelta(hours=3)


@dataclass
class Office:
    """A store in which something waits, and what was told of it."""

    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    told: list[PendingWrite] = field(default_factory=list)

    def closer(self, *written: str) -> Closer:
        return Closer(
            self.store,
            written,
            clock=self.clock,
            signals=Signals(),
            tell=lambda _tx, write: self.told.append(write),
        )

    async def wait(
        self, kind: WriteKind, state: WriteState = WriteState.WAITING, *, has_start: bool = False
    ) -> PendingWrite:
        now = self.clock.now()
        write = PendingWrite(
            *("bright-smiles", "main-office", kind, 7, now, now, now),
            state=state,
            deadline=now + START if has_start else None,
        )
        return await self.store.write(lambda tx: tx.writes.add(write))


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    yield Office(store)
    await store.close()


async def test_an_appointment_times_out_at_its_start(office: Office) -> None:
    """One that may have been written has its hour of grace, as with a writer."""
    kind = WriteKind.APPOINTMENT
    waiting = await office.wait(kind, has_start=True)
    begun = await office.wait(kind, WriteState.WRITING, has_start=True)
    closer = office.closer("other-office")
    office.clock.advance(START.total_seconds() - 1)
    before = await closer.step(), list(office.told)
    office.clock.advance(1)
    ended = await closer.step(), [write.id for write in office.told]
    office.clock.advance(3600)
    await closer.step()

    assert before == (SECONDS, [])
    assert ended == (0.0, [waiting.id])
    assert [write.id for write in office.told] == [waiting.id, begun.id]
    assert {write.state for write in office.told} == {WriteState.TIMED_OUT}
    assert [write.reason for write in office.told] == [FORSAKEN, FORSAKEN + UNSURE]


async def test_everything_else_fails_a_day_after_it_was_tried_last(office: Office) -> None:
    """Whoever takes the writer out by mistake has a day to put it back."""
    paper = await office.wait(WriteKind.PAPER)
    await office.wait(WriteKind.PATIENT, WriteState.WRITING)
    closer = office.closer()
    office.clock.advance(PATIENCE.total_seconds() - 1)
    early = await closer.step(), list(office.told)
    office.clock.advance(1)
    await closer.step()

    assert early == (SECONDS, [])
    assert office.told == [
        replace(paper, state=WriteState.FAILED, reason=FORSAKEN, updated_at=office.clock.now())
    ]
    assert await office.store.read(lambda tx: tx.writes.waiting()) == {}


async def test_what_has_a_writer_is_left_to_it(office: Office) -> None:
    """The scribe knows better."""
    await office.wait(WriteKind.APPOINTMENT, has_start=True)
    office.clock.advance(30 * 86400)
    await office.closer("main-office").step()

    assert office.told == []
    assert await office.store.read(lambda tx: tx.writes.waiting()) == {"main-office": 1}


async def test_many_end_some_at_a_time(office: Office) -> None:
    """Nobody else waits for a long piece of work; the next follows at once."""
    for _ in range(BATCH + 1):
        await office.wait(WriteKind.APPOINTMENT, has_start=True)
    closer = office.closer()
    office.clock.advance(START.total_seconds())
    steps = [(await closer.step(), len(office.told)) for _ in range(3)]

    assert steps == [(0.0, BATCH), (0.0, BATCH + 1), (SECONDS, BATCH + 1)]
