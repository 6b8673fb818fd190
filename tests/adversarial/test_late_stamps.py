"""Cases 1 to 5: a row's stamp is the START of its statement, and it may show much later.

A poll that goes on from the newest stamp, or from the clock, has passed such rows by.
"""

import asyncio
import fcntl
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from tests.adversarial.rig import Rig
from tests.adversarial.waiting import holding, until_blocked, waiting

from bitewing.model.change import ChangeKind
from bitewing.model.watch import Depth

WITHIN_SECONDS, BEYOND_SECONDS = 60, 300
"""Nearer and farther than the 120 seconds that an account without PROCESS looks back."""

ALL_NOTED = "UPDATE appointment SET Note = 'late'"
ONE_NOTED = f"{ALL_NOTED} ORDER BY AptNum LIMIT 1"
PATIENT_NOTED = ONE_NOTED.replace("UPDATE", "UPDATE LOW_PRIORITY")
"""On MyISAM readers pass it while it waits, as on servers with low_priority_updates."""

GATE = "GET_LOCK('gate', 30) + RELEASE_LOCK('gate')"
"""Makes a statement run for as long as another session holds the gate."""

pytestmark = pytest.mark.live


async def found_by_polling(rig: Rig) -> int:
    """Poll twice, so that a repeat would show; give how many Changes that made."""
    await rig.poll()
    await rig.poll()
    return len(await rig.replay())


async def test_case_1_a_late_commit_within_the_overlap_is_found(innodb_rig: Rig) -> None:
    """Case 1: polls that came between did not see the row; the next one looks back."""
    rig = innodb_rig
    with holding(rig, "BEGIN", ONE_NOTED) as late:
        await rig.pass_time(WITHIN_SECONDS)
        rig.run("UPDATE patient SET AddrNote = 'meanwhile' ORDER BY PatNum LIMIT 1")
        meanwhile = await found_by_polling(rig)
        late.execute("COMMIT")

    assert (meanwhile, await found_by_polling(rig)) == (1, 1)
    assert len(await rig.verify()) == 2


async def test_case_1_a_late_commit_beyond_the_overlap_is_seen_coming(seeing_rig: Rig) -> None:
    """Case 1: with PROCESS a poll knows how old the oldest transaction is, and waits for it."""
    rig = seeing_rig
    with holding(rig, "BEGIN", ONE_NOTED) as late:
        await rig.pass_time(BEYOND_SECONDS)
        rig.run("UPDATE patient SET AddrNote = 'meanwhile' ORDER BY PatNum LIMIT 1")
        meanwhile = await found_by_polling(rig)
        late.execute("COMMIT")

    assert (meanwhile, await found_by_polling(rig)) == (1, 1)
    assert len(await rig.verify()) == 2


async def test_case_1_a_late_commit_beyond_the_overlap_is_found_by_the_sweep(
    innodb_rig: Rig,
) -> None:
    """Case 1: without PROCESS no poll finds it; comparing the stamps does."""
    rig = innodb_rig
    with holding(rig, "BEGIN", ONE_NOTED) as late:
        await rig.pass_time(BEYOND_SECONDS)
        await rig.poll()
        late.execute("COMMIT")
    polled = await found_by_polling(rig)
    await rig.sweep(Depth.STAMPS)

    assert (polled, len(await rig.replay())) == (0, 1)
    assert len(await rig.verify()) == 1


async def test_case_2_what_is_rolled_back_never_was(innodb_rig: Rig) -> None:
    """Case 2: a long transaction changes, adds and deletes, and is undone: no Change."""
    rig = innodb_rig
    undone = (
        "BEGIN",
        ALL_NOTED,
        "INSERT INTO appointment (PatNum) VALUES (1)",
        "DELETE FROM patfield",
    )
    with holding(rig, *undone) as late:
        await rig.settle()
        await rig.pass_time(WITHIN_SECONDS)
        await rig.settle()
        late.execute("ROLLBACK")

    assert await rig.verify() == []


async def test_case_3_a_wait_for_a_locked_row_hides_nothing(seeing_rig: Rig) -> None:
    """Case 3: the stamp is older than the lock by the whole wait."""
    rig = seeing_rig
    with (
        holding(rig, "BEGIN", "UPDATE appointment SET Op = 7 ORDER BY AptNum LIMIT 1") as first,
        waiting(rig, ONE_NOTED) as second,
    ):
        second.until_blocked()
        await rig.pass_time(BEYOND_SECONDS)
        meanwhile = await found_by_polling(rig)
        first.execute("ROLLBACK")
        second.finish()

    assert (meanwhile, await found_by_polling(rig)) == (0, 1)
    assert len(await rig.verify()) == 1


async def test_case_3_a_statement_may_be_older_than_its_transaction(seeing_rig: Rig) -> None:
    """Case 3: it waits for the table before its transaction begins; only its own age tells.

    It is stamped 11 seconds ago, a second more than the overlap.
    """
    rig = seeing_rig
    with (
        holding(rig, "LOCK TABLES appointment READ") as lock,
        waiting(rig, ONE_NOTED, began_ago=11) as late,
    ):
        late.until_blocked(seconds=1)
        meanwhile = await found_by_polling(rig)
        lock.execute("UNLOCK TABLES")
        late.finish()

    assert (meanwhile, await found_by_polling(rig)) == (0, 1)
    assert len(await rig.verify()) == 1


