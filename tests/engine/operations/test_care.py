"""Care: what a person may do about a Source."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.engine.flow import Flow

from bitewing.engine.operations.care import Caretaker
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.health import Light


@pytest.fixture
def caretaker(watching: Flow) -> Caretaker:
    """Give the caretaker of the only Source."""

    def sweep(accepts_all: bool) -> None:  # noqa: FBT001 - a callback's one argument
        watching.poller.request_sweep(accepts_all=accepts_all)

    return Caretaker(watching.store, {"main": lambda: watching.poller.health}, {"main": sweep})


async def test_a_source_is_shown_as_it_stands(caretaker: Caretaker, watching: Flow) -> None:
    """Its light, and how each table is read."""
    await watching.poller.poll()
    health = caretaker.look("main")

    assert (health.light, health.is_ready) == (Light.GREEN, True)
    assert [one.watch for one in health.watches] == ["Appointment", "Patient"]
    assert {one.level for one in health.watches} == {"horizon poll, hastened by the pulse"}
    assert {(one.delay_seconds, one.sweep_seconds) for one in health.watches} == {(1.0, 3600.0)}


@pytest.mark.parametrize(
    "ask",
    [
        lambda caretaker: caretaker.look("branch"),
        lambda caretaker: caretaker.request_sweep("branch", accepts_deletions=False),
    ],
)
def test_an_unknown_source_is_not_found(
    caretaker: Caretaker, ask: Callable[[Caretaker], object]
) -> None:
    """Whatever is asked of it."""
    with pytest.raises(NotFoundError, match="There is no source branch"):
        ask(caretaker)


async def test_nothing_is_accepted_or_rewound_for_an_unknown_source(caretaker: Caretaker) -> None:
    """Either says so."""
    with pytest.raises(NotFoundError):
        await caretaker.accept("branch")
    with pytest.raises(NotFoundError):
        await caretaker.rewind("branch", datetime(2026, 1, 1, tzinfo=UTC))


async def test_a_sweep_is_made_when_it_is_asked_for(caretaker: Caretaker, watching: Flow) -> None:
    """Of whole rows, at once; what too many deletions need is said with it."""
    await watching.live(1)
    watching.source.keep_stamp("Appointment", 1, note="kept")
    caretaker.request_sweep("main", accepts_deletions=False)
    await watching.live(1)

    assert await watching.changed_keys() == [1]


async def test_deletions_are_accepted_with_a_sweep(caretaker: Caretaker, watching: Flow) -> None:
    """And not without the word."""
    await watching.live(1)
    for number in (1, 2, 3):
        watching.source.delete("Appointment", number)
    caretaker.request_sweep("main", accepts_deletions=False)
    await watching.live(5)
    held = await watching.changes()
    caretaker.request_sweep("main", accepts_deletions=True)
    await watching.live(5)

    assert held == []
    assert await watching.changed_keys() == [1, 2, 3]


async def test_an_accepted_database_is_read_at_once(caretaker: Caretaker, watching: Flow) -> None:
    """Though it was refused for so long that it would not be tried again soon."""
    watching.source.identity = "another"
    watching.start()
    await watching.live(100)
    red = watching.poller.health.light
    await caretaker.accept("main")
    await watching.live(0.1)

    assert (red, watching.poller.health.light) == (Light.RED, Light.GREEN)


async def test_accepting_what_nobody_doubts_changes_nothing(
    caretaker: Caretaker, watching: Flow
) -> None:
    """It is remembered anew, and that is all."""
    await watching.poller.poll()
    await caretaker.accept("main")
    await watching.live_on()
    origin = await watching.store.read(lambda tx: tx.origins.get("main"))

    assert origin is not None and origin.identity == "the office"
    assert await watching.changes() == []


async def test_a_rewound_source_finds_what_was_missed_and_nothing_else(
    caretaker: Caretaker, watching: Flow
) -> None:
    """A row that was imported with an old stamp is found; the others are recognised."""
    await watching.poller.poll()
    back = watching.source.now - timedelta(days=30)
    watching.source.insert("Appointment", 50)
    watching.source.stamp("Appointment", 50, back)
    await watching.poller.poll()
    before = await watching.changed_keys()
    rewound = await caretaker.rewind("main", back.astimezone(timezone(timedelta(hours=-7))))
    await watching.poller.poll()

    assert (before, rewound) == ([], ["Appointment", "Patient"])
    assert await watching.changed_keys() == [50]


async def test_a_source_is_not_rewound_forwards(caretaker: Caretaker, watching: Flow) -> None:
    """Whatever lies between would be lost."""
    await watching.poller.poll()
    before = await watching.read_up_to()

    assert await caretaker.rewind("main", watching.source.now + timedelta(days=1)) == []
    assert await watching.read_up_to() == before


@pytest.mark.parametrize(
    "to",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime(1970, 1, 1, tzinfo=UTC),
    ],
)
async def test_there_is_no_way_back_beyond_all_stamps(
    caretaker: Caretaker, watching: Flow, to: datetime
) -> None:
    """A poll could not ask for it, now or ever after."""
    with pytest.raises(InvalidRequestError):
        await caretaker.rewind("main", to)
    await watching.poller.poll()
    assert watching.poller.health.light is Light.GREEN


async def test_the_furthest_way_back_can_be_polled(caretaker: Caretaker, watching: Flow) -> None:
    """The overlap is taken off it."""
    await caretaker.rewind("main", datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    await watching.poller.poll()

    assert watching.poller.health.light is Light.GREEN


async def test_a_first_reading_is_not_rewound(flow: Flow) -> None:
    """It reads everything anyway."""
    caretaker = Caretaker(flow.store, {"main": lambda: flow.poller.health}, {})
    for number in range(1500):
        flow.source.insert("Appointment", number)
    await flow.poller.poll()
    before = await flow.read_up_to()

    assert await caretaker.rewind("main", flow.source.now - timedelta(days=3)) == ["Patient"]
    assert await flow.read_up_to() == before
