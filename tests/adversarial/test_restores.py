"""Cases 25 and 26: tables that crash or are restored, and databases in another's place."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.adversarial.conftest import _fill, _rigged, reader_of
from tests.adversarial.rig import Rig
from tests.servers.mariadb import MariaDB

from bitewing.engine.capture.sweeping import YOUTH
from bitewing.engine.operations.care import Caretaker
from bitewing.model.change import Change, ChangeKind
from bitewing.model.health import Light

MANY = 2000
"""More rows than may be gone at once."""

TABLES = ("appointment", "patient", "patfield", "toothinitial", "operatory", "schedule")


async def begin(rig: Rig, rows: int = MANY) -> int:
    """Let the practice have many appointments, and tell of them; give how many Changes."""
    values = ", ".join(f"({number}, 1, '2001-02-03')" for number in range(10_000, 10_000 + rows))
    rig.run(f"INSERT INTO appointment (AptNum, PatNum, DateTStamp) VALUES {values}")
    return len(await rig.verify())


async def recover(rig: Rig) -> None:
    """Let the next poll succeed that may, compare everything, and say how that went."""
    await rig.poll()
    await rig.settle()
    await rig.poll()


async def since(rig: Rig, told: int) -> list[Change]:
    """Give the Changes behind these."""
    await rig.replay()
    return rig.told[told:]


def back_up(rig: Rig) -> None:
    """Keep the tables as they are now."""
    for table in TABLES:
        rig.run(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")


def restore(rig: Rig, table: str) -> None:
    """Drop a table and make it anew from the backup, as a dump does."""
    make_anew(rig, table)
    rig.run(f"INSERT INTO {table} SELECT * FROM kept_{table}")


def make_anew(rig: Rig, table: str) -> None:
    """Drop a table and create it empty."""
    if not rig.writer.is_sqlite:
        # A table's age is known to the second: it must be another one than the first table's.
        rig.run("DO SLEEP(1.01 - MICROSECOND(NOW(6)) / 1000000)")
    [statement] = definition(rig, table)
    rig.run(f"DROP TABLE {table}")
    rig.run(statement)


def definition(rig: Rig, table: str) -> list[str]:
    """Give the statement that creates a table."""
    return [str(rig.writer.rows(f"SHOW CREATE TABLE {table}")[0][1]).replace("%", "%%")]


@pytest.fixture
def own_server() -> Iterator[MariaDB]:
    """Give a server that leaves crashed tables alone, whose files a test may damage."""
    server = MariaDB(["--myisam-recover-options=OFF"])
    server.start()
    yield server
    server.remove()


@pytest.mark.live
async def test_case_25_a_crashed_table_is_never_empty(own_server: MariaDB, tmp_path: Path) -> None:
    """Case 25: half of a file is missing, then repaired away: asked about, never announced."""
    place = own_server.create_database()
    _fill(place.url, "MyISAM")
    async for rig in _rigged(place, reader_of(own_server, place), tmp_path):
        told = await begin(rig)
        rig.run("FLUSH TABLES")
        file = own_server._home / "data" / place.name / "appointment.MYD"
        whole = file.read_bytes()
        file.write_bytes(whole[: len(whole) // 2])
        await recover(rig)
        crashed = rig.poller.health
        rig.writer.rows("REPAIR TABLE appointment")
        await recover(rig)
        repaired, changes = rig.poller.health, await since(rig, told)
        rig.run("FLUSH TABLES")
        file.write_bytes(whole)
        rig.writer.rows("REPAIR TABLE appointment")
        await recover(rig)

        assert crashed.light is Light.RED
        assert "repair it" in crashed.detail
        assert repaired.light is Light.RED
        assert "rows of Appointment" in repaired.detail
        assert changes == []
        assert rig.poller.health.light is Light.GREEN
        assert len(await rig.verify()) == told


@pytest.mark.parametrize("statement", ["OPTIMIZE TABLE", "REPAIR TABLE", "ANALYZE TABLE"])
async def test_case_25_maintenance_changes_nothing(server_rig: Rig, statement: str) -> None:
    """Case 25: tables that are put in order between polls are what they were."""
    for table in TABLES:
        server_rig.writer.rows(f"{statement} {table}")
    await recover(server_rig)

    assert await server_rig.verify() == []
    assert server_rig.poller.health.light is Light.GREEN


@pytest.mark.parametrize("table", TABLES)
async def test_case_25_a_slow_restore_deletes_nothing(server_rig: Rig, table: str) -> None:
    """Case 25: dropped, made anew and filled row by row, looked at all the while."""
    rig = server_rig
    told = await begin(rig, 500)
    back_up(rig)
    [statement] = definition(rig, table)
    lights = []
    rows = int(rig.cell(f"SELECT COUNT(*) FROM {table}"))
    for step in (f"DROP TABLE {table}", statement):
        rig.run(step)
        await recover(rig)
        lights.append(rig.poller.health.light)
    for begin_at, end_at in ((0, 1), (1, rows // 2), (rows // 2, rows - 1), (rows - 1, rows)):
        rig.run(
            f"INSERT INTO {table} SELECT * FROM kept_{table} LIMIT {begin_at}, {end_at - begin_at}"
        )
        await recover(rig)
        assert await since(rig, told) == []

    assert lights[0] is Light.RED
    assert rig.poller.health.light is Light.GREEN
    assert len(await rig.verify()) == told


async def test_case_25_rows_that_are_late_in_a_new_table_are_waited_for(server_rig: Rig) -> None:
    """Case 25: nobody looked while it was empty; few rows are missing; some never come back."""
    rig = server_rig
    told = len(await rig.verify())
    back_up(rig)
    late, lost = rig.keys("appointment", "AptNum")[:2]
    rig.clock.advance(5)
    make_anew(rig, "appointment")
    rig.run("INSERT INTO appointment SELECT * FROM kept_appointment WHERE AptNum > ?", lost)
    await recover(rig)
    early = await since(rig, told)
    rig.run("INSERT INTO appointment SELECT * FROM kept_appointment WHERE AptNum = ?", late)
    await recover(rig)
    rig.clock.advance(YOUTH.total_seconds() + 5)
    await rig.poll()
    await rig.set_clock(YOUTH.total_seconds() + 5)
    await rig.settle()
    changes = await since(rig, told)

    assert early == []
    assert [(change.kind, change.key.number) for change in changes] == [(ChangeKind.DELETED, lost)]
    await rig.verify()


async def test_case_25_a_table_that_was_emptied_is_asked_about_to_the_last_row(rig: Rig) -> None:
    """Case 25: once too many were gone, the few that are not back are held as well."""
    told = await begin(rig)
    rig.run("CREATE TABLE kept AS SELECT * FROM appointment")
    rig.run("DELETE FROM appointment")
    await rig.settle()
    rig.run("INSERT INTO appointment SELECT * FROM kept WHERE AptNum <> 10005")
    await rig.settle()
    await rig.poll()
    held, health = rig.poller.held, rig.poller.health
    changes = await since(rig, told)
    rig.poller.request_sweep(accepts_all=True)
    await rig.settle()
    await rig.poll()
    accepted = await since(rig, told)

    assert held == {"Appointment": 1}
    assert health.light is Light.RED
    assert "--accept-deletions" in health.detail
    assert changes == []
    assert [change.key.number for change in accepted] == [10_005]
    assert rig.poller.health.light is Light.GREEN
    await rig.verify()


async def test_case_25_a_small_table_is_not_believed_to_be_empty(rig: Rig) -> None:
    """Case 25: every operatory gone at once is fewer than fifty, and asked about all the same."""
    rig.run("CREATE TABLE kept AS SELECT * FROM operatory")
    rig.run("DELETE FROM operatory")
    await rig.settle()
    held = dict(rig.poller.held)
    rig.run("INSERT INTO operatory SELECT * FROM kept")

    assert list(held) == ["Operatory"]
    assert await rig.verify() == []
    assert rig.poller.held == {}


@pytest.mark.parametrize("created", [5, MANY])
async def test_case_26_yesterdays_backup_takes_the_databases_place(
    server_rig: Rig, created: int
) -> None:
    """Case 26: what was undone is told as updates, and lost rows once a person has agreed."""
    rig = server_rig
    changed, deleted = rig.keys("appointment", "AptNum")[:2]
    await rig.verify()
    back_up(rig)
    rig.run("UPDATE appointment SET Note = 'today' WHERE AptNum = ?", changed)
    rig.run("DELETE FROM appointment WHERE AptNum = ?", deleted)
    told = await begin(rig, created)
    for table in TABLES:
        restore(rig, table)
    await recover(rig)
    before = await since(rig, told)
    rig.poller.request_sweep(accepts_all=True)
    await rig.settle()
    after = (await since(rig, told))[len(before) :]

    assert sorted((change.kind, change.key.number) for change in before) == [
        (ChangeKind.CREATED, deleted),
        (ChangeKind.UPDATED, changed),
    ]
    assert {change.kind for change in after} == {ChangeKind.DELETED}
    assert len(after) == created
    await rig.verify()


def become(rig: Rig, practice: str) -> None:
    """Let the database be another practice's: its registration key and all of its patients."""
    rig.run(
        "UPDATE preference SET ValueString = ? WHERE PrefName = 'RegistrationKey'",
        practice,
    )
    rig.run("UPDATE patient SET LName = ?", practice)


