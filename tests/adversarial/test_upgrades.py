"""Cases 21, 27 and 28: tables of odd shapes, upgrades, other engines and indexes."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.adversarial.rig import Rig

from bitewing.engine.capture.sweeping import YOUTH
from bitewing.model.change import Change, ChangeKind
from bitewing.model.health import Light

ALTERATIONS = [
    "ALTER TABLE appointment ADD COLUMN ProvBonus bigint NOT NULL DEFAULT 7",
    "ALTER TABLE appointment ADD COLUMN ProvBonus bigint NOT NULL FIRST",
    "ALTER TABLE appointment DROP COLUMN Note",
    "ALTER TABLE appointment CHANGE Note NoteText text",
    "ALTER TABLE appointment MODIFY Pattern varchar(20), MODIFY PatNum decimal(20,2)",
    "ALTER TABLE appointment MODIFY Note text AFTER AptNum",
]
BUSY_SECONDS = 2.0
LONGEST_LOCK_SECONDS = 0.1


async def recover(rig: Rig) -> None:
    """Notice by a failing read that a table is another, discover it anew, compare everything."""
    for _ in range(3):
        await rig.settle()
    await rig.poll()


async def told(rig: Rig) -> list[Change]:
    await rig.replay()
    return rig.told


async def see_images(rig: Rig) -> None:
    """The store holds the rows as they are now, column by column."""
    images = await rig.images()
    for watch in rig.source.watches:
        mine = {
            key.number: dict(one.native) for key, one in images.items() if key.watch == watch.name
        }
        assert mine == rig.rows(watch), watch.name


@pytest.mark.parametrize("alteration", ALTERATIONS)
async def test_case_27_an_altered_table_is_no_flood(server_rig: Rig, alteration: str) -> None:
    """Case 27: columns come, go, move and change type: silent, and the store has them all."""
    server_rig.run(alteration)
    await recover(server_rig)

    assert await told(server_rig) == []
    assert server_rig.poller.health.light is Light.GREEN
    await see_images(server_rig)


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_case_27_an_upgrade_that_rewrites_all_rows_is_no_flood(
    server_rig: Rig, *, is_running: bool
) -> None:
    """Case 27: a new column is filled, so every stamp moves; that is no Change of a row."""
    rig = server_rig
    if not is_running:
        await rig.source.close()
    rig.run("ALTER TABLE appointment ADD COLUMN Bonus int NOT NULL DEFAULT 0")
    rig.run("UPDATE appointment SET Bonus = 5")
    if not is_running:
        await rig.restart()
    await recover(rig)

    assert await told(rig) == []
    await see_images(rig)


async def test_case_27_a_real_change_during_an_upgrade_is_told(server_rig: Rig) -> None:
    """Case 27: among the rewritten rows the one that says something else is a Change."""
    rig = server_rig
    number = rig.keys("appointment", "AptNum")[0]
    rig.run("ALTER TABLE appointment ADD COLUMN Bonus int NOT NULL DEFAULT 0")
    rig.run("UPDATE appointment SET Bonus = 5")
    rig.run("UPDATE appointment SET Note = 'moved' WHERE AptNum = ?", number)
    rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", rig.keys("patfield", "PatFieldNum")[0])
    await recover(rig)
    changes = await told(rig)

    assert sorted((change.key.watch, change.kind) for change in changes) == [
        ("Appointment", ChangeKind.UPDATED),
        ("PatField", ChangeKind.DELETED),
    ]


async def test_case_27_the_new_column_is_followed_afterwards(server_rig: Rig) -> None:
    """Case 27: what is written into it later is a Change with an exact image before."""
    rig = server_rig
    number = rig.keys("appointment", "AptNum")[0]
    rig.run("ALTER TABLE appointment ADD COLUMN Bonus int NOT NULL DEFAULT 0")
    await recover(rig)
    rig.run("UPDATE appointment SET Bonus = 9 WHERE AptNum = ?", number)
    await recover(rig)
    [change] = await rig.store.read(lambda tx: tx.changes.between(rig.source.name, 1, 9, 9))

    assert change.before is not None and change.before.native["Bonus"] == b"0"
    assert change.after is not None and change.after.native["Bonus"] == b"9"


async def test_case_27_every_row_restamped_is_told_once(rig: Rig) -> None:
    """Case 27: by decision the stamp is content, as Open Dental announces touched rows: once."""
    now = "datetime('now')" if rig.writer.is_sqlite else "NOW()"
    rig.run(f"UPDATE patient SET DateTStamp = {now}")
    changes = await rig.verify()
    await rig.settle()

    assert sorted(change.key.number for change in changes) == rig.keys("patient", "PatNum")
    assert await rig.replay() == []


async def test_case_27_our_reading_does_not_hold_up_an_upgrade(server_rig: Rig) -> None:
    """Case 27: an ALTER waits for us less than 100 ms, whatever we are reading."""
    rig = server_rig
    values = ", ".join(f"({number}, 1)" for number in range(10_000, 30_000))
    rig.run(f"INSERT INTO appointment (AptNum, PatNum) VALUES {values}")
    await rig.settle()
    alone = alter_for_a_while(rig)
    with ThreadPoolExecutor(1) as pool:
        altering = pool.submit(alter_for_a_while, rig)
        while not altering.done():
            await rig.settle()
        beside_us = altering.result()

    assert beside_us - alone < LONGEST_LOCK_SECONDS


def alter_for_a_while(rig: Rig) -> float:
    """Alter a table again and again; give the seconds that this usually took."""
    took = []
    with rig.connection() as connection, connection.cursor() as cursor:
        until = time.perf_counter() + BUSY_SECONDS
        while time.perf_counter() < until:
            began = time.perf_counter()
            cursor.execute("ALTER TABLE appointment COMMENT = 'x'")  # copies nothing
            took.append(time.perf_counter() - began)
    return statistics.median(took)


@pytest.mark.parametrize(
    ("before", "after"),
    [("InnoDB", "MyISAM"), ("MyISAM", "InnoDB")],
    ids=["to-MyISAM", "to-InnoDB"],
)
async def test_case_28_a_table_changes_its_engine(server_rig: Rig, before: str, after: str) -> None:
    """Case 28: converted between two polls: nothing is told, and all goes on in the new way."""
    rig = server_rig
    rig.run(f"ALTER TABLE appointment ENGINE = {before}")
    await recover(rig)
    rig.run(f"ALTER TABLE appointment ENGINE = {after}")
    first, second = rig.keys("appointment", "AptNum")[:2]
    rig.run("UPDATE appointment SET Note = 'new' WHERE AptNum = ?", first)
    await recover(rig)
    rig.run("UPDATE appointment SET Note = 'new' WHERE AptNum = ?", second)
    changes = await rig.verify()

    assert [change.key.number for change in changes] == [first, second]
    assert rig.watch("Appointment").counts_at_once == (after == "MyISAM")


async def test_case_28_an_index_on_the_stamp_appears_and_disappears(rig: Rig) -> None:
    """Case 28: it changes the speed of a poll and nothing else."""
    numbers = rig.keys("appointment", "AptNum")[:3]
    ddl = {
        numbers[0]: "CREATE INDEX by_stamp ON appointment (DateTStamp)",
        numbers[1]: "DROP INDEX by_stamp" + ("" if rig.writer.is_sqlite else " ON appointment"),
        numbers[2]: "SELECT 1",
    }
    for number, statement in ddl.items():
        rig.run("UPDATE appointment SET Note = 'new' WHERE AptNum = ?", number)
        rig.writer.rows(statement)
        await recover(rig)
    changes = await rig.verify()

    assert [change.key.number for change in changes] == numbers


@pytest.mark.live
async def test_case_28_pages_by_offset_lose_rows_and_ours_do_not(innodb_rig: Rig) -> None:
    """Case 28: the negative control: rows leave page 1 before page 2 is read."""
    rig = innodb_rig
    values = ", ".join(f"({number}, 1)" for number in range(10_000, 13_000))
    rig.run("SET timestamp = UNIX_TIMESTAMP() - 5")
    rig.run(f"INSERT INTO appointment (AptNum, PatNum) VALUES {values}")
    [(start, stop)] = rig.writer.rows(
        "SELECT MAX(DateTStamp), NOW() + INTERVAL 1 SECOND FROM appointment"
    )
    rig.run("SET timestamp = DEFAULT")
    paging = (
        "SELECT AptNum FROM appointment WHERE DateTStamp >= ? AND DateTStamp < ? "
        "ORDER BY DateTStamp, AptNum LIMIT ?, 1000"
    )
    seen: set[int] = set()
    for offset in (0, 1000, 2000, 3000):
        seen |= {int(key) for (key,) in rig.writer.rows(paging, (start, stop, offset))}
        if offset == 0:
            await rig.poll()
            rig.run("UPDATE appointment SET Note = 'moved' WHERE AptNum BETWEEN 10000 AND 10099")
    await rig.poll()
    ours = {change.key.number for change in await told(rig)}
    everything = set(range(10_000, 13_000))

    assert len(everything - seen) == 100
    assert everything <= ours
    await rig.verify()


async def test_case_21_a_table_without_a_stamp_is_followed_by_sweeps(server_rig: Rig) -> None:
    """Case 21: an older version's table: made, changed, deleted, told by sweeps alone."""
    rig = server_rig
    [stamp] = [rig.watch("PatField").stamp_column]
    rig.run(f"ALTER TABLE patfield DROP COLUMN {stamp}")
    await recover(rig)
    number = rig.keys("patfield", "PatFieldNum")[0]
    rig.run("UPDATE patfield SET FieldValue = 'new' WHERE PatFieldNum = ?", number)
    await rig.settle()
    rig.clock.advance(YOUTH.total_seconds() + 5)
    await rig.poll()
    await rig.set_clock(YOUTH.total_seconds() + 5)
    rig.run("DELETE FROM patfield WHERE PatFieldNum = ?", number)
    rig.run("INSERT INTO patfield (PatFieldNum, PatNum) VALUES (9001, 1)")
    await rig.settle()
    changes = await rig.store.read(lambda tx: tx.changes.between(rig.source.name, 1, 9, 9))

    assert rig.watch("PatField").stamp_column is None
    assert [(change.kind, change.key.number) for change in changes] == [
        (ChangeKind.UPDATED, number),
        (ChangeKind.CREATED, 9001),
        (ChangeKind.DELETED, number),
    ]


