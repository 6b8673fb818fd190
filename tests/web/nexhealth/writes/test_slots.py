"""GET /available_slots: within shifts, outside of what is booked, blocked or closed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.web.nexhealth.writes.booking import Desk
from tests.web.office import ZONE

from bitewing.clock import SystemClock


def a_workday() -> date:
    """Give the second workday to come, whatever today is."""
    day = SystemClock().now().astimezone(ZONE).date() + timedelta(days=2)
    while day.weekday() > 4 or (day.month, day.day) in {(1, 1), (7, 4), (12, 24), (12, 25)}:
        day += timedelta(days=1)
    return day


async def slots(desk: Desk, day: date | None = None, **query: Any) -> list[dict[str, Any]]:
    asked = {
        "start_date": (day or a_workday()).isoformat(),
        "days": 1,
        "lids": [desk.location],
        "slot_length": 30,
    }
    answer = await desk.client.get("/available_slots", **(asked | query))
    assert answer.status == 200, answer
    shown: list[dict[str, Any]] = answer.data
    return shown


def times(entries: list[dict[str, Any]]) -> set[tuple[str, int]]:
    return {(slot["time"], slot["operatory_id"]) for one in entries for slot in one["slots"]}


async def test_slots_are_within_shifts_and_outside_of_lunch(desk: Desk) -> None:
    """From eight to five, not between twelve and one, with the office's offset."""
    found = await slots(desk)

    begins = {datetime.fromisoformat(at) for at, _ in times(found)}
    assert begins
    assert {at.utcoffset() for at in begins} == {timedelta(hours=-7)}
    assert all(8 <= at.hour < 17 and at.hour != 12 for at in begins)
    assert {one["lid"] for one in found} == {desk.location}
    assert all(one["next_available_date"] is None for one in found if one["slots"])


async def test_a_slot_that_is_offered_can_be_booked_and_is_gone_then(desk: Desk) -> None:
    """Whoever asked for it first has it: it is offered no more, neither before it is written."""
    entry = next(one for one in await slots(desk) if one["slots"])
    slot = entry["slots"][0]
    end = datetime.fromisoformat(slot["end_time"])

    await desk.book(
        provider_id=slot["provider_id"],
        operatory_id=slot["operatory_id"],
        start_time=slot["time"],
        end_time=slot["end_time"],
    )
    asked = times(await slots(desk, pids=[entry["pid"]], overlapping_operatory_slots=True))
    await desk.write()
    told = await desk.told()
    await desk.office.read()
    left = times(await slots(desk, pids=[entry["pid"]], overlapping_operatory_slots=True))

    assert [event for event, _ in told] == ["appointment_insertion.complete"]
    assert slot["end_time"] > slot["time"]
    assert asked == left
    assert not [at for at, _ in left if slot["time"] <= at < end.isoformat()]


async def test_closed_days_offer_the_next_one(desk: Desk) -> None:
    """On a day without shifts there are no slots, but a date on which there are."""
    sunday = a_workday()
    while sunday.weekday() != 6:
        sunday += timedelta(days=1)
    closed = a_workday() + timedelta(days=7)
    desk.office.run(
        "INSERT INTO schedule (SchedDate, StartTime, StopTime, SchedType, Status, ProvNum, "
        "BlockoutType, EmployeeNum, ClinicNum) "
        "VALUES (?, '00:00:00', '00:00:00', 0, 1, 0, 0, 0, 0)",
        closed.isoformat(),
    )
    await desk.office.read()

    on_sunday = await slots(desk, sunday)
    on_closed = await slots(desk, closed)

    assert times(on_sunday) == times(on_closed) == set()
    assert {one["next_available_date"] for one in on_sunday} - {None}
    assert all(
        one["next_available_date"] is None or one["next_available_date"] > closed.isoformat()
        for one in on_closed
    )


async def test_the_same_time_is_given_once_unless_rooms_matter(desk: Desk) -> None:
    """And an appointment type says how long a slot must be."""
    kinds = (await desk.client.get("/appointment_types")).data
    long = max(kinds, key=lambda kind: int(kind["minutes"]))

    once = (await slots(desk))[0]["slots"]
    typed = (await slots(desk, appointment_type_id=long["id"]))[0]["slots"]

    assert len({slot["time"] for slot in once}) == len(once)
    lengths = {
        datetime.fromisoformat(slot["end_time"]) - datetime.fromisoformat(slot["time"])
        for slot in typed
    }
    assert lengths <= {timedelta(minutes=int(long["minutes"]))}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"lids": [999999]}, 404),
        ({"days": 0}, 400),
        ({"days": 400}, 400),
        ({"slot_length": 1}, 400),
        ({"start_date": "tomorrow"}, 400),
        ({"appointment_type_id": 999999}, 400),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(
    desk: Desk, query: dict[str, Any], status: int
) -> None:
    """With a sentence that says why."""
    asked = {"start_date": a_workday().isoformat(), "days": 1, "lids": [desk.location]}

    answer = await desk.client.get("/available_slots", **(asked | query))

    assert answer.status == status
    assert answer.error
