"""Sweeping: what no poll can see is found; what is only seemingly gone is not believed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.engine.flow import Flow
from tests.fakes.source import (
    APPOINTMENT,
    HISTORY,
    SCHEDULE,
    SCHEDULE_OP,
    FakeSource,
)

from bitewing.engine.capture.reading import Reading
from bitewing.engine.capture.sweeping import LEAST_HELD, Sweep, Sweeping
from bitewing.model.health import Light
from bitewing.model.watch import Cursor, Depth, Watch
from bitewing.ports.store import Store


async def begun(store: Store, *watches: Watch, rows: int = 0) -> Flow:
    """Give the engine over a practice that was read, and swept once."""
    source = FakeSource(*watches)
    for number in range(1, rows + 1):
        source.insert(watches[0].name, number, note=f"note {number}")
    flow = Flow(store, source)
    flow.pass_time(600)
    await flow.read_first()
    await flow.live(1)
    await flow.live_on()
    source.calls.clear()
    return flow


@pytest.fixture
async def office(store: Store) -> Flow:
    """Give a practice of a hundred appointments."""
    return await begun(store, APPOINTMENT, rows=100)


@pytest.fixture
async def calendar(store: Store) -> Flow:
    """Give a practice with two schedules, the first of which has two operatories."""
    source = FakeSource(SCHEDULE_OP, SCHEDULE)
    for schedule in (1, 2):
        source.insert("Schedule", schedule)
    source.put_part(11, of=1, operatory=5)
    source.put_part(12, of=1, operatory=6)
    flow = Flow(store, source)
    flow.pass_time(600)
    await flow.read_first()
    await flow.live_on()
    return flow


# What is found.


async def test_what_agrees_is_not_read(office: Flow) -> None:
    """Equal digests need neither rows nor keys."""
    await office.sweep()

    assert office.source.calls.count("digest_after") >= 1
    assert {"outlines", "fetch"}.isdisjoint(office.source.calls)
    assert await office.changes() == []


async def test_a_deletion_is_found_with_its_last_image(office: Flow) -> None:
    """A Change without an image after; the row leaves the baseline and is not told again."""
    office.source.delete("Appointment", 7)
    noticed_from = office.source.now
    await office.live_on()
    await office.live_on()
    [change] = await office.changes()

    assert (change.kind, change.key.number, change.after) == ("deleted", 7, None)
    assert change.before is not None and change.before.native["Note"] == b"note 7"
    assert change.changed_at == change.noticed_at >= noticed_from.replace(microsecond=0)
    assert 7 not in await office.known()


async def test_a_row_that_comes_back_was_deleted_and_is_created(office: Flow) -> None:
    """The same key is another Record then, even with the same content."""
    office.source.delete("Appointment", 7)
    await office.live_on()
    office.source.insert("Appointment", 7, note="note 7")
    await office.live(5)
    office.source.delete("Appointment", 7)
    await office.live_on()

    assert await office.told() == [
        ("deleted", "Appointment", 7),
        ("created", "Appointment", 7),
        ("deleted", "Appointment", 7),
    ]


async def test_a_restored_row_is_found_by_its_old_stamp(office: Flow) -> None:
    """An import writes rows with stamps of long ago, which no poll looks at."""
    office.source.insert("Appointment", 500, note="imported")
    office.source.stamp("Appointment", 500, office.source.now - timedelta(days=400))
    office.source.keep_stamp("Appointment", 3, note="restored")
    office.source.stamp("Appointment", 3, office.source.now - timedelta(days=300))
    await office.live_on()

    # Nobody knows when the row really changed: when it was noticed counts.
    assert sorted(await office.changed_keys()) == [3, 500]
    assert all(change.changed_at == change.noticed_at for change in await office.changes())


async def test_a_kept_stamp_is_found_by_the_sweep_of_whole_rows_alone(office: Flow) -> None:
    """Keys and stamps agree; only the other columns tell."""
    office.source.keep_stamp("Appointment", 3, note="written past the stamp")
    await office.live_on()
    shallow = await office.changed_keys()
    await office.sweep()

    assert (shallow, await office.changed_keys()) == ([], [3])


async def test_two_rows_that_swap_a_field_are_found(office: Flow) -> None:
    """A digest whose bits cancel out, as CRC32 under an exclusive or, would miss it."""
    office.source.keep_stamp("Appointment", 3, note="note 4")
    office.source.keep_stamp("Appointment", 4, note="note 3")
    await office.sweep()

    assert sorted(await office.changed_keys()) == [3, 4]


@pytest.mark.parametrize("rows", [2, 4, 100])
async def test_an_even_number_of_rows_with_one_new_stamp_is_found(office: Flow, rows: int) -> None:
    """Their marks must not cancel out either."""
    for number in range(1, rows + 1):
        office.source.stamp("Appointment", number, office.source.now - timedelta(days=30))
    await office.live_on()

    assert sorted(await office.changed_keys()) == list(range(1, rows + 1))


EDGES = [-(2**63), -(2**62), -1, 0, 1, 2**53 + 1, 2**62, 2**63 - 1]


@pytest.mark.parametrize("more", [1, 1992, 1993], ids=["few", "a full range", "one more"])
async def test_ranges_cover_all_keys_whatever_they_are(store: Store, more: int) -> None:
    """Negative keys, zero, random ones of 63 bits; also where a range ends at the largest."""
    source = FakeSource(APPOINTMENT)
    for number in [*EDGES, *range(10, 10 + more)]:
        source.insert("Appointment", number)
    flow = Flow(store, source)
    flow.pass_time(600)
    await flow.read_first()
    await flow.live_on()
    for number in EDGES:
        source.delete("Appointment", number)
    await flow.live_on()

    assert await flow.told() == [("deleted", "Appointment", number) for number in EDGES]


@pytest.mark.parametrize(
    ("seconds", "before", "after"),
    [
        (0.001, 2000, 4000),
        (0.001, 15_000, 20_000),
        (0.005, 2000, 2000),
        (0.02, 2000, 1000),
        (0.02, 600, 500),
    ],
)
async def test_ranges_are_cut_so_that_writers_need_not_wait(
    office: Flow, seconds: float, before: int, after: int
) -> None:
    """Fast ones grow, slow ones shrink, within bounds; what the database spent is added up."""
    office.source.before_call = lambda name: (
        office.clock.advance(seconds) if name == "digest_after" else None
    )
    sweeping = Sweeping(Reading(office.source, office.store, office.clock, office.signals))
    sweep = Sweep(APPOINTMENT, Depth.ROWS, rows=before)
    reach = await office.source.reach()
    await sweeping.advance(sweep, reach, Cursor(reach.now, first_reading_done=True))

    assert (sweep.rows, sweep.is_over) == (after, True)
    assert sweep.seconds == pytest.approx(seconds)


# What happens while a sweep goes on.


async def while_sweeping(flow: Flow, call: str, happening: Callable[[], None]) -> None:
    """Let something happen just before the first call of that name in a sweep."""
    done: list[str] = []

    def happen(name: str) -> None:
        if name == call and not done:
            done.append(name)
            happening()

    flow.source.before_call = happen
    await flow.sweep()
    flow.source.before_call = None
    assert done == [call]


async def test_a_row_inserted_between_digest_and_outlines_is_created_once(office: Flow) -> None:
    """The poll that follows finds it known already."""
    office.source.delete("Appointment", 1)
    await while_sweeping(
        office, "outlines", lambda: office.source.insert("Appointment", 50_000, note="new")
    )
    await office.live_on()

    assert sorted(await office.told()) == [
        ("created", "Appointment", 50_000),
        ("deleted", "Appointment", 1),
    ]


async def test_a_row_deleted_between_digest_and_outlines_is_found(office: Flow) -> None:
    """In this sweep or the next, once."""
    office.source.delete("Appointment", 1)
    await while_sweeping(office, "outlines", lambda: office.source.delete("Appointment", 2))
    await office.live_on()

    assert sorted(await office.changed_keys()) == [1, 2]


async def test_what_seemed_gone_is_read_again_before_it_is_believed(office: Flow) -> None:
    """A row that was back when it was asked for by its key was never deleted."""
    office.source.delete("Appointment", 1)
    stamp = office.source.now - timedelta(days=2)

    def bring_back() -> None:
        office.source.insert("Appointment", 1, note="back again")
        office.source.stamp("Appointment", 1, stamp)

    await while_sweeping(office, "fetch", bring_back)
    await office.live_on()

    assert await office.told() == [("updated", "Appointment", 1)]


async def test_a_row_that_changes_while_it_is_swept_is_told_in_its_newest_state(
    office: Flow,
) -> None:
    """Polls and sweeps go one after another, so nothing older is recorded later."""
    office.source.keep_stamp("Appointment", 1, note="kept")
    await while_sweeping(
        office, "fetch", lambda: office.source.update("Appointment", 1, note="newest")
    )
    await office.live_on()
    [change] = await office.changes()

    assert change.after is not None and change.after.native["Note"] == b"newest"


@pytest.mark.parametrize("failing", range(1, 7))
async def test_a_failed_read_is_never_gone(office: Flow, failing: int) -> None:
    """Whatever call of a sweep fails, only what is really gone is told, and only once."""
    for number in (10, 20, 30):
        office.source.delete("Appointment", number)
    office.source.keep_stamp("Appointment", 40, note="kept")
    await office.poller.poll()
    office.poller.request_sweep()
    office.source.fail_on(failing)
    await office.live_on()
    await office.sweep()

    assert sorted(await office.told()) == [
        ("deleted", "Appointment", 10),
        ("deleted", "Appointment", 20),
        ("deleted", "Appointment", 30),
        ("updated", "Appointment", 40),
    ]
    assert office.poller.health.light is Light.GREEN


async def test_a_sweep_of_rows_that_failed_is_made_again_soon(office: Flow) -> None:
    """Not an hour later."""
    office.source.keep_stamp("Appointment", 40, note="kept")
    await office.poller.poll()
    office.poller.request_sweep()
    calls: list[str] = []

    def fail_at_the_first_outlines(name: str) -> None:
        calls.append(name)
        if name == "outlines" and calls.count("outlines") == 1:
            office.source.fail_on(0)

    office.source.before_call = fail_at_the_first_outlines
    await office.live(10)

    assert calls.count("outlines") >= 2
    assert await office.changed_keys() == [40]


# What is too much to be believed.


async def delete(flow: Flow, rows: int) -> None:
    for number in range(1, rows + 1):
        flow.source.delete("Appointment", number)
    await flow.live_on()


@pytest.mark.parametrize(
    ("rows", "gone", "is_held"),
    [
        (100, LEAST_HELD, False),
        (100, LEAST_HELD + 1, True),
        (LEAST_HELD + 1, LEAST_HELD, False),
        (6000, 60, False),
        (6000, 61, True),
        (60, 60, True),
        (2, 2, False),
    ],
)
async def test_more_than_fifty_or_a_hundredth_are_held(
    store: Store,
    rows: int,
    gone: int,
    is_held: bool,  # noqa: FBT001
) -> None:
    """Nothing of them is told; health is red and says what a person can do."""
    flow = await begun(store, APPOINTMENT, rows=rows)
    await delete(flow, gone)
    health = flow.poller.health

    assert len(await flow.changes()) == (0 if is_held else gone)
    assert flow.poller.held == ({"Appointment": gone} if is_held else {})
    assert health.light is (Light.RED if is_held else Light.GREEN)
    if is_held:
        assert f"{gone} rows of Appointment" in health.detail
        assert "bitewing sources sweep main --accept-deletions" in health.detail


async def test_other_changes_go_on_while_deletions_are_held(office: Flow) -> None:
    """A restore in progress stops nobody's work."""
    await delete(office, 60)
    office.source.update("Appointment", 99, note="new")
    await office.live(2)

    assert await office.changed_keys() == [99]
    assert office.poller.health.light is Light.RED


