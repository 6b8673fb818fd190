"""Reading: what is asked of a practice, and what is not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.engine.flow import Flow
from tests.fakes.source import SCHEDULE, SCHEDULE_OP, FakeSource

from bitewing.engine.capture import reading
from bitewing.engine.capture.reading import MANY, PAGE, Reading, low_edge
from bitewing.model.watch import Cursor, Reach
from bitewing.ports.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OVERLAP = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("read_up_to", "now", "low"),
    [(-60, 0, -70), (0, 0, -10), (7200, 0, -10)],
    ids=["behind", "up to now", "the clock was set back"],
)
def test_the_lower_edge_survives_a_clock_that_was_set_back(
    read_up_to: int, now: int, low: int
) -> None:
    """It is the smaller one of what was read and what the clock says, less the overlap."""

    def at(seconds: int) -> datetime:
        return NOON + timedelta(seconds=seconds)

    assert low_edge(Cursor(at(read_up_to)), Reach(at(now), at(now), OVERLAP)) == at(low)


async def bulk(flow: Flow, rows: int) -> None:
    """Let one statement write so many rows, and poll them."""
    for number in range(10, 10 + rows):
        flow.source.insert("Appointment", number)
    await flow.poller.poll()
    flow.source.calls.clear()


async def test_a_bulk_update_is_fetched_once_though_the_overlap_looks_again(
    watching: Flow,
) -> None:
    """From so many keys on the server is asked for digests, and only what differs is fetched."""
    await bulk(watching, MANY + 1)
    watching.source.update("Appointment", 17, note="again")
    await watching.poller.poll()

    assert "digests_stamped_since" in watching.source.calls
    assert watching.source.calls.count("fetch") == 1
    assert len(await watching.changes()) == MANY + 2
    assert (await watching.changed_keys())[-1] == 17


async def test_up_to_many_keys_are_simply_fetched(watching: Flow) -> None:
    """Digests would cost the server more."""
    await bulk(watching, MANY)
    await watching.poller.poll()

    assert "digests_stamped_since" not in watching.source.calls
    assert watching.source.calls.count("fetch") == MANY // PAGE
    assert len(await watching.changes()) == MANY


async def test_a_row_that_changes_after_its_digest_is_noticed_by_the_next_poll(
    watching: Flow,
) -> None:
    """Nothing falls between digest and fetch."""
    await bulk(watching, MANY + 1)
    watching.source.before_call = lambda name: (
        watching.source.update("Appointment", 10, note="late") if name == "fetch" else None
    )
    watching.source.update("Appointment", 11, note="early")
    await watching.poller.poll()
    watching.source.before_call = None
    await watching.poller.poll()

    assert sorted((await watching.changed_keys())[MANY + 1 :]) == [10, 11]


async def test_parts_are_read_before_the_whole(store: Store) -> None:
    """What changes between the two, the sweep of the parts finds."""
    source = FakeSource(SCHEDULE_OP, SCHEDULE)
    for number in range(1, PAGE + 1):
        source.put_part(number, of=number)
        source.insert("Schedule", number)
    flow = Flow(store, source)
    await flow.poller.poll()
    parts, wholes = await flow.known("ScheduleOp"), await flow.known("Schedule")
    await flow.read_first()

    assert (len(parts), len(wholes)) == (PAGE, 0)
    assert len(await flow.known("Schedule")) == PAGE
    assert await flow.changes() == []


async def test_a_part_that_changes_between_the_two_first_readings_is_no_change(
    store: Store,
) -> None:
    """The whole was read with it."""
    source = FakeSource(SCHEDULE_OP, SCHEDULE)
    source.insert("Schedule", 1)
    source.put_part(11, of=1, operatory=5)
    flow = Flow(store, source)
    flow.pass_time(600)
    before = iter([1])

    def change(name: str) -> None:
        if name == "read_after" and source.calls.count(name) == 2 and next(before, None):
            source.put_part(11, of=1, operatory=9)

    source.before_call = change
    await flow.read_first()
    await flow.live_on()

    assert next(before, None) is None
    assert await flow.changes() == []
    assert (await flow.known("Schedule"))[1].derived["operatories"] == "9"


async def test_only_scans_count_as_load(watching: Flow) -> None:
    """Rows are fetched by their keys, which weighs little; the keys are looked for."""
    seconds = {"keys_stamped_since": 0.25, "fetch": 9.0}
    watching.source.before_call = lambda name: watching.clock.advance(seconds.get(name, 0.0))
    watching.source.update("Appointment", 1, note="new")
    mine = Reading(watching.source, watching.store, watching.clock, watching.signals)
    [watch, _] = watching.source.watches
    reach = await watching.source.reach()
    await mine.look(watch, Cursor(reach.now, first_reading_done=True), reach)

    assert mine.scanned_seconds == pytest.approx(0.25)


async def test_a_rewound_cursor_is_not_moved_by_the_poll_under_way(watching: Flow) -> None:
    """The next one looks back as far as was asked."""
    back = watching.source.now - timedelta(days=30)
    watching.source.insert("Appointment", 50)
    watching.source.stamp("Appointment", 50, back + timedelta(days=1))
    cursor = await watching.store.read(lambda tx: tx.cursors.get("main", "Appointment"))
    assert cursor is not None
    reach = await watching.source.reach()
    mine = Reading(watching.source, watching.store, watching.clock, watching.signals)
    look = await mine.look(watching.source.watches[0], cursor, reach)
    await watching.store.write(
        lambda tx: tx.cursors.put("main", "Appointment", replace(cursor, read_up_to=back))
    )
    await mine.record_looks([look], reach)
    await watching.poller.poll()

    assert await watching.changed_keys() == [50]


def test_a_page_is_smaller_than_many() -> None:
    """Or every poll of a full page would ask for digests."""
    assert reading.PAGE < reading.MANY
