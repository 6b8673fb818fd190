"""Cases 14 to 17: rows that go, come back, only seem to go, or have strange keys."""

import json
from collections.abc import Callable

import pytest
from tests.adversarial.meddling import Meddling, fetching
from tests.adversarial.rig import Rig

from bitewing.dialects.opendental.speaking import OpenDental
from bitewing.model.change import Change, ChangeKind
from bitewing.model.watch import Depth

CREATED, UPDATED, DELETED = ChangeKind.CREATED, ChangeKind.UPDATED, ChangeKind.DELETED
KEYS = (0, -1, -(2**63), 2**53 + 1, 2**63 - 1, 6_917_529_027_641_081_857)
"""Primary keys: what Open Dental's random keys may be, and what no JSON number can hold."""


def kinds(changes: list[Change], watch: str, number: int) -> list[ChangeKind]:
    """Give what happened to one row."""
    return [
        change.kind
        for change in changes
        if (change.key.watch, change.key.number) == (watch, number)
    ]


def first_appointment(rig: Rig) -> int:
    return rig.keys("appointment", "AptNum")[0]


def appear(rig: Rig, number: int, note: str) -> None:
    """Insert an appointment."""
    rig.run("INSERT INTO appointment (AptNum, PatNum, Note) VALUES (?, 1, ?)", number, note)


def vanish(rig: Rig, number: int) -> None:
    """Delete an appointment."""
    rig.run("DELETE FROM appointment WHERE AptNum = ?", number)


async def test_case_14_a_row_is_deleted(rig: Rig) -> None:
    """Case 14: a sweep of keys and stamps is enough; the last image goes with the Change."""
    number = first_appointment(rig)
    vanish(rig, number)
    await rig.poll()
    await rig.sweep(Depth.STAMPS)
    (change,) = await rig.replay()
    await rig.verify()

    assert (change.kind, change.key.number, change.after) == (DELETED, number, None)
    assert change.feed == "AppointmentGone"


async def test_case_14_a_key_is_used_again_between_two_polls(rig: Rig) -> None:
    """Case 14: nobody can see that the row was gone; its new content is an update."""
    number = first_appointment(rig)
    vanish(rig, number)
    appear(rig, number, "reborn")
    changes = await rig.verify()

    assert kinds(changes, "Appointment", number) == [UPDATED]


async def test_case_14_a_key_is_used_again_with_an_older_stamp(rig: Rig) -> None:
    """Case 14: the poll cannot see the new row, the sweep does."""
    number = first_appointment(rig)
    vanish(rig, number)
    rig.run(
        "INSERT INTO appointment (AptNum, PatNum, Note, DateTStamp) "
        "VALUES (?, 1, 'reborn', '2001-02-03 04:05:06')",
        number,
    )
    await rig.poll()
    unseen = await rig.replay()
    changes = await rig.verify()

    assert unseen == []
    assert kinds(changes, "Appointment", number) == [UPDATED]


async def test_case_14_a_key_is_used_again_after_the_deletion_was_told(rig: Rig) -> None:
    """Case 14: gone, there, gone, there: each is told once, in this order."""
    number = first_appointment(rig)
    for note in ("first return", "second return"):
        vanish(rig, number)
        await rig.settle()
        appear(rig, number, note)
        await rig.settle()
    changes = await rig.verify()

    assert kinds(changes, "Appointment", number) == [DELETED, CREATED, DELETED, CREATED]


async def test_case_14_a_key_is_used_again_with_the_very_same_content(rig: Rig) -> None:
    """Case 14: deleted, told, and restored byte for byte: it is there again, so that is told."""
    number = first_appointment(rig)
    rig.run("CREATE TABLE aside AS SELECT * FROM appointment WHERE AptNum = ?", number)
    vanish(rig, number)
    await rig.settle()
    rig.run("INSERT INTO appointment SELECT * FROM aside")
    changes = await rig.verify()

    assert kinds(changes, "Appointment", number) == [DELETED, CREATED]