async def test_case_21_rows_of_a_stampless_part_are_told_as_their_owner(rig: Rig) -> None:
    """Case 21: scheduleop has no stamp; a row that is moved changes both of its Schedules."""
    first, second = rig.keys("schedule", "ScheduleNum")[:2]
    rig.run(
        "INSERT INTO scheduleop (ScheduleOpNum, ScheduleNum, OperatoryNum) VALUES (99001, ?, 1)",
        first,
    )
    await rig.settle()
    rig.run("UPDATE scheduleop SET ScheduleNum = ? WHERE ScheduleOpNum = 99001", second)
    await rig.settle()
    rig.run("DELETE FROM scheduleop WHERE ScheduleOpNum = 99001")
    changes = await rig.verify()

    assert [(change.key.watch, change.key.number) for change in changes] == [
        ("Schedule", first),
        ("Schedule", first),
        ("Schedule", second),
        ("Schedule", second),
    ]


@pytest.mark.parametrize(
    ("alteration", "words"),
    [
        ("DROP PRIMARY KEY, MODIFY PatFieldNum bigint NOT NULL", "(missing)"),
        ("DROP PRIMARY KEY, ADD PRIMARY KEY (PatFieldNum, PatNum)", "(PatFieldNum, PatNum)"),
    ],
    ids=["none", "composite"],
)
async def test_case_21_a_table_without_its_primary_key_is_refused(
    server_rig: Rig, alteration: str, words: str
) -> None:
    """Case 21: rows that cannot be told apart are not guessed at; mended, all goes on."""
    rig = server_rig
    rig.run(
        f"ALTER TABLE patfield MODIFY PatFieldNum bigint NOT NULL, {alteration.split(', ', 1)[0]}"
    )
    if "ADD" in alteration:
        rig.run(f"ALTER TABLE patfield {alteration.split(', ', 1)[1]}")
    rig.run("UPDATE patfield SET FieldValue = 'meanwhile' WHERE PatFieldNum = 1")
    await recover(rig)
    refused, meanwhile = rig.poller.health, list(await told(rig))
    if "ADD" in alteration:
        rig.run("ALTER TABLE patfield DROP PRIMARY KEY")
    rig.run("ALTER TABLE patfield ADD PRIMARY KEY (PatFieldNum)")
    await recover(rig)
    changes = await rig.verify()

    assert refused.light is Light.RED
    assert words in refused.detail
    assert meanwhile == []
    assert [change.key.watch for change in changes] == ["PatField"]
