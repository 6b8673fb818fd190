"""Cases 22 and 29: frozen sessions are overcome or refused; rights come and go."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.adversarial.rig import Rig
from tests.adversarial.wire import Wire
from tests.servers.mariadb import MariaDB

from bitewing.model.health import Light

pytestmark = pytest.mark.live
AUTOCOMMIT = (b"SET SESSION autocommit = 1", b"SET SESSION autocommit = 0")


@contextmanager
def greeting(server: MariaDB, statement: str) -> Iterator[None]:
    """Let the server say this at the beginning of every session of an ordinary account."""
    server.execute(f'SET GLOBAL init_connect = "{statement}"')
    try:
        yield
    finally:
        server.execute("SET GLOBAL init_connect = ''")


def change_a_patient(rig: Rig, note: str) -> None:
    rig.run("UPDATE patient SET AddrNote = ? ORDER BY PatNum LIMIT 1", note)


def sessions_of_the_reader(rig: Rig, server: MariaDB) -> list[int]:
    user = rig.source.polling.user  # type: ignore[attr-defined]
    listed = "SELECT ID FROM information_schema.PROCESSLIST WHERE USER ="
    return [int(number) for (number,) in server.execute(f"{listed} '{user}'")]


@pytest.mark.parametrize(
    "trick", ["SET autocommit = 0", "START TRANSACTION WITH CONSISTENT SNAPSHOT"]
)
async def test_case_22_a_server_that_freezes_sessions_hides_nothing(
    server_rig: Rig, mariadb: MariaDB, trick: str
) -> None:
    """Where init_connect freezes every session's picture, ours is thawed before it reads."""
    with greeting(mariadb, trick):
        await server_rig.restart()
        await server_rig.poll()
        change_a_patient(server_rig, "first")
        await server_rig.poll()
        first = await server_rig.replay()
        change_a_patient(server_rig, "second")
        await server_rig.poll()
        second = await server_rig.replay()

    assert (len(first), len(second)) == (1, 1)
    await server_rig.verify()


async def test_case_22_a_session_that_stays_frozen_is_refused(server_rig: Rig) -> None:
    """Behind a proxy that turns autocommit off nothing is read, and a person is told why."""
    wire = Wire(server_rig.reader, swap=AUTOCOMMIT)
    straight, server_rig.reader = server_rig.reader, await wire.open()
    await server_rig.restart()
    change_a_patient(server_rig, "unseen")

    await server_rig.poll()
    refused, told = server_rig.poller.health, await server_rig.replay()
    await server_rig.source.close()
    await wire.close()
    server_rig.reader = straight
    await server_rig.restart()

    assert refused.light is Light.RED and "autocommit" in refused.detail
    assert told == []
    assert len(await server_rig.verify()) == 1


async def test_case_29_select_alone_is_enough(server_rig: Rig) -> None:
    """An account without PROCESS finds what was stamped up to two minutes ago, by polls alone."""
    change_a_patient(server_rig, "late")
    server_rig.run("UPDATE patient SET DateTStamp = NOW() - INTERVAL 100 SECOND LIMIT 1")

    await server_rig.poll()

    assert len(await server_rig.replay()) == 1
    await server_rig.verify()


async def test_case_29_process_shortens_the_look_back(seeing_rig: Rig) -> None:
    """An account with PROCESS need not look back as far, since it sees who is still writing."""
    reach = await seeing_rig.source.reach()

    assert reach.overlap.total_seconds() == 10
    change_a_patient(seeing_rig, "seen")
    assert len(await seeing_rig.verify()) == 1


async def test_case_29_process_is_revoked_while_we_read(seeing_rig: Rig, mariadb: MariaDB) -> None:
    """The next session looks two minutes back instead of ten seconds; nothing else changes."""
    user = seeing_rig.source.polling.user  # type: ignore[attr-defined]
    await seeing_rig.poll()
    mariadb.execute(f"REVOKE PROCESS ON *.* FROM '{user}'@'%'")
    for session in sessions_of_the_reader(seeing_rig, mariadb):
        mariadb.execute(f"KILL {session}")
    seeing_rig.run("UPDATE patient SET DateTStamp = NOW() - INTERVAL 100 SECOND LIMIT 1")

    await seeing_rig.poll()  # the dead session is noticed
    await seeing_rig.poll()
    told = await seeing_rig.replay()

    assert seeing_rig.poller.health.light is Light.GREEN
    assert len(told) == 1
    await seeing_rig.verify()


async def test_case_29_select_is_revoked_and_given_back(server_rig: Rig, mariadb: MariaDB) -> None:
    """Without SELECT nothing is "gone": the light is red until the right is back."""
    user, database = (
        server_rig.source.polling.user,  # type: ignore[attr-defined]
        server_rig.source.polling.name,  # type: ignore[attr-defined]
    )
    mariadb.execute(f"REVOKE SELECT ON `{database}`.* FROM '{user}'@'%'")
    await server_rig.restart()
    await server_rig.settle()
    without = server_rig.poller.health
    mariadb.execute(f"GRANT SELECT ON `{database}`.* TO '{user}'@'%'")

    told = await server_rig.replay()

    assert (without.light, told) == (Light.RED, [])
    assert await server_rig.verify() == []
    assert server_rig.poller.health.light is Light.GREEN
