"""Arrival: which database is it, and what do its tables look like now?"""

import pytest
from tests.engine.flow import Flow
from tests.fakes.source import APPOINTMENT, FakeSource

from bitewing.engine.capture.poller import LOOK_SECONDS
from bitewing.model.health import Light
from bitewing.model.origin import Origin
from bitewing.ports.store import Store

AFTER_A_LOOK = LOOK_SECONDS + 3


@pytest.fixture
async def office(store: Store) -> Flow:
    """Give a practice of twenty appointments, read, swept once, and quiet."""
    source = FakeSource(APPOINTMENT)
    for number in range(1, 21):
        source.insert("Appointment", number, note=f"note {number}")
    source.add_column("Appointment", "Fee", "5", kind="int")
    flow = Flow(store, source)
    flow.pass_time(600)
    await flow.read_first()
    await flow.live(1)
    await flow.live_on()
    return flow


async def origin_of(flow: Flow) -> Origin | None:
    return await flow.store.read(lambda tx: tx.origins.get("main"))


async def accept(flow: Flow) -> None:
    """Say that another database is right, as the caretaker does."""
    origin = await origin_of(flow)
    assert origin is not None
    await flow.store.write(
        lambda tx: tx.origins.put("main", Origin("", origin.layouts, origin.created))
    )


async def image_columns(flow: Flow) -> set[tuple[str, ...]]:
    return {tuple(one.native) for one in (await flow.known()).values()}


# Which database it is.


async def test_the_first_database_is_believed_and_remembered(office: Flow) -> None:
    """There is nothing to compare it with."""
    origin = await origin_of(office)

    assert origin is not None
    assert origin.identity == "the office"
    assert origin.layouts["Appointment"]["Fee"] == "int"


async def test_another_database_is_refused_after_a_restart(office: Flow) -> None:
    """Nothing of it is read; health says what happened and what a person can do."""
    office.source.identity = "another office"
    for number in range(1, 21):
        office.source.update("Appointment", number, note="somebody else's")
    office.start()
    await office.live(40)
    health = office.poller.health

    assert health.light is Light.RED
    assert "another database" in health.detail
    assert "bitewing sources accept main" in health.detail
    assert await office.changes() == []


async def test_another_database_in_the_place_of_the_first_is_noticed_while_running(
    office: Flow,
) -> None:
    """Within about a minute."""
    office.source.identity = "another office"
    await office.live(AFTER_A_LOOK)

    assert office.poller.health.light is Light.RED
    assert "another database" in office.poller.health.detail


async def test_the_same_database_is_welcome_when_it_is_back(office: Flow) -> None:
    """A wrong server name was put right again: nothing else is needed."""
    office.source.identity = "another office"
    await office.live(AFTER_A_LOOK)
    office.source.identity = "the office"
    await office.live(31)

    assert office.poller.health.light is Light.GREEN
    assert await office.changes() == []


async def test_an_accepted_database_is_read_on(office: Flow) -> None:
    """What differs in it are Changes; from then on it is the right one."""
    office.source.identity = "the new server"
    office.source.keep_stamp("Appointment", 3, note="moved with the server")
    await office.live(AFTER_A_LOOK)
    await accept(office)
    await office.live(31)
    await office.sweep()
    origin = await origin_of(office)

    assert office.poller.health.light is Light.GREEN
    assert origin is not None and origin.identity == "the new server"
    assert await office.changed_keys() == [3]


async def test_an_accepted_database_may_have_other_types(office: Flow) -> None:
    """An upgrade and a move at once tell nothing of every row."""
    office.source.identity = "the new server"
    office.source.retype_column("Appointment", "Fee", "decimal", ".00")
    office.start()
    await office.live(2)
    await accept(office)
    await office.live(31)
    await office.live_on()

    assert office.poller.health.light is Light.GREEN
    assert await office.changes() == []


async def test_a_refused_database_is_asked_less_and_less(office: Flow) -> None:
    """However often its pulse beats."""
    office.source.identity = "another office"
    office.start()
    office.source.calls.clear()
    for _ in range(300):
        office.poller.hasten()
        await office.poller.step()
        office.pass_time(0.1)

    assert 3 <= office.source.calls.count("open") <= 6


async def test_a_person_who_asks_is_not_kept_waiting_by_failures(office: Flow) -> None:
    """What they have mended is tried at once."""
    office.source.break_down()
    await office.live(40)
    office.source.mend()
    office.poller.request_sweep()
    await office.poller.step()

    assert office.poller.health.light is Light.GREEN


# What its tables look like.


async def test_an_added_column_is_noticed_within_about_a_minute(office: Flow) -> None:
    """No row is told for it; what a person writes into it afterwards is."""
    office.source.add_column("Appointment", "Urgent", "0")
    await office.live(AFTER_A_LOOK)
    silent = await office.changes()
    office.source.set_column("Appointment", 7, "Urgent", "1")
    await office.live(2)
    [change] = await office.changes()

    assert silent == []
    assert await image_columns(office) == {("AptNum", "Note", "DateTStamp", "Fee", "Urgent")}
    assert change.after is not None and change.after.native["Urgent"] == b"1"
    assert change.before is not None and change.before.native["Urgent"] == b"0"


