"""The poller: what it notices, what it keeps silent about, and what it does when reading fails."""

from datetime import timedelta

import pytest
from tests.engine.flow import Flow
from tests.fakes.source import APPOINTMENT, FakeSource

from bitewing.engine.capture.poller import Poller
from bitewing.engine.capture.reading import PAGE
from bitewing.model.change import ChangeKind
from bitewing.model.errors import StoreUnavailableError
from bitewing.model.health import Light
from bitewing.model.watch import Watch
from bitewing.ports.store import Store
from bitewing.stores.sqlite import SqliteStore


async def known(flow: Flow, watch: str = "Appointment") -> int:
    return await flow.store.read(lambda tx: tx.records.count(flow.source.name, watch))


async def test_the_first_reading_is_silent(flow: Flow) -> None:
    """Everything is known after it, and nothing is a Change."""
    for number in range(1, 2 * PAGE + 2):
        flow.source.insert("Appointment", number)
    flow.source.insert("Patient", 28)
    await flow.read_first()
    flow.pass_time(5)
    await flow.poller.poll()

    assert (await known(flow), await known(flow, "Patient")) == (2 * PAGE + 1, 1)
    assert await flow.changes() == []
    assert flow.poller.health.light is Light.GREEN


@pytest.mark.parametrize("rows", [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE])
async def test_the_first_reading_ends_at_the_last_chunk(flow: Flow, rows: int) -> None:
    """However many rows there are, none is left out and it comes to an end."""
    for number in range(1, rows + 1):
        flow.source.insert("Appointment", number)
    await flow.read_first()

    assert await known(flow) == rows


async def test_the_first_reading_goes_on_where_a_crash_has_cut_it(flow: Flow) -> None:
    """What was stored is not read again."""
    for number in range(1, 3 * PAGE + 1):
        flow.source.insert("Appointment", number)
    await flow.poller.poll()
    flow.start()
    flow.source.calls.clear()
    await flow.read_first()

    assert await known(flow) == 3 * PAGE
    # Two full chunks of appointments are left, and the empty one that ends them.
    assert flow.source.calls.count("read_after") == 3


async def test_the_first_poll_finds_what_changed_during_the_first_reading(flow: Flow) -> None:
    """A row behind the chunks is noticed once; one before them is read as it is, silently."""
    for number in range(1, PAGE + 501):
        flow.source.insert("Appointment", number, note="old")
    flow.pass_time(300)
    await flow.poller.poll()
    flow.pass_time(60)
    flow.source.update("Appointment", 1, note="new")
    flow.source.insert("Appointment", 0, note="inserted behind")
    flow.source.update("Appointment", PAGE + 1, note="ahead")
    await flow.read_first()
    flow.pass_time(300)
    await flow.poller.poll()
    await flow.poller.poll()

    assert await flow.changed_keys() == [0, 1]


async def test_a_transaction_older_than_the_first_reading_is_not_lost(flow: Flow) -> None:
    """Its stamp is older than the first reading, its commit younger; the overlap reaches it."""
    flow.source.insert("Appointment", 1, note="old")
    flow.pass_time(60)
    flow.source.write_uncommitted("Appointment", 1, note="late")
    flow.pass_time(5)
    await flow.read_first()
    flow.source.commit()
    await flow.poller.poll()

    assert await flow.changed_keys() == [1]


async def test_creations_and_updates_are_told_apart(watching: Flow) -> None:
    """Both bring the image after; an update also the one before."""
    watching.source.insert("Appointment", 4, note="booked")
    watching.source.update("Appointment", 2, note="moved")
    await watching.poller.poll()
    updated, created = await watching.changes()

    assert (updated.kind, updated.key.number) == (ChangeKind.UPDATED, 2)
    assert (created.kind, created.key.number) == (ChangeKind.CREATED, 4)
    assert updated.before is not None and updated.before.native["Note"] == b"old"
    assert updated.after is not None and updated.after.native["Note"] == b"moved"
    assert created.before is None
    assert created.after is not None and created.after.native["Note"] == b"booked"


async def test_what_did_not_change_is_no_change(watching: Flow) -> None:
    """Writing the same value again says nothing, however often it is polled."""
    watching.source.update("Appointment", 1, note="old")
    for _ in range(3):
        await watching.poller.poll()
        watching.pass_time(1)

    assert await watching.changes() == []


async def test_a_touched_row_is_a_change(watching: Flow) -> None:
    """Open Dental announces it: the stamp is a column like any other."""
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()

    assert await watching.changed_keys() == [1]


async def test_a_change_is_noticed_once_although_the_overlap_looks_again(watching: Flow) -> None:
    """Polls overlap by design; equal fingerprints keep them silent."""
    watching.source.update("Appointment", 1, note="new")
    for _ in range(30):
        await watching.poller.poll()
        watching.pass_time(1)

    assert await watching.changed_keys() == [1]


