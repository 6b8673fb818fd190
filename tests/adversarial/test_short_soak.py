"""Case 38: a short soak without threads, on SQLite; the long one is ``make soak``.

The mutants of ``test_mutants`` must fail here or at a test that is named there.
"""

import random

import pytest
from tests.adversarial.rig import Rig

from bitewing.model.watch import Depth

on_sqlite = pytest.mark.parametrize("rig", ["sqlite"], indirect=True)
OLD = "2024-03-01 12:00:00"
STEPS = 150
FEWEST = 5
"""So many rows are always left."""


class Writer:
    """Writes to patient fields in every way that an office knows, by the throw of dice."""

    def __init__(self, rig: Rig, seed: int) -> None:
        self._rig, self._dice, self._count = rig, random.Random(seed), 0  # noqa: S311 - repeatable

    def write(self) -> None:
        """Do one thing."""
        keys = self._rig.keys("patfield", "PatFieldNum")
        self._count += 1
        deeds = [self._save, self._keep, self._import, self._burst]
        deed = self._dice.choice([*deeds, self._remove] if len(keys) > FEWEST else deeds)
        deed(self._dice.choice(keys), f"value {self._count}")

    def _save(self, key: int, value: str) -> None:
        self._rig.run("UPDATE patfield SET FieldValue = ? WHERE PatFieldNum = ?", value, key)

    def _keep(self, key: int, value: str) -> None:
        """Change a row and keep its stamp, or set it back."""
        self._rig.run(
            "UPDATE patfield SET FieldValue = ?, SecDateTEdit = ? WHERE PatFieldNum = ?",
            *(value, OLD, key),
        )

    def _import(self, key: int, value: str) -> None:
        self._rig.run(
            "INSERT INTO patfield (PatNum, FieldName, FieldValue, SecUserNumEntry, SecDateTEdit) "
            "SELECT PatNum, FieldName, ?, SecUserNumEntry, ? FROM patfield WHERE PatFieldNum = ?",
            *(value, OLD, key),
        )

    def _remove(self, key: int, value: str) -> None:
        self._rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", key)

    def _burst(self, key: int, value: str) -> None:
        self._rig.run("UPDATE patfield SET FieldName = ? WHERE PatFieldNum >= ?", value, key)


@on_sqlite
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_case_38_what_is_replayed_is_what_is_there(rig: Rig, seed: int) -> None:
    """Writes, polls, sweeps and restarts in any order: the Changes tell the tables, exactly."""
    dice, writer = random.Random(seed), Writer(rig, seed)  # noqa: S311 - repeatable
    for _ in range(STEPS):
        writer.write()
        what = dice.randrange(12)
        if what < 4:
            await rig.poll()
        elif what == 4:
            await rig.sweep(dice.choice(list(Depth)))
        elif what == 5:
            await rig.restart()
            await rig.poll()

    assert len(await rig.verify()) > STEPS // 2


@on_sqlite
async def test_case_20_rows_that_get_one_stamp_together_are_seen_by_keys_and_stamps(
    rig: Rig,
) -> None:
    """An even number of rows go from one stamp to another, too old for any poll.

    Under an exclusive or of CRC32, which is linear, they would cancel out.
    """
    columns = ("PatFieldNum", "PatNum", "FieldName", "FieldValue", "SecUserNumEntry")
    rows = [(number, 1, "Shade", "A1", 1) for number in range(1000, 1040)]
    rig.writer.insert_many("patfield", columns, rows)
    rig.run("UPDATE patfield SET SecDateTEdit = ? WHERE PatFieldNum >= 1000", OLD)
    await rig.settle()
    before = len(await rig.replay())
    rig.run("UPDATE patfield SET SecDateTEdit = '2024-03-02 13:00:00' WHERE PatFieldNum >= 1000")

    await rig.sweep(Depth.STAMPS)

    assert len(await rig.replay()) == 40
    assert before >= 40


@on_sqlite
async def test_case_20_two_rows_that_swap_a_field_are_seen(rig: Rig) -> None:
    """Two rows swap a value and keep their stamps: a sweep of whole rows sees both."""
    first, second = rig.keys("patfield", "PatFieldNum")[:2]
    statement = "UPDATE patfield SET FieldValue = ?, SecDateTEdit = ? WHERE PatFieldNum = ?"
    rig.run(statement, "left", OLD, first)
    rig.run(statement, "right", OLD, second)
    await rig.settle()
    await rig.replay()
    rig.run(statement, "right", OLD, first)
    rig.run(statement, "left", OLD, second)

    await rig.sweep(Depth.ROWS)

    assert len(await rig.replay()) == 2