async def test_case_14_a_key_is_used_again_after_a_restart(rig: Rig) -> None:
    """Case 14: what a new process does not know from itself, it knows from the store."""
    number = first_appointment(rig)
    vanish(rig, number)
    await rig.settle()
    await rig.restart()
    appear(rig, number, "reborn")
    changes = await rig.verify()

    assert kinds(changes, "Appointment", number) == [DELETED, CREATED]


async def test_case_14_a_row_goes_and_comes_back_while_we_are_down(rig: Rig) -> None:
    """Case 14: a new process compares what it finds with what the old one knew."""
    gone, reborn = rig.keys("appointment", "AptNum")[:2]
    await rig.source.close()
    vanish(rig, gone)
    vanish(rig, reborn)
    appear(rig, reborn, "reborn")
    await rig.restart()
    changes = await rig.verify()

    assert kinds(changes, "Appointment", gone) == [DELETED]
    assert kinds(changes, "Appointment", reborn) == [UPDATED]


async def test_case_14_a_row_vanishes_between_listing_and_fetching(rig: Rig) -> None:
    """Case 14: a key that a poll has listed and cannot fetch is left to the sweep."""
    number = first_appointment(rig)
    rig.run("UPDATE appointment SET Note = 'listed' WHERE AptNum = ?", number)
    meddling = meddle(rig, fetching("appointment"), lambda: vanish(rig, number))
    await rig.poll()
    polled = await rig.replay()
    changes = await rig.verify()

    assert meddling.has_acted
    assert polled == []
    assert kinds(changes, "Appointment", number) == [DELETED]


async def test_case_14_a_row_comes_back_while_a_sweep_goes_on(rig: Rig) -> None:
    """Case 14: what a range misses is asked for once more before it is believed."""
    number = first_appointment(rig)
    rig.run("CREATE TABLE aside AS SELECT * FROM appointment WHERE AptNum = ?", number)
    vanish(rig, number)
    meddling = meddle(
        rig, fetching("appointment"), lambda: rig.run("INSERT INTO appointment SELECT * FROM aside")
    )
    await rig.sweep()

    assert meddling.has_acted
    assert await rig.replay() == []
    assert await rig.verify() == []


def meddle(rig: Rig, before: Callable[[str], bool], act: Callable[[], None]) -> Meddling:
    """Let something happen just before a statement of the Source."""
    meddling = Meddling(rig.source.polling, before=before, act=act)
    rig.source.polling = meddling
    return meddling