async def test_a_second_change_in_the_polled_second_is_noticed(watching: Flow) -> None:
    """Stamps are whole seconds: what follows in the same one must not be taken for seen."""
    watching.source.update("Appointment", 1, note="first")
    await watching.poller.poll()
    watching.source.update("Appointment", 1, note="second")
    watching.source.update("Appointment", 2, note="same second")
    await watching.poller.poll()
    watching.pass_time(1)
    await watching.poller.poll()

    assert await watching.changed_keys() == [1, 1, 2]


async def test_a_late_commit_within_the_overlap_is_noticed(watching: Flow) -> None:
    """A stamp is the start of its statement, and shows at the commit."""
    watching.source.write_uncommitted("Appointment", 9, note="late")
    for _ in range(8):
        watching.pass_time(1)
        await watching.poller.poll()
    watching.source.commit()
    await watching.poller.poll()

    assert await watching.changed_keys() == [9]


async def test_a_late_commit_behind_the_horizon_is_noticed(watching: Flow) -> None:
    """Where open transactions can be seen, the Cursor waits for them, however long."""
    watching.source.write_uncommitted("Appointment", 9, note="very late")
    for _ in range(30):
        watching.pass_time(60)
        watching.source.lag += timedelta(seconds=60)
        await watching.poller.poll()
    watching.source.commit()
    watching.source.lag = timedelta(0)
    await watching.poller.poll()

    assert await watching.changed_keys() == [9]


@pytest.mark.parametrize("rows", [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE + 500])
async def test_rows_of_one_stamp_are_all_noticed_once(watching: Flow, rows: int) -> None:
    """One statement may stamp more rows alike than fit into a page."""
    for number in range(10, 10 + rows):
        watching.source.insert("Appointment", number)
    for _ in range(3):
        await watching.poller.poll()
        watching.pass_time(1)

    assert sorted(await watching.changed_keys()) == list(range(10, 10 + rows))


async def test_rows_that_change_between_two_pages_are_not_lost(watching: Flow) -> None:
    """They are noticed in this poll or in the next, in the newest state."""
    for number in range(10, 10 + 2 * PAGE):
        watching.source.insert("Appointment", number, note="bulk")
    watching.source.before_call = lambda name: (
        watching.source.update("Appointment", 10, note=f"moved {len(watching.source.calls)}")
        if name == "fetch"
        else None
    )
    await watching.poller.poll()
    watching.source.before_call = None
    watching.pass_time(1)
    await watching.poller.poll()
    after = {change.key.number: change.after for change in await watching.changes()}
    last = after[10]

    assert len(after) == 2 * PAGE
    assert last is not None
    assert (last.native["Note"] or b"").decode() == watching.source.notes("Appointment")[10]


async def test_a_row_that_vanishes_while_it_is_fetched_is_left_alone(watching: Flow) -> None:
    """Listed and then gone: no Change, no complaint."""
    watching.source.insert("Appointment", 10)
    watching.source.before_call = lambda name: (
        watching.source.delete("Appointment", 10)
        if name == "fetch" and 10 in watching.source.notes("Appointment")
        else None
    )
    await watching.poller.poll()

    assert await watching.changes() == []
    assert watching.poller.health.light is Light.GREEN


@pytest.mark.parametrize("back", [600, 3600, 86400])
async def test_a_clock_that_was_set_back_hides_nothing(watching: Flow, back: int) -> None:
    """What is stamped in the past again is noticed, at once and later on."""
    await watching.poller.poll()
    watching.source.now -= timedelta(seconds=back)
    watching.source.update("Appointment", 1, note="in the past")
    await watching.poller.poll()
    at_once = await watching.changed_keys()
    watching.source.now += timedelta(seconds=2)
    watching.source.update("Appointment", 2, note="still in the past")
    await watching.poller.poll()

    assert at_once == [1]
    assert await watching.changed_keys() == [1, 2]


async def test_a_clock_that_was_ahead_for_a_while_hides_nothing(watching: Flow) -> None:
    """Two hours ahead, a write, and corrected: every write is noticed, the early one once."""
    watching.source.now += timedelta(hours=2)
    watching.source.update("Appointment", 1, note="ahead")
    await watching.poller.poll()
    watching.source.now -= timedelta(hours=2)
    watching.source.update("Appointment", 2, note="corrected")
    for _ in range(3):
        await watching.poller.poll()
        watching.pass_time(1)

    assert await watching.changed_keys() == [1, 2]


async def test_changes_are_ordered_by_the_practice_and_parents_come_first(watching: Flow) -> None:
    """By stamp within a Watch; a new patient before the new appointment of the same poll."""
    watching.source.insert("Appointment", 12)
    watching.pass_time(1)
    watching.source.insert("Appointment", 11)
    watching.source.insert("Patient", 28)
    await watching.poller.poll()
    order = [(change.key.watch, change.key.number) for change in await watching.changes()]

    assert order == [("Patient", 28), ("Appointment", 12), ("Appointment", 11)]


async def test_a_failing_practice_is_red_and_asked_less_often(watching: Flow) -> None:
    """The pauses double; health says in plain words what is wrong."""
    watching.source.break_down()
    pauses = [await watching.poller.poll() for _ in range(4)]
    health = watching.poller.health

    assert pauses == [1, 2, 4, 8]
    assert (health.light, health.is_ready) == (Light.RED, True)
    assert "pulled the plug" in health.detail