async def test_held_rows_that_come_back_were_never_gone(office: Flow) -> None:
    """The restore is over: nothing is told, and the light is green by itself."""
    rows = {number: f"note {number}" for number in range(1, 61)}
    stamps = office.source.stamps("Appointment")
    await delete(office, 60)
    for number, note in rows.items():
        office.source.insert("Appointment", number, note=note)
        office.source.stamp(
            "Appointment", number, datetime.fromisoformat(stamps[number]).replace(tzinfo=UTC)
        )
    await office.live_on()

    assert await office.changes() == []
    assert (office.poller.health.light, office.poller.health.detail) == (Light.GREEN, "")


async def test_a_person_can_say_that_they_are_deleted(office: Flow) -> None:
    """All of them are told at once, densely numbered; the light is green again."""
    await delete(office, 60)
    await office.sweep(accepts_all=True)
    await office.poller.poll()
    changes = await office.changes()

    assert [change.number for change in changes] == list(range(1, 61))
    assert [change.key.number for change in changes] == list(range(1, 61))
    assert office.poller.health.light is Light.GREEN


async def test_what_was_accepted_once_does_not_count_for_the_next_time(office: Flow) -> None:
    """The word of a person is good for one sweep."""
    await office.sweep(accepts_all=True)
    await delete(office, 60)

    assert await office.changes() == []
    assert office.poller.held == {"Appointment": 60}