async def test_case_26_another_practices_database_is_refused(rig: Rig) -> None:
    """Case 26: replaced while we look, row by row, without one failure: nothing is recorded."""
    key = rig.cell("SELECT ValueString FROM preference WHERE PrefName = 'RegistrationKey'")
    rig.run("CREATE TABLE kept AS SELECT * FROM patient")
    become(rig, "ANOTHER")
    for _ in range(3):
        await rig.settle()
    refused, changes = rig.poller.health, await since(rig, 0)
    rig.run("UPDATE preference SET ValueString = ? WHERE PrefName = 'RegistrationKey'", key)
    rig.run("DELETE FROM patient")
    rig.run("INSERT INTO patient SELECT * FROM kept")
    await recover(rig)

    assert changes == []
    assert refused.light is Light.RED
    assert "sources accept" in refused.detail
    assert await rig.verify() == []


async def test_case_26_another_database_is_read_once_a_person_accepts_it(rig: Rig) -> None:
    """Case 26: then, and not before, its rows are compared with what is known."""
    become(rig, "ANOTHER")
    await rig.restart()
    await rig.settle()
    refused = await since(rig, 0)
    name = rig.source.name
    await Caretaker(rig.store, {}, {name: lambda _: None}).accept(name)
    await recover(rig)
    changes = await rig.verify()

    assert refused == []
    assert {change.kind for change in changes} == {ChangeKind.UPDATED}
    assert len(changes) == len(rig.keys("patient", "PatNum"))
