"""Cases 33 to 37: what people see of it: baselines, absences, order, numbers, lights."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import structlog.testing
from tests.adversarial.meddling import Meddling, fetching
from tests.adversarial.rig import Rig

from bitewing.clock import SystemClock
from bitewing.model.change import Change, ChangeKind
from bitewing.model.errors import SourceUnavailableError
from bitewing.model.health import Light
from bitewing.model.watch import Cursor
from bitewing.ports.store import Transaction

BULK = 2500
"""More rows than one page has."""


def order(changes: list[Change]) -> list[tuple[str, int]]:
    return [(change.key.watch, change.key.number) for change in changes]


def bulk(table: str, columns: str, values: str) -> str:
    """Give one statement that inserts many rows; ``values`` names a row by ``{n}``."""
    rows = ", ".join(values.format(n=number) for number in range(10_000, 10_000 + BULK))
    return f"INSERT INTO {table} ({columns}) VALUES {rows}"


async def test_case_35_a_new_patient_comes_before_the_new_appointment(rig: Rig) -> None:
    """Case 35: both are noticed by one poll; the parent is told first."""
    rig.run("INSERT INTO appointment (AptNum, PatNum) VALUES (9001, 9001)")
    rig.run("INSERT INTO patient (PatNum) VALUES (9001)")
    changes = await rig.verify()

    assert order(changes) == [("Patient", 9001), ("Appointment", 9001)]


async def test_case_35_parents_come_first_under_load_too(rig: Rig) -> None:
    """Case 35: more children than fit into a page wait for the page of their parents."""
    rig.run(bulk("appointment", "AptNum, PatNum", "({n}, {n})"))
    rig.run(bulk("patient", "PatNum", "({n})"))
    changes = await rig.verify()
    watches = [change.key.watch for change in changes]

    assert watches == ["Patient"] * BULK + ["Appointment"] * BULK


async def test_case_35_imported_parents_come_first(rig: Rig) -> None:
    """Case 35: with old stamps both are found by sweeps; these begin with the parents."""
    rig.run(
        "INSERT INTO appointment (AptNum, PatNum, DateTStamp) VALUES (9001, 9001, '2001-02-03')"
    )
    rig.run("INSERT INTO patient (PatNum, DateTStamp) VALUES (9001, '2001-02-03')")
    changes = await rig.verify()

    assert order(changes) == [("Patient", 9001), ("Appointment", 9001)]


async def test_case_33_a_first_reading_tells_nothing(rig: Rig) -> None:
    """Case 33: neither it nor the polls and sweeps after it."""
    await rig.settle()

    assert await rig.verify() == []


async def test_case_33_what_changes_during_the_first_reading_is_told_once(rig: Rig) -> None:
    """Case 33: behind the chunks that were read, by a poll; ahead of them it is the baseline."""
    rig.run(bulk("appointment", "AptNum, PatNum", "({n}, 1)"))
    behind, ahead = rig.keys("appointment", "AptNum")[0], 10_000 + BULK - 1
    await forget(rig, "Appointment")
    await rig.poll()
    rig.run("UPDATE appointment SET Note = 'meanwhile' WHERE AptNum IN (?, ?)", behind, ahead)
    was_done = rig.poller.health.is_ready
    await rig.start()
    changes = await rig.verify()

    assert not was_done
    assert order(changes) == [("Appointment", behind)]


async def test_case_33_a_table_that_is_read_later_is_read_silently(rig: Rig) -> None:
    """Case 33: its rows are the baseline, whatever the other tables tell meanwhile."""
    await forget(rig, "PatField")
    rig.run("UPDATE patient SET AddrNote = 'new' WHERE PatNum = 1")
    rig.known = {key: one for key, one in rig.known.items() if key.watch != "PatField"}
    while not rig.poller.health.is_ready:
        await rig.poll()
    rig.known |= {key: one for key, one in (await rig.images()).items() if key.watch == "PatField"}
    changes = await rig.verify()

    assert order(changes) == [("Patient", 1)]


async def forget(rig: Rig, watch: str) -> None:
    """Let a Watch be one that has never been read, and the process a new one."""

    def work(tx: Transaction) -> None:
        numbers = tx.records.outlines(rig.source.name, watch, after=None, up_to=None)
        tx.records.remove(rig.source.name, watch, list(numbers))
        tx.cursors.put(rig.source.name, watch, Cursor(datetime(2026, 1, 1, tzinfo=UTC)))

    await rig.store.write(work)
    await rig.restart()


@pytest.mark.parametrize("days", [3, 30])
async def test_case_34_after_days_away_each_row_is_told_once(rig: Rig, days: int) -> None:
    """Case 34: no limit of three days: what was changed, made and deleted meanwhile."""
    rig.run(bulk("appointment", "AptNum, PatNum, DateTStamp", "({n}, 1, '2001-02-03')"))
    await rig.verify()
    before = len(rig.told)
    await leave(rig, days)
    rig.run("UPDATE appointment SET Note = 'x', DateTStamp = ? WHERE AptNum >= 10000", ago(days))
    rig.run("UPDATE appointment SET Note = 'y' WHERE AptNum = 10000")
    rig.run("DELETE FROM appointment WHERE AptNum BETWEEN 10001 AND 10040")
    rig.run("INSERT INTO patient (PatNum, DateTStamp) VALUES (9001, ?)", ago(days / 2))
    await rig.restart()
    await rig.poll()
    polled = (await rig.replay())[:]
    changes = (await rig.verify())[before:]

    assert len(polled) == BULK - 40 + 1
    assert len({change.key for change in changes}) == len(changes) == BULK + 1
    assert sum(change.kind is ChangeKind.DELETED for change in changes) == 40


async def leave(rig: Rig, days: int) -> None:
    """Let the process have stopped so many days ago."""
    back = timedelta(days=days)

    def work(tx: Transaction) -> None:
        for watch in rig.source.watches:
            cursor = tx.cursors.get(rig.source.name, watch.name)
            assert cursor is not None
            moved = replace(cursor, read_up_to=cursor.read_up_to - back)
            tx.cursors.put(rig.source.name, watch.name, moved)

    await rig.source.close()
    await rig.store.write(work)


def ago(days: float) -> str:
    """Write a stamp of so many days ago, a moment after the process stopped."""
    at = SystemClock().now() - timedelta(days=days) + timedelta(minutes=5)
    return at.strftime("%Y-%m-%d %H:%M:%S")


async def test_case_36_numbers_are_dense_and_ranges_include_both_ends(rig: Rig) -> None:
    """Case 36: who has seen up to 3 asks from 4 on; asked twice, the answer is the same."""
    for number in (9001, 9002, 9003, 9004, 9005):
        rig.run("INSERT INTO patient (PatNum) VALUES (?)", number)
        await rig.poll()
        await rig.restart()
    name = rig.source.name
    whole = await rig.store.read(lambda tx: tx.changes.between(name, 1, 5, 100))
    part = await rig.store.read(lambda tx: tx.changes.between(name, 2, 4, 100))
    again = await rig.store.read(lambda tx: tx.changes.between(name, 2, 4, 100))

    assert [change.number for change in whole] == [1, 2, 3, 4, 5]
    assert part == whole[1:4] == again
    await rig.verify()


async def test_case_36_a_failing_transaction_leaves_no_gap(rig: Rig) -> None:
    """Case 36: what was not stored has used up no number."""
    rig.run("INSERT INTO patient (PatNum) VALUES (9001)")
    meddle(rig, "patient", fail)
    await rig.poll()
    failed = rig.poller.health.light
    rig.run("INSERT INTO patient (PatNum) VALUES (9002)")
    changes = await rig.verify()

    assert failed is Light.RED
    assert [change.number for change in changes] == [1, 2]


def fail() -> None:
    raise SourceUnavailableError("the test has pulled the plug")


def meddle(rig: Rig, table: str, act: Callable[[], None]) -> None:
    rig.source.polling = Meddling(rig.source.polling, before=fetching(table), act=act)


async def test_case_37_the_light_turns_once_in_each_direction(rig: Rig) -> None:
    """Case 37: red while the practice cannot be read, green after a complete poll; said once."""
    lights = []
    with structlog.testing.capture_logs() as said:
        for failures in (0, 3, 0, 2, 0):
            for _ in range(failures):
                rig.run(
                    "UPDATE patient SET AddrNote = COALESCE(AddrNote, '') || 'x'"
                    if rig.writer.is_sqlite
                    else "UPDATE patient SET AddrNote = CONCAT(COALESCE(AddrNote, ''), 'x')"
                )
                meddle(rig, "patient", fail)
                await rig.poll()
                lights.append(rig.poller.health.light)
            await rig.poll()
            await rig.sweep()
            await rig.poll()
            lights.append(rig.poller.health.light)
    events = [line["event"] for line in said if line["event"].startswith("source.")]

    red, green = Light.RED, Light.GREEN
    assert lights == [green, red, red, red, green, green, red, red, green, green]
    assert events == ["source.failed", "source.recovered"] * 2
    await rig.verify()


async def test_case_37_a_sweep_that_fails_keeps_the_light_red(rig: Rig) -> None:
    """Case 37: polls that succeed meanwhile do not turn it green for a moment; one says so."""
    lights = []
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            rig.poller.request_sweep()
            rig.source.polling = Meddling(rig.source.polling, before=digesting, act=fail)
            await rig.poller.sweep()
            lights.append(rig.poller.health.light)
            await rig.poll()
            lights.append(rig.poller.health.light)
        await rig.settle()
        await rig.poll()
    events = [line["event"] for line in said if line["event"].startswith("source.")]

    assert lights == [Light.RED] * 6
    assert rig.poller.health.light is Light.GREEN
    assert events == ["source.failed", "source.recovered"]


def digesting(sql: str) -> bool:
    """Tell the statements that digest a range."""
    return ") AS chunk" in sql


async def test_case_37_held_deletions_turn_the_light_once(rig: Rig) -> None:
    """Case 37: red as long as rows are held, said once; green when they are back."""
    rig.run("CREATE TABLE kept AS SELECT * FROM patient")
    rig.run("DELETE FROM patient")
    lights = []
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            await rig.settle()
            await rig.poll()
            lights.append(rig.poller.health.light)
        rig.run("INSERT INTO patient SELECT * FROM kept")
        await rig.settle()
        await rig.poll()
        lights.append(rig.poller.health.light)
    events = [line["event"] for line in said if line["event"] == "deletions.held"]

    assert lights == [Light.RED, Light.RED, Light.RED, Light.GREEN]
    assert len(events) == 1
    assert await rig.verify() == []