async def test_the_word_of_a_person_counts_although_a_sweep_is_under_way(office: Flow) -> None:
    """The sweep that had begun without it ends; the next one follows at once."""
    office.source.update("Appointment", 100, note="new")
    await office.poller.poll()
    for number in range(1, 61):
        office.source.delete("Appointment", number)
    office.poller.request_sweep()

    await while_sweeping(office, "outlines", lambda: office.poller.request_sweep(accepts_all=True))
    await office.live(2)

    assert len(await office.changes()) == 61


async def test_an_emptied_table_is_held(office: Flow) -> None:
    """DROP, CREATE, and a restore that has not yet begun."""
    await delete(office, 100)

    assert await office.changes() == []
    assert office.poller.held == {"Appointment": 100}


async def test_many_pages_of_deletions_are_all_told(store: Store) -> None:
    """More than one transaction holds."""
    flow = await begun(store, APPOINTMENT, rows=2500)
    await delete(flow, 2100)
    await flow.sweep(accepts_all=True)

    assert await flow.changed_keys() == list(range(1, 2101))
    assert len(await flow.known()) == 400


async def test_a_log_loses_its_old_rows_without_a_word(store: Store) -> None:
    """However many: purging a history is no Change, and nothing to ask about."""
    flow = await begun(store, HISTORY, rows=200)
    for number in range(1, 151):
        flow.source.delete("AppointmentDeleted", number)
    flow.source.insert("AppointmentDeleted", 500)
    await flow.live_on()

    assert await flow.told() == [("created", "AppointmentDeleted", 500)]
    assert len(await flow.known("AppointmentDeleted")) == 51
    assert flow.poller.health.light is Light.GREEN