@pytest.mark.parametrize("lock", ["LOCK TABLES appointment READ", "the dump", "a long SELECT"])
async def test_case_4_a_write_that_lets_readers_pass_is_found(myisam_rig: Rig, lock: str) -> None:
    """Case 4: it waits behind a backup while the polls go on, then shows an old stamp."""
    rig = myisam_rig
    with ExitStack() as backup:
        backup.enter_context(locked(rig, lock))
        with waiting(rig, PATIENT_NOTED, began_ago=WITHIN_SECONDS) as late:
            late.until_blocked()
            meanwhile = await found_by_polling(rig)
            backup.close()
            late.finish()

    assert (meanwhile, await found_by_polling(rig)) == (0, 1)
    assert len(await rig.verify()) == 1


async def test_case_4_a_waiting_write_is_seen_coming(seeing_myisam_rig: Rig) -> None:
    """Case 4: MyISAM has no transactions; the age of the statement holds the cursor back."""
    rig = seeing_myisam_rig
    with (
        holding(rig, "LOCK TABLES appointment READ") as lock,
        waiting(rig, PATIENT_NOTED, began_ago=11) as late,
    ):
        late.until_blocked(seconds=1)
        meanwhile = await found_by_polling(rig)
        lock.execute("UNLOCK TABLES")
        late.finish()

    assert (meanwhile, await found_by_polling(rig)) == (0, 1)
    assert len(await rig.verify()) == 1


async def test_case_4_a_poll_behind_a_waiting_write_waits_too(myisam_rig: Rig) -> None:
    """Case 4: MyISAM lets no reader pass an ordinary write; the poll sees it when it may."""
    rig = myisam_rig
    with (
        holding(rig, "LOCK TABLES appointment READ") as lock,
        waiting(rig, ONE_NOTED, began_ago=WITHIN_SECONDS) as late,
    ):
        late.until_blocked()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(rig.poll())
            await asyncio.to_thread(until_blocked, rig, user=urlsplit(rig.reader).username or "")
            lock.execute("UNLOCK TABLES")
        late.finish()

    assert len(await rig.replay()) == 1
    assert len(await rig.verify()) == 1


async def test_case_5_a_long_statement_is_found_whole(innodb_rig: Rig) -> None:
    """Case 5: all its rows bear the second in which it began, others committed meanwhile."""
    await change_all_slowly(innodb_rig, seconds=WITHIN_SECONDS)


async def test_case_5_a_longer_statement_is_seen_coming(seeing_rig: Rig) -> None:
    """Case 5: with PROCESS it may take longer than any overlap."""
    await change_all_slowly(seeing_rig, seconds=BEYOND_SECONDS)


async def change_all_slowly(rig: Rig, *, seconds: int) -> None:
    appointments = rig.keys("appointment", "AptNum")
    slow = (
        f"UPDATE appointment SET Note = CONCAT('slow', {GATE}) WHERE AptNum <= {appointments[-1]}"
    )
    with holding(rig, "DO GET_LOCK('gate', 1)") as gate, waiting(rig, slow) as long:
        long.until_blocked()
        await rig.pass_time(seconds)
        rig.run("INSERT INTO appointment (PatNum, Note) VALUES (1, 'meanwhile')")
        meanwhile = await found_by_polling(rig)
        gate.execute("DO RELEASE_LOCK('gate')")
        long.finish()

    assert (meanwhile, await found_by_polling(rig)) == (1, len(appointments))
    assert len(await rig.verify()) == 1 + len(appointments)


async def test_case_5_a_long_statement_keeps_readers_out(myisam_rig: Rig) -> None:
    """Case 5: on MyISAM the poll waits for it, and what others commit meanwhile is not lost."""
    rig = myisam_rig
    appointments = rig.keys("appointment", "AptNum")
    slow = f"UPDATE appointment SET Note = CONCAT('slow', {GATE})"
    with (
        holding(rig, "DO GET_LOCK('gate', 1)") as gate,
        waiting(rig, slow, began_ago=WITHIN_SECONDS) as long,
    ):
        long.until_blocked()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(rig.poll())
            await asyncio.to_thread(until_blocked, rig, user=urlsplit(rig.reader).username or "")
            rig.run("UPDATE patient SET AddrNote = 'meanwhile' ORDER BY PatNum LIMIT 1")
            gate.execute("DO RELEASE_LOCK('gate')")
        long.finish()
    await rig.poll()
    changes = await rig.replay()

    assert len(changes) == 1 + len(appointments)
    assert {change.kind for change in changes} == {ChangeKind.UPDATED}
    assert len(await rig.verify()) == len(changes)


@contextmanager
def locked(rig: Rig, how: str) -> Iterator[None]:
    """Keep writers of the table appointment waiting, in one of the ways of an office."""
    if how == "the dump":
        with dumping(rig.url):
            yield
    elif how == "a long SELECT":
        with (
            holding(rig, "DO GET_LOCK('gate', 1)") as gate,
            waiting(rig, f"SELECT {GATE} FROM appointment") as reading,
        ):
            reading.until_blocked()
            yield
            gate.execute("DO RELEASE_LOCK('gate')")
            reading.finish()
    else:
        with holding(rig, how):
            yield


@contextmanager
def dumping(url: str) -> Iterator[None]:
    """Run a mysqldump that stands still, its locks taken, since nobody reads what it writes."""
    parts = urlsplit(url)
    place = [f"--host={parts.hostname}", f"--port={parts.port}", f"--user={parts.username}"]
    with subprocess.Popen(
        ["mysqldump", "--no-defaults", *place, parts.path[1:]], stdout=subprocess.PIPE
    ) as dump:
        assert dump.stdout is not None
        fcntl.fcntl(dump.stdout, fcntl.F_SETPIPE_SZ, 4096)
        for line in dump.stdout:
            if line.startswith(b"CREATE TABLE"):
                break
        yield
        dump.stdout.read()
    assert dump.returncode == 0
