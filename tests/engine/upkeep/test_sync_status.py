"""SyncStatus: each turn of a light is told once, both ways, whatever is restarted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from tests.engine.wishing import owed, wish
from tests.fakes.announcer import FakeAnnouncer
from tests.fakes.clock import FakeClock

from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.sync_status import SyncStatus, Watched
from bitewing.model.lights import Thresholds
from bitewing.ports.store import Store

READ, WRITE = "sync_status_read_change", "sync_status_write_change"


@dataclass
class Practice:
    """A Source that is read and written, and the worker that looks at it."""

    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    read_at: datetime | None = None
    write_at: datetime | None = None
    is_tried: bool = True
    announces_red: bool = True

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process: it has not read anything yet."""
        self.read_at = self.write_at = None
        self.worker = SyncStatus(
            store=self.store,
            watched=[
                Watched(
                    "main",
                    "bright-smiles",
                    lambda: self.read_at,
                    lambda: self.is_tried,
                    lambda: self.write_at,
                )
            ],
            announcers=[FakeAnnouncer()],
            clock=self.clock,
            signals=Signals(),
            after=Thresholds(),
            announces_red=self.announces_red,
        )

    async def works(self) -> None:
        """It is read and written just now."""
        self.read_at = self.write_at = self.clock.now()
        await self.worker.step()

    async def later(self, minutes: float) -> list[str]:
        """Let time pass, look, and give everything that was told so far."""
        self.clock.advance(minutes * 60)
        await self.worker.step()
        return await self.told()

    async def told(self) -> list[str]:
        return [one.event_name for one in await owed(self.store)]


@pytest.fixture
async def practice(store: Store) -> Practice:
    """Give a practice that works, and a receiver that wants to hear of both lights."""
    made = Practice(store)
    for event in (READ, WRITE):
        await wish(store, event)
    await made.works()
    return made


async def test_each_light_turns_red_after_its_threshold_and_green_again(
    practice: Practice,
) -> None:
    """25 minutes for writing, 150 for reading; each turn is told once."""
    nearly = await practice.later(25)
    write_red = await practice.later(1)
    still = await practice.later(124)
    read_red = await practice.later(1)
    await practice.works()
    await practice.works()

    assert nearly == []
    assert write_red == [f"{WRITE}.red"]
    assert still == write_red
    assert read_red == [*write_red, f"{READ}.red"]
    assert await practice.told() == [*read_red, f"{READ}.green", f"{WRITE}.green"]


async def test_a_practice_that_works_for_the_first_time_turns_nothing(store: Store) -> None:
    """There was no light before."""
    practice = Practice(store)
    await wish(store, READ)
    await practice.works()

    assert await practice.told() == []


async def test_a_restart_neither_repeats_nor_forgets(practice: Practice) -> None:
    """Red stays red without a word; the green that follows is told."""
    before = await practice.later(160)
    practice.start()
    practice.is_tried = False
    again = await practice.later(1)
    practice.is_tried = True
    tried = await practice.later(1)
    practice.start()
    await practice.works()

    assert sorted(before) == [f"{READ}.red", f"{WRITE}.red"]
    assert before == again == tried
    assert (await practice.told())[2:] == [f"{READ}.green", f"{WRITE}.green"]


async def test_a_restart_alone_turns_no_light(practice: Practice) -> None:
    """What worked a minute ago is green although this process has not read yet."""
    practice.start()

    assert await practice.later(1) == []


async def test_red_may_be_kept_from_receivers(store: Store) -> None:
    """As the older contract has it: only red to green is told."""
    practice = Practice(store, announces_red=False)
    for event in (READ, WRITE):
        await wish(store, event)
    await practice.works()
    red = await practice.later(200)
    await practice.works()

    assert red == []
    assert await practice.told() == [f"{READ}.green", f"{WRITE}.green"]


async def test_a_practice_that_nobody_writes_shows_red_and_tells_nothing(store: Store) -> None:
    """There is no writer whose light could turn."""
    practice = Practice(store)
    await wish(store, WRITE)
    practice.read_at = practice.clock.now()
    await practice.worker.step()
    told = await practice.later(60)
    lights = await store.read(lambda tx: tx.lights.of("main"))

    assert told == []
    assert {aspect.value: shown.light.value for aspect, shown in lights.items()} == {
        "read": "green",
        "write": "red",
    }


async def test_the_step_is_short_beside_the_thresholds(practice: Practice) -> None:
    """A light is not much later than its threshold."""
    assert timedelta(seconds=await practice.worker.step()) < timedelta(minutes=1)