async def test_a_practice_that_comes_back_is_read_from_where_it_was(watching: Flow) -> None:
    """Nothing is lost meanwhile, and the pauses begin anew."""
    await watching.poller.poll()
    watching.source.break_down()
    for number in range(3):
        watching.source.update("Appointment", number + 1, note=f"while away {number}")
        watching.pass_time(4000)
        await watching.poller.poll()
    watching.source.mend()
    pause = await watching.poller.poll()

    assert await watching.changed_keys() == [1, 2, 3]
    assert pause == 1.0
    assert (watching.poller.health.light, watching.poller.health.detail) == (Light.GREEN, "")


async def test_after_a_failure_the_practice_is_discovered_anew(watching: Flow) -> None:
    """It may have been upgraded, or be another server, by the time it is back."""
    await watching.poller.poll()
    watching.source.calls.clear()
    watching.source.fail_on(1)
    await watching.poller.poll()
    await watching.poller.poll()

    assert watching.source.calls[:2] == ["reach", "open"]


async def test_a_poll_that_fails_half_way_is_made_up_for(watching: Flow) -> None:
    """Whatever call fails, the next complete poll has everything, once."""
    for failing in range(1, 9):
        key = 100 * failing
        for number in range(key, key + 3):
            watching.source.insert("Appointment", number)
        watching.source.insert("Patient", key)
        watching.source.fail_on(failing)
        await watching.poller.poll()
        watching.pass_time(600)
        await watching.poller.poll()
        await watching.poller.poll()
    keys = sorted(await watching.changed_keys())

    assert keys == sorted(100 * k + n for k in range(1, 9) for n in (0, 0, 1, 2))


async def test_the_cursor_moves_only_with_the_last_page(watching: Flow) -> None:
    """Cut off between two pages, a poll is made again: nothing lost, nothing twice."""
    await watching.poller.poll()
    before = await watching.read_up_to()
    for number in range(10, 10 + 2 * PAGE + 5):
        watching.source.insert("Appointment", number)
    watching.pass_time(3600)
    watching.source.fail_on(
        7
    )  # open, origin, reach, two lists of keys, the first fetch, the second fetch
    await watching.poller.poll()
    between = await watching.read_up_to()
    stored = len(await watching.changes())
    watching.start()
    await watching.poller.poll()

    assert 0 < stored < 2 * PAGE + 5
    assert between == before
    assert sorted(await watching.changed_keys()) == list(range(10, 10 + 2 * PAGE + 5))
    assert await watching.read_up_to() == watching.source.now


async def test_a_store_that_cannot_be_written_is_not_the_practices_fault(
    watching: Flow, store: Store
) -> None:
    """It comes out of the step, so that the supervisor says which of the two is broken."""
    assert isinstance(store, SqliteStore)
    await store.close()

    with pytest.raises(StoreUnavailableError):
        await watching.poller.poll()
    assert watching.poller.health.light is Light.GREEN


async def test_a_table_without_stamps_is_read_once(store: Store) -> None:
    """It has a baseline; its changes cannot be asked for by time."""
    source = FakeSource(Watch("Appointment", "appointment", "AptNum", None))
    source.insert("Appointment", 1)
    flow = Flow(store, source)
    await flow.read_first()
    source.insert("Appointment", 2)
    await flow.poller.poll()

    assert "keys_stamped_since" not in source.calls
    assert flow.poller.health.is_ready


async def test_a_new_watch_is_read_silently_beside_the_others(store: Store) -> None:
    """A table that appears later begins with a first reading of its own."""
    flow = Flow(store, FakeSource(APPOINTMENT))
    await flow.read_first()
    older = flow.source
    flow.source = FakeSource()
    flow.source.now = older.now + timedelta(hours=1)
    for number in range(1, 6):
        flow.source.insert("Patient", number)
    flow.start()
    await flow.read_first()
    flow.source.insert("Appointment", 1)
    await flow.poller.poll()

    assert [change.key.watch for change in await flow.changes()] == ["Appointment"]


async def test_while_chunks_are_left_there_is_no_pause(flow: Flow) -> None:
    """The first reading goes on at once; afterwards the pace holds."""
    for number in range(1, PAGE + 2):
        flow.source.insert("Appointment", number)
    pauses = [await flow.poller.poll() for _ in range(3)]

    assert pauses == [0.0, 1.0, 1.0]


async def test_changes_wake_the_pacer_and_silence_does_not(watching: Flow) -> None:
    """The signal is set by Changes alone."""
    watching.signals.pacing.clear()
    await watching.poller.poll()
    quiet = watching.signals.pacing.is_set()
    watching.source.touch("Appointment", 1)
    await watching.poller.poll()

    assert (quiet, watching.signals.pacing.is_set()) == (False, True)


def test_a_poller_is_called_after_its_source(store: Store) -> None:
    """The journal and ``/ready`` name it."""
    flow = Flow(store)

    assert isinstance(flow.poller, Poller)
    assert flow.poller.name == "poller of main"
