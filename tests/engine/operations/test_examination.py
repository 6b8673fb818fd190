"""The doctor says what waits for a writer in vain."""

from pathlib import Path

from tests.fakes.clock import FakeClock
from tests.fakes.sender import FakeSender

from bitewing.engine.operations.examination import Examination
from bitewing.model.health import Finding, Light
from bitewing.model.pending import PendingWrite, WriteKind
from bitewing.ports.clock import Clock
from bitewing.ports.source import Source
from bitewing.ports.store import Transaction
from bitewing.stores.sqlite import SqliteStore


async def measure(_source: Source, _clock: Clock) -> list[Finding]:
    return []


async def test_what_waits_for_a_missing_writer_is_said(tmp_path: Path) -> None:
    """How much, of which source, and how it ends; where there is a writer it is no matter."""
    path, clock = str(tmp_path / "store.db"), FakeClock()
    store, now = SqliteStore(path), clock.now()
    await store.open()

    def wait(tx: Transaction) -> None:
        for source in ("main", "main", "branch"):
            tx.writes.add(PendingWrite("one", source, WriteKind.PAPER, 7, now, now, now))

    await store.write(wait)
    await store.close()
    examination = Examination([], SqliteStore(path), FakeSender(), clock, measure, ["branch"])

    found = [one for one in await examination.findings() if "writer" in one.subject]

    assert [(one.light, one.subject) for one in found] == [(Light.STARTING, "source main: writer")]
    assert found[0].detail.startswith("2 thing(s)")
    assert "a day" in found[0].mend