@pytest.mark.parametrize(
    ("table", "key", "column", "states"),
    [
        ("patient", "PatNum", "PatStatus", (4, 0)),
        ("appointment", "AptNum", "AptStatus", (5, 1)),
        ("operatory", "OperatoryNum", "IsHidden", (1, 0)),
    ],
)
async def test_case_15_soft_deletions_are_updates(
    rig: Rig, table: str, key: str, column: str, states: tuple[int, int]
) -> None:
    """Case 15: a status that says "deleted", and its undoing, are two updates; the row stays."""
    number = rig.keys(table, key)[0]
    gone, there = states
    rig.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", there, number)
    await rig.settle()
    before = len(await rig.replay())
    rig.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", gone, number)
    await rig.settle()
    rig.run(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", there, number)
    changes = (await rig.verify())[before:]

    assert [change.kind for change in changes] == [UPDATED, UPDATED]
    written = [(change.after.native[column] if change.after else None) for change in changes]
    assert written == [b"%d" % gone, b"%d" % there]


def remember_deletion(rig: Rig, number: int) -> None:
    """Write the row of the history that Open Dental writes before it deletes."""
    rig.run(
        "INSERT INTO histappointment (HistApptAction, AptNum, HistDateTStamp) "
        "VALUES (4, ?, '2026-01-02 03:04:05')",
        number,
    )


async def test_case_15_an_appointment_is_deleted_with_a_history(rig: Rig) -> None:
    """Case 15: the history is told as AppointmentDeleted, the row as gone; each once."""
    number = first_appointment(rig)
    remember_deletion(rig, number)
    vanish(rig, number)
    changes = await rig.verify()

    assert sorted((change.feed, change.kind) for change in changes) == [
        ("AppointmentDeleted", CREATED),
        ("AppointmentGone", DELETED),
    ]


async def test_case_15_an_appointment_is_deleted_without_a_history(rig: Rig) -> None:
    """Case 15: direct SQL leaves no history; the sweep needs none."""
    number = first_appointment(rig)
    vanish(rig, number)
    changes = await rig.verify()

    assert [change.feed for change in changes] == ["AppointmentGone"]


async def test_case_15_a_history_without_the_deletion_deletes_nothing(rig: Rig) -> None:
    """Case 15: Open Dental died between its two statements: a hint is no proof."""
    number = first_appointment(rig)
    remember_deletion(rig, number)
    await rig.settle()
    told = await rig.replay()
    vanish(rig, number)
    changes = await rig.verify()

    assert [change.feed for change in told] == ["AppointmentDeleted"]
    assert [change.feed for change in changes] == ["AppointmentDeleted", "AppointmentGone"]


async def test_case_15_a_purged_history_undeletes_nothing(rig: Rig) -> None:
    """Case 15: old rows of a log go as a matter of course; nobody is told."""
    remember_deletion(rig, first_appointment(rig))
    await rig.settle()
    before = len(await rig.replay())
    rig.run("DELETE FROM histappointment")
    await rig.settle()

    assert before == 1
    assert await rig.replay() == []
    assert rig.poller.held == {}


async def test_case_16_what_comes_and_goes_between_two_polls_is_not_told(rig: Rig) -> None:
    """Case 16: a row that nobody ever saw makes no Change."""
    appear(rig, 990_001, "brief")
    vanish(rig, 990_001)

    assert await rig.verify() == []


async def test_case_16_what_is_made_and_changed_between_two_polls_is_created_once(rig: Rig) -> None:
    """Case 16: one creation, with the newest content."""
    appear(rig, 990_001, "first thought")
    rig.run("UPDATE appointment SET Note = 'second thought' WHERE AptNum = 990001")
    (change,) = await rig.verify()

    assert change.kind is CREATED
    assert change.after is not None
    assert change.after.native["Note"] == b"second thought"


@pytest.mark.parametrize("number", KEYS)
async def test_case_17_any_key_is_followed_through_its_life(rig: Rig, number: int) -> None:
    """Case 17: random 63-bit keys, 0, negative ones: made, changed, deleted."""
    appear(rig, number, "made")
    await rig.settle()
    rig.run("UPDATE appointment SET Note = 'changed' WHERE AptNum = ?", number)
    await rig.settle()
    vanish(rig, number)
    changes = await rig.verify()

    assert kinds(changes, "Appointment", number) == [CREATED, UPDATED, DELETED]


async def test_case_17_strange_keys_are_found_by_the_sweep_alone(rig: Rig) -> None:
    """Case 17: imported with old stamps; ranges begin below zero and end at the largest key."""
    for number in KEYS:
        rig.run(
            "INSERT INTO appointment (AptNum, PatNum, DateTStamp) VALUES (?, 1, '2001-02-03')",
            number,
        )
    await rig.poll()
    unseen = await rig.replay()
    changes = await rig.verify()

    assert unseen == []
    assert sorted(change.key.number for change in changes) == sorted(KEYS)


async def test_case_17_a_first_reading_has_every_key(rig: Rig) -> None:
    """Case 17: "larger than the last key" must hold for negative keys and zero as well."""
    for number in KEYS:
        rig.run("INSERT INTO patfield (PatFieldNum, PatNum) VALUES (?, 1)", number)
    watch = rig.watch("PatField")
    found: list[int] = []
    while records := await rig.source.read_after(watch, found[-1] if found else None, 2):
        found += [record.key.number for record in records]

    assert found == rig.keys("patfield", "PatFieldNum")
    assert set(KEYS) <= set(found)


@pytest.mark.parametrize("number", KEYS)
async def test_case_17_a_body_has_every_digit_of_a_key(rig: Rig, number: int) -> None:
    """Case 17: keys beyond 2^53 are written as they are, and not rounded on our side."""
    appear(rig, number, "made")
    [change] = await rig.verify()
    assert change.after is not None
    speaking = OpenDental(zones={rig.source.name: rig.source.zone}, customer_keys={})
    body = speaking.compose("WatchTable: Appointment", rig.source.name, [change.after])

    assert json.loads(body)[0]["AptNum"] == number
