"""The watchman: each turn of a Source is told once, and what is held there."""

from dataclasses import dataclass, field

import msgspec
import pytest
from tests.engine.wishing import owed
from tests.fakes.clock import FakeClock

from bitewing.dialects.operator.speaking import Operator
from bitewing.engine.operations.operator import OperatorDesk
from bitewing.engine.outbox.reporting import Reporter
from bitewing.engine.signals import Signals
from bitewing.engine.upkeep.watchman import Beheld, Watchman
from bitewing.model.health import Light, SourceHealth
from bitewing.ports.store import Store


@dataclass
class Practice:
    """A Source that fails or does not, and the worker that looks at it."""

    store: Store
    clock: FakeClock = field(default_factory=FakeClock)
    is_failing: bool = False
    is_read: bool = True
    held: dict[str, int] = field(default_factory=dict)
    reporter: Reporter = field(default_factory=lambda: Reporter(Operator()))

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """A new process."""
        beheld = Beheld("main", "one", self.health, lambda: self.is_failing, held=lambda: self.held)
        self.worker = Watchman(self.store, [beheld], self.reporter, self.clock, Signals())

    def health(self) -> SourceHealth:
        light = Light.RED if self.is_failing else Light.GREEN
        read_at = self.clock.now() if self.is_read else None
        return SourceHealth("main", light, "down" if self.is_failing else "", read_at, {})

    async def later(self, seconds: float = 0) -> list[str]:
        """Look now and after a while; give all that was told so far."""
        await self.worker.step()
        self.clock.advance(seconds)
        await self.worker.step()
        return [one.event_name for one in await owed(self.store)]


@pytest.fixture
async def practice(store: Store) -> Practice:
    """Give a practice that can be read, and an operator who wants to know."""
    made = Practice(store)
    await OperatorDesk(store, made.clock, made.reporter, "https://o.example/", "s" * 24).learn()
    return made


async def test_red_after_a_minute_and_green_again_once_each(practice: Practice) -> None:
    """A short failure is not told, and a restart tells nothing twice."""
    practice.is_failing = True
    short = await practice.later(59)
    practice.is_failing = False
    well = await practice.later(60)
    practice.is_failing = True
    red = await practice.later(60)
    practice.start()
    practice.is_read = False
    restarted = await practice.later(600)
    practice.is_failing = False
    untried = await practice.later(60)
    practice.is_read = True
    green = await practice.later(600)

    assert (short, well) == ([], [])
    assert red == restarted == untried == ["source.red"]
    assert green == ["source.red", "source.green"]


async def test_what_is_held_is_told_once(practice: Practice) -> None:
    """By Watch; a further one is told too, and one that trips again later."""
    practice.held = {"Patient": 900}
    first = await practice.later(60)
    practice.held = {"Patient": 901, "Appointment": 40}
    second = await practice.later(60)
    practice.held = {}
    await practice.later(60)
    practice.held = {"Patient": 900}
    third = await practice.later(60)
    bodies = [msgspec.json.decode(one.body) for one in await owed(practice.store)]

    assert [len(one) for one in (first, second, third)] == [1, 2, 3]
    assert {one["type"] for one in bodies} == {"source.deletions_held"}
    assert bodies[1]["data"]["held"] == {"Patient": 901, "Appointment": 40}


async def test_nobody_is_told_where_nobody_wants_to_know(store: Store) -> None:
    """Without an operator's address nothing is owed."""
    practice = Practice(store)
    practice.is_failing = True
    practice.held = {"Patient": 900}

    assert await practice.later(600) == []