async def test_looking_again_suspects_nothing_where_nothing_has_changed(office: Flow) -> None:
    """It costs a few questions a minute, and no sweep."""
    office.source.calls.clear()
    await office.live(LOOK_SECONDS * 2)

    assert office.source.calls.count("open") == 2
    # The sweeps of keys and stamps that come by themselves.
    assert office.source.calls.count("digest_after") <= 2
    assert "outlines" not in office.source.calls


async def test_a_dropped_column_is_noticed_at_once_and_silent(office: Flow) -> None:
    """Reading fails, the tables are discovered anew, and every row is as it was."""
    office.source.drop_column("Appointment", "Fee")
    office.source.touch("Appointment", 3)
    await office.live(10)
    await office.sweep()

    assert office.poller.health.light is Light.GREEN
    assert await image_columns(office) == {("AptNum", "Note", "DateTStamp")}
    assert set(await office.changed_keys()) <= {3}


async def test_a_renamed_column_is_silent_and_its_next_change_is_told(office: Flow) -> None:
    """The values are the same under another name; the images learn it."""
    office.source.drop_column("Appointment", "Fee")
    office.source.add_column("Appointment", "Charge", "5", kind="int")
    office.source.touch("Appointment", 20)
    await office.live(10)
    await office.live_on()
    silent = set(await office.changed_keys()) - {20}
    office.source.set_column("Appointment", 7, "Charge", "9")
    await office.live(2)

    assert silent == set()
    assert await image_columns(office) == {("AptNum", "Note", "DateTStamp", "Charge")}
    assert (await office.changed_keys())[-1] == 7


async def test_a_retyped_column_is_silent_and_its_next_change_is_told(office: Flow) -> None:
    """Once all images have the new way of writing, the column is compared again."""
    office.source.retype_column("Appointment", "Fee", "decimal(5,2)", ".00")
    await office.live(AFTER_A_LOOK)
    await office.live_on()
    silent = await office.changes()
    office.source.set_column("Appointment", 7, "Fee", "6.00")
    await office.live(2)
    [change] = await office.changes()

    assert silent == []
    assert change.before is not None and change.before.native["Fee"] == b"5.00"
    assert change.after is not None and change.after.native["Fee"] == b"6.00"


@pytest.mark.parametrize("what", ["added", "dropped", "retyped"])
async def test_a_real_change_at_the_time_of_an_upgrade_is_told(office: Flow, what: str) -> None:
    """It alone, among rows that only look otherwise."""
    if what == "added":
        office.source.add_column("Appointment", "Urgent", "0")
    elif what == "dropped":
        office.source.drop_column("Appointment", "Fee")
    else:
        office.source.retype_column("Appointment", "Fee", "decimal(5,2)", ".00")
    office.source.keep_stamp("Appointment", 7, note="moved past its stamp")
    office.source.update("Appointment", 8, note="moved")
    await office.live(AFTER_A_LOOK)
    await office.live_on()

    assert sorted(await office.told()) == [
        ("updated", "Appointment", 7),
        ("updated", "Appointment", 8),
    ]


@pytest.mark.parametrize("call", ["digest_after", "outlines", "fetch"])
async def test_an_upgrade_in_the_middle_of_a_sweep_is_silent(office: Flow, call: str) -> None:
    """What was compared before it is compared again after it."""
    before = iter([1])

    def upgrade(name: str) -> None:
        if name == call and next(before, None):
            office.source.add_column("Appointment", "Urgent", "0")

    office.source.delete("Appointment", 20)
    office.source.before_call = upgrade
    await office.live_on(until=0)
    office.poller.request_sweep()
    await office.live(AFTER_A_LOOK)
    await office.live_on()

    assert next(before, None) is None
    assert await office.told() == [("deleted", "Appointment", 20)]
    assert {len(columns) for columns in await image_columns(office)} == {5}


async def test_an_upgrade_during_a_restart_is_finished_by_the_next_process(office: Flow) -> None:
    """Until all images have the new columns, the old layout is what is remembered."""
    office.source.retype_column("Appointment", "Fee", "decimal(5,2)", ".00")
    office.start()
    await office.poller.poll()
    remembered = await origin_of(office)
    office.start()
    await office.live(2)
    await office.live_on()
    settled = await origin_of(office)

    assert remembered is not None and remembered.layouts["Appointment"]["Fee"] == "int"
    assert settled is not None and settled.layouts["Appointment"]["Fee"] == "decimal(5,2)"
    assert await office.changes() == []


async def test_what_is_settled_is_not_written_again(office: Flow) -> None:
    """Every sweep of a small table would cost a write."""
    before = await origin_of(office)
    await office.store.write(
        lambda tx: (
            tx.origins.put("main", Origin("the office", before.layouts, {"mark": "x"}))
            if before
            else None
        )
    )
    await office.sweep()
    after = await origin_of(office)

    assert after is not None and after.created == {"mark": "x"}