# Rows that are part of others.


async def test_a_part_that_comes_is_a_change_of_its_owner(calendar: Flow) -> None:
    """Nothing stamps the owner, and yet it is told within seconds, with what it is made of."""
    calendar.source.put_part(13, of=2, operatory=7)
    await calendar.live(10)
    [change] = await calendar.changes()

    assert (change.kind, change.key.watch, change.key.number) == ("updated", "Schedule", 2)
    assert change.before is not None and change.before.derived["operatories"] == ""
    assert change.after is not None and change.after.derived["operatories"] == "7"


async def test_a_part_that_changes_is_a_change_of_its_owner(calendar: Flow) -> None:
    """Once."""
    calendar.source.put_part(11, of=1, operatory=9)
    await calendar.live(30)

    assert await calendar.told() == [("updated", "Schedule", 1)]


async def test_a_part_that_goes_is_a_change_of_its_owner(calendar: Flow) -> None:
    """It is no deletion of anything that somebody could follow."""
    calendar.source.delete("ScheduleOp", 11)
    await calendar.live(30)
    [change] = await calendar.changes()

    assert (change.kind, change.key.number) == ("updated", 1)
    assert change.after is not None and change.after.derived["operatories"] == "6"
    assert set(await calendar.known("ScheduleOp")) == {12}


async def test_a_part_that_only_a_poll_has_seen_is_missed_when_it_goes(calendar: Flow) -> None:
    """It came after one sweep of the parts and went before the next: neither has compared it."""
    calendar.source.update("Schedule", 2, note="moved")
    calendar.source.put_part(13, of=2, operatory=7)
    await calendar.poller.poll()
    calendar.source.delete("ScheduleOp", 13)
    calendar.pass_time(600)
    await calendar.live(30)
    told = [
        change.after.derived["operatories"] for change in await calendar.changes() if change.after
    ]

    assert told == ["7", ""]
    assert set(await calendar.known("ScheduleOp")) == {11, 12}


async def test_a_part_that_only_a_poll_has_missed_is_found_when_it_is_back(calendar: Flow) -> None:
    """It went after one sweep of the parts and was back before the next, as if it had stayed."""
    calendar.source.update("Schedule", 1, note="moved")
    calendar.source.delete("ScheduleOp", 12)
    await calendar.poller.poll()
    calendar.source.put_part(12, of=1, operatory=6)
    calendar.pass_time(600)
    await calendar.live(30)
    told = [
        change.after.derived["operatories"] for change in await calendar.changes() if change.after
    ]

    assert told == ["5", "5,6"]


async def test_a_part_that_moves_is_a_change_of_both_owners(calendar: Flow) -> None:
    """One Change each."""
    calendar.source.put_part(11, of=2, operatory=5)
    await calendar.live(30)
    told = {change.key.number: change.after for change in await calendar.changes()}

    assert sorted(await calendar.told()) == [("updated", "Schedule", 1), ("updated", "Schedule", 2)]
    assert {key: one.derived["operatories"] for key, one in told.items() if one} == {1: "6", 2: "5"}


async def test_owner_and_part_changed_together_are_one_change(calendar: Flow) -> None:
    """Whichever is seen first, poll or sweep."""
    calendar.source.update("Schedule", 1, note="moved")
    calendar.source.put_part(11, of=1, operatory=9)
    await calendar.live(30)

    assert await calendar.told() == [("updated", "Schedule", 1)]


