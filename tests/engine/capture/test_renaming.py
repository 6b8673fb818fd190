"""Renaming: Records that show a name of another table, when that name is another."""

from collections.abc import AsyncIterator

import pytest
from tests.engine.flow import Flow
from tests.fakes.source import APPOINTMENT, PATIENT, FakeSource

from bitewing.engine.capture.reading import PAGE
from bitewing.engine.capture.renaming import LOOK_SECONDS
from bitewing.model.change import ChangeKind
from bitewing.ports.store import Store


@pytest.fixture
async def naming(store: Store) -> AsyncIterator[Flow]:
    """Give the engine, told to announce renamed things, after the first reading."""
    source = FakeSource(APPOINTMENT, PATIENT)
    source.titles = {"Appointment": "DOC1"}
    flow = Flow(store, source, announces_renamed=True)
    for number in (1, 2, 3):
        source.insert("Appointment", number, note="old")
    source.insert("Patient", 1)
    flow.pass_time(60)
    await flow.read_first()
    flow.pass_time(60)
    yield flow
    flow.crash()


async def renamed(flow: Flow, title: str) -> None:
    flow.source.titles = {"Appointment": title}
    await flow.live(2 * LOOK_SECONDS)


async def titles(flow: Flow) -> set[str]:
    return {record.derived["title"] for record in (await flow.known()).values()}


async def test_what_shows_a_changed_name_has_changed(naming: Flow) -> None:
    """Once, from the old name to the new; what borrows no such name has not."""
    await renamed(naming, "DOC2")
    await naming.live(4 * LOOK_SECONDS)
    changes = await naming.changes()
    names = [
        (one.before.derived["title"], one.after.derived["title"])
        for one in changes
        if one.before and one.after
    ]

    assert await naming.told() == [("updated", "Appointment", number) for number in (1, 2, 3)]
    assert names == [("DOC1", "DOC2")] * 3
    assert await titles(naming) == {"DOC2"}


async def test_by_default_nothing_is_told(watching: Flow) -> None:
    """Open Dental announces no renamed definition, so neither do we unless asked."""
    watching.source.titles = {"Appointment": "DOC1"}
    await watching.live(4 * LOOK_SECONDS)
    await watching.sweep()

    assert await watching.told() == []
    assert "naming" not in watching.source.calls


async def test_names_that_changed_while_there_was_no_process_are_told(naming: Flow) -> None:
    """A new process begins by comparing everything."""
    await naming.live(LOOK_SECONDS)
    naming.source.titles = {"Appointment": "DOC2"}
    naming.start()
    await naming.poller.poll()
    await naming.live(2 * LOOK_SECONDS)

    assert len(await naming.changes()) == 3


async def test_a_record_that_is_new_is_not_told_twice(naming: Flow) -> None:
    """It was read with the name that it has."""
    naming.source.titles = {"Appointment": "DOC2"}
    naming.source.insert("Appointment", 4)
    await naming.live(3 * LOOK_SECONDS)
    told = await naming.told()

    assert told.count(("created", "Appointment", 4)) == 1
    assert ("updated", "Appointment", 4) not in told


async def test_many_records_are_told_in_pages_between_polls(naming: Flow) -> None:
    """A large practice is neither held nor kept from being polled."""
    for number in range(10, 10 + 2 * PAGE):
        naming.source.insert("Appointment", number)
    await naming.live(5)
    before = len(await naming.changes())
    naming.source.titles = {"Appointment": "DOC2"}
    naming.source.calls.clear()
    await naming.live(3 * LOOK_SECONDS)
    kinds = {change.kind for change in (await naming.changes())[before:]}

    assert len(await naming.changes()) - before == 2 * PAGE + 3
    assert kinds == {ChangeKind.UPDATED}
    assert naming.poller.held == {}
    assert naming.source.calls.count("keys_stamped_since") > 10


async def test_a_name_that_changes_during_a_round_is_the_one_that_is_told(naming: Flow) -> None:
    """A round begins anew; nothing is told by a name that nobody bears any more, twice."""
    for number in range(10, 10 + 2 * PAGE):
        naming.source.insert("Appointment", number)
    await naming.live(5)
    naming.source.titles = {"Appointment": "DOC2"}
    while await titles(naming) == {"DOC1"}:
        await naming.live(0.01)
    naming.source.titles = {"Appointment": "DOC3"}
    await naming.live(3 * LOOK_SECONDS)
    last = {change.key: change for change in await naming.changes()}

    assert await titles(naming) == {"DOC3"}
    assert all(one.after and one.after.derived["title"] == "DOC3" for one in last.values())


async def test_a_failure_begins_no_round_that_was_done(naming: Flow) -> None:
    """What cannot be read now is compared later; nothing is told twice."""
    naming.source.titles = {"Appointment": "DOC2"}
    naming.source.before_call = lambda name: naming.source.fail_on(0) if name == "naming" else None
    await naming.live(2 * LOOK_SECONDS)
    failed = await naming.told()
    naming.source.before_call = None
    await naming.live(60)

    assert failed == []
    assert len(await naming.changes()) == 3
