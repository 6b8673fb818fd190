"""The rig itself: it must find what is lost and what is invented."""

import pytest
from tests.adversarial.rig import Rig

from bitewing.model.change import ChangeKind
from bitewing.ports.store import Transaction


async def test_an_ordinary_day_is_told_exactly(rig: Rig) -> None:
    """A row made, one changed and one deleted: three Changes, and the replay is the table."""
    first, second = rig.keys("appointment", "AptNum")[:2]
    rig.run("UPDATE appointment SET Note = 'late' WHERE AptNum = ?", first)
    rig.run("DELETE FROM appointment WHERE AptNum = ?", second)
    rig.run("INSERT INTO patfield (PatNum, FieldName, FieldValue) VALUES (1, 'a', 'b')")
    changes = await rig.verify()

    assert {change.kind for change in changes} == set(ChangeKind)
    assert len(changes) == 3


async def test_the_judge_misses_a_lost_change(rig: Rig) -> None:
    """A Change that was not recorded shows in the comparison."""
    first = rig.keys("appointment", "AptNum")[0]
    await rig.settle()
    rig.run("UPDATE appointment SET Note = 'late' WHERE AptNum = ?", first)
    [record] = await rig.source.fetch(rig.watch("Appointment"), [first])

    def silently(tx: Transaction) -> None:
        tx.records.refresh(rig.source.name, [record])

    await rig.store.write(silently)

    with pytest.raises(AssertionError, match="replay of Appointment"):
        await rig.verify()