async def test_a_new_owner_with_its_parts_is_one_change(calendar: Flow) -> None:
    """Created, with what it is made of."""
    calendar.source.insert("Schedule", 3)
    calendar.source.put_part(31, of=3, operatory=8)
    await calendar.live(30)
    [change] = await calendar.changes()

    assert (change.kind, change.key.number) == ("created", 3)
    assert change.after is not None and change.after.derived["operatories"] == "8"


async def test_an_owner_that_goes_with_its_parts_is_one_change(calendar: Flow) -> None:
    """Deleted, as it last was."""
    for part in (11, 12):
        calendar.source.delete("ScheduleOp", part)
    calendar.source.delete("Schedule", 1)
    await calendar.live_on()
    [change] = await calendar.changes()

    assert (change.kind, change.key.number) == ("deleted", 1)
    assert change.before is not None and change.before.derived["operatories"] == "5,6"


async def test_many_parts_that_go_at_once_are_held_too(store: Store) -> None:
    """A table of parts can be restored like any other."""
    source = FakeSource(SCHEDULE_OP, SCHEDULE)
    source.insert("Schedule", 1)
    for part in range(1, 101):
        source.put_part(part, of=1, operatory=part)
    flow = Flow(store, source)
    flow.pass_time(600)
    await flow.read_first()
    for part in range(1, 101):
        source.delete("ScheduleOp", part)
    await flow.live_on()
    held = flow.poller.held
    unsaid = await flow.told()
    await flow.sweep(accepts_all=True)

    assert (held, unsaid) == ({"ScheduleOp": 100}, [])
    assert await flow.told() == [("updated", "Schedule", 1)]


# What calls for a sweep.


async def test_where_the_server_counts_at_once_a_deletion_shows_at_once(store: Store) -> None:
    """MyISAM knows how many rows it has; the next poll compares."""
    flow = await begun(store, replace(APPOINTMENT, counts_at_once=True), rows=100)
    flow.source.delete("Appointment", 7)
    await flow.live(4)

    assert await flow.told() == [("deleted", "Appointment", 7)]


async def test_elsewhere_nobody_counts(office: Flow) -> None:
    """It would cost a scan."""
    await office.live(5)

    assert "count" not in office.source.calls


async def test_what_is_held_is_not_swept_again_and_again(store: Store) -> None:
    """The number of rows differs, and it is known why."""
    flow = await begun(store, replace(APPOINTMENT, counts_at_once=True), rows=100)
    await delete(flow, 60)
    flow.source.calls.clear()
    await flow.live(30)

    assert flow.poller.held == {"Appointment": 60}
    assert flow.source.calls.count("digest_after") <= 1


@pytest.mark.parametrize("step", [-7200, -4, 4, 7200])
async def test_a_clock_that_was_set_calls_for_a_sweep(office: Flow, step: int) -> None:
    """Something may have been stamped where no poll looks."""
    await office.poller.poll()
    office.source.now += timedelta(seconds=step)
    office.source.calls.clear()
    await office.live(4)

    assert "digest_after" in office.source.calls


async def test_a_clock_that_was_set_back_long_before_the_next_poll_hides_nothing(
    office: Flow,
) -> None:
    """What was stamped where the next poll does not look any more is found by the sweep."""
    await office.poller.poll()
    office.source.now -= timedelta(seconds=7200)
    office.source.update("Appointment", 5, note="in the past")
    office.pass_time(300)
    await office.live(4)

    assert await office.changed_keys() == [5]


@pytest.mark.parametrize("step", [-2, 0, 2])
async def test_a_clock_that_only_wavers_calls_for_nothing(office: Flow, step: int) -> None:
    """Whole seconds, and the time a question takes."""
    await office.poller.poll()
    await office.live(1)
    office.source.now += timedelta(seconds=step)
    office.source.calls.clear()
    await office.live(3)

    assert "digest_after" not in office.source.calls


async def test_a_sweep_that_finds_a_new_child_lets_its_parent_be_told_first(
    watching: Flow,
) -> None:
    """Both came after the last poll; the sweep of the child's table was earlier than the next."""
    watching.source.insert("Appointment", 7)
    watching.source.insert("Patient", 7)
    watching.poller.agenda.suspect(APPOINTMENT, Depth.STAMPS, now=watching.clock.monotonic())
    watching.pass_time(2)
    while not await watching.told():
        await watching.poller.sweep()

    assert await watching.told() == [("created", "Patient", 7), ("created", "Appointment", 7)]
