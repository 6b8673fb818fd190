"""The lights of a practice whose MariaDB stops and comes back, on an injected clock."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.adversarial.test_replicas import Captured
from tests.engine.wishing import owed, wish
from tests.servers.mariadb import MariaDB
from tests.sources.opendental.office import NEW_YORK

from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.sync_status import SyncStatus, Watched
from bitewing.model.health import Light
from bitewing.model.lights import Thresholds
from bitewing.practice import creating
from bitewing.stores.sqlite import SqliteStore

pytestmark = pytest.mark.live


@pytest.fixture
def server() -> Iterator[MariaDB]:
    """Give a server that the test may stop."""
    made = MariaDB()
    made.start()
    yield made
    made.remove()


async def test_red_after_the_threshold_and_green_when_it_is_back_once_each(  # noqa: PLR0915 - a story
    server: MariaDB, tmp_path: Path
) -> None:
    """150 minutes without a complete poll; also when the program is restarted meanwhile."""
    place = server.create_database()
    creating.create(place.url, patients=8, seed=7, today=date(2026, 3, 2), zone=NEW_YORK)
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    practice = Captured(place.url, store)
    await wish(store, "sync_status_read_change")

    def beacon() -> SyncStatus:
        poller = practice.poller
        return SyncStatus(
            store=store,
            watched=[
                Watched(
                    "main-office",
                    "bright-smiles",
                    lambda: poller.health.read_at,
                    lambda: poller.health.light is not Light.STARTING,
                )
            ],
            announcers=[practice.dialect],
            clock=practice.clock,
            signals=Signals(),
            after=Thresholds(),
        )

    async def minutes(count: int) -> list[str]:
        for _ in range(count):
            practice.clock.advance(60)
            await practice.poller.poll()
            await worker.step()
        return [one.event_name for one in await owed(store)]

    worker = beacon()
    await practice.read_first()
    working = await minutes(3)
    server.stop()
    until_threshold = await minutes(150)
    after = await minutes(5)
    await practice.source.close()
    practice.start()
    worker = beacon()
    restarted = await minutes(5)
    server.start()
    back = await minutes(5)
    await practice.source.close()
    await store.close()

    assert working == until_threshold == []
    assert after == restarted == ["sync_status_read_change.red"]
    assert back == ["sync_status_read_change.red", "sync_status_read_change.green"]
