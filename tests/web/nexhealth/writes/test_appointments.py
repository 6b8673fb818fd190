"""POST /appointments and PATCH of one: taken at once, written after, told when it is."""

import json
from datetime import UTC
from typing import Any

import pytest
from tests.web.nexhealth.writes.booking import Desk, moment


async def test_an_appointment_is_taken_written_and_told_of(desk: Desk) -> None:
    """201 at once without a foreign id; then it stands in the practice, under the same id."""
    taken = await desk.book()
    appt = taken.data["appt"]
    before = desk.office.rows("SELECT COUNT(*) FROM appointment WHERE Note = 'Window seat'")
    await desk.write()
    ((event, data),) = await desk.told()

    assert taken.status == 201
    assert (appt["foreign_id"], appt["last_sync_time"]) == (None, None)
    assert before == [(0,)]
    ((number, status, at),) = desk.office.rows(
        "SELECT AptNum, AptStatus, AptDateTime FROM appointment WHERE Note = 'Window seat'"
    )
    assert status == 1
    assert at == desk.at()[:19].replace("T", " ")
    assert event == "appointment_insertion.complete"
    told = data["appointment"]
    assert (told["id"], told["foreign_id"]) == (appt["id"], str(number))
    assert told["last_sync_time"] is not None
    changing = {"foreign_id", "last_sync_time", "updated_at"}
    assert {name for name in told if told[name] != appt[name]} == changing
    assert moment(told["start_time"]) == moment(desk.at()).astimezone(UTC)


async def test_what_is_read_back_has_the_same_id(desk: Desk) -> None:
    """GET shows it as the practice has it, by the id that POST gave."""
    appt = (await desk.book()).data["appt"]
    await desk.write()
    await desk.office.read()

    found = await desk.client.get(f"/appointments/{appt['id']}")

    assert found.status == 200
    for name in ("id", "patient_id", "provider_id", "operatory_id", "start_time", "end_time"):
        assert found.data[name] == appt[name], name
    assert found.data["foreign_id"] is not None


async def test_a_place_that_is_taken_fails_with_its_reason(desk: Desk) -> None:
    """Of two clients one is complete; the other hears why not."""
    await desk.book()
    await desk.book()
    await desk.write()
    told = dict(await desk.told())

    failed = told["appointment_insertion.failed"]["appointment"]
    assert set(told) == {"appointment_insertion.complete", "appointment_insertion.failed"}
    assert failed["foreign_id"] is None
    assert failed["misc"] == {
        "is_booked_on_nexhealth": True,
        "failure_reason": "Appointment overlaps existing appointment.",
    }


async def test_a_repeated_request_books_once(desk: Desk) -> None:
    """The same Idempotency-Key is answered with the same appointment."""
    first = await desk.book(key="booking-7")
    again = await desk.book(key="booking-7")
    await desk.write()

    assert (first.status, again.status) == (201, 201)
    assert again.data == first.data
    assert desk.office.rows("SELECT COUNT(*) FROM appointment WHERE Note = 'Window seat'") == [(1,)]


async def test_a_lost_answer_books_once(desk: Desk) -> None:
    """It is looked for before it is written again, and told of once."""
    desk.api.lose_next_answer()
    await desk.book()
    await desk.write()
    unsure = await desk.told()
    await desk.hasten()
    await desk.write()
    told = await desk.told()

    assert unsure == []
    assert [event for event, _ in told] == ["appointment_insertion.complete"]
    assert desk.office.rows("SELECT COUNT(*) FROM appointment WHERE Note = 'Window seat'") == [(1,)]


async def test_an_appointment_is_confirmed_checked_in_and_cancelled(desk: Desk) -> None:
    """Each is shown at once, and stands in the practice after."""
    appt = (await desk.book()).data["appt"]
    path = f"/appointments/{appt['id']}"
    confirmed = await desk.ask("PATCH", path, {"appt": {"confirmed": True}})
    await desk.write()
    await desk.office.read()
    arrived = await desk.ask("PATCH", path, {"appt": {"checkin_at": desk.at()}})
    cancelled = await desk.ask("PATCH", path, {"appt": {"cancelled": True}})
    await desk.write()
    await desk.office.read()
    shown = (await desk.client.get(path)).data

    assert confirmed.data["appt"]["confirmed"] is True
    assert moment(arrived.data["appt"]["checkin_at"]) == moment(desk.at())
    assert cancelled.data["appt"]["cancelled"] is True
    assert (shown["confirmed"], shown["cancelled"]) == (True, True)
    assert moment(shown["checkin_at"]) == moment(desk.at())


@pytest.mark.parametrize("minutes", [-19 * 60, 6 * 60])
async def test_nobody_comes_in_on_another_day(desk: Desk, minutes: int) -> None:
    """The practice keeps the time alone, on the appointment's day."""
    appt = (await desk.book()).data["appt"]
    path = f"/appointments/{appt['id']}"
    refused = await desk.ask("PATCH", path, {"appt": {"checkin_at": desk.at(minutes)}})

    expected = "checkin_at must be on the day of the appointment in America/Phoenix"
    assert (refused.status, refused.error) == (400, expected)


async def test_a_repeated_change_shows_all_of_it(desk: Desk) -> None:
    """The same Idempotency-Key is answered with both writes, and neither is done again."""
    appt = (await desk.book()).data["appt"]
    path, both = f"/appointments/{appt['id']}", {"confirmed": True, "checkin_at": desk.at()}
    first = await desk.ask("PATCH", path, {"appt": both}, key="change-7")
    again = await desk.ask("PATCH", path, {"appt": both}, key="change-7")

    assert first.data["appt"]["confirmed"] is True
    assert moment(first.data["appt"]["checkin_at"]) == moment(desk.at())
    assert again.data == first.data


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"patient_id": None}, 400, "Missing parameter patient_id"),
        ({"start_time": None}, 400, "Missing parameter start_time"),
        ({"operatory_id": None}, 400, "Missing parameter operatory_id"),
        ({"patient_id": 999999}, 400, "Patient with id 999999 not found"),
        ({"provider_id": 999999}, 400, "Provider with id 999999 not found"),
        ({"operatory_id": 999999}, 400, "Operatory with id 999999 not found"),
        ({"start_time": "2020-01-01T10:00:00Z"}, 400, "start_time must be in the future"),
        ({"start_time": "soon"}, 400, "Invalid parameter start_time"),
        ({"end_time": "2020-01-01T10:00:00Z"}, 400, "end_time must be after start_time"),
        ({"note": "x" * 129}, 400, "note is too long"),
        ({"unavailable": True}, 400, "unavailable: blocks cannot be written"),
        ({"is_guardian": True, "patient": {"first_name": "Kim"}}, 400, "patient: create them"),
    ],
)
async def test_what_makes_no_sense_is_refused_at_once(
    desk: Desk, fields: dict[str, Any], status: int, text: str
) -> None:
    """Nothing is kept, and nothing told."""
    answer = await desk.book(**fields)
    await desk.write()

    assert answer.status == status
    assert answer.error.startswith(text)
    assert await desk.told() == []


async def test_wrappers_and_places_are_checked(desk: Desk) -> None:
    """In NexHealth's words: a missing wrapper, another's location, an unknown appointment."""
    unwrapped = await desk.ask("POST", "/appointments", {"patient_id": desk.patient})
    elsewhere = await desk.ask(
        "POST",
        "/appointments",
        {
            "appt": {
                "patient_id": desk.patient,
                "provider_id": desk.provider,
                "operatory_id": desk.operatory,
                "start_time": desk.at(),
            }
        },
        location_id=999999,
    )
    unknown = await desk.ask("PATCH", "/appointments/999999", {"appt": {"confirmed": True}})
    appt = (await desk.book()).data["appt"]
    nothing = await desk.ask("PATCH", f"/appointments/{appt['id']}", {"appt": {}})
    back = await desk.ask("PATCH", f"/appointments/{appt['id']}", {"appt": {"cancelled": False}})

    assert (unwrapped.status, unwrapped.error) == (400, "Missing parameter appt")
    assert (elsewhere.status, elsewhere.error) == (404, "Location with id 999999 not found")
    assert unknown.status == 404
    assert nothing.status == 400
    assert (back.status, back.error) == (400, "cancelled can only be set to true")


async def test_without_a_writer_an_appointment_is_only_requested(unwritten: Desk) -> None:
    """The request is kept and told of at once, with the patient; the practice stays as it was."""
    locations = (await unwritten.client.get("/locations", subdomain="dark-smiles")).data
    taken = await unwritten.book()
    told = await unwritten.told()

    assert {one["insert_appt_client"] for one in locations[0].get("locations", locations)} == {
        False
    }
    assert taken.status == 201
    ((event, data),) = told
    (appointment,) = data["appointments"]
    assert event == "appointment_requested"
    assert appointment["id"] == taken.data["appt"]["id"]
    assert appointment["foreign_id"] is None
    assert appointment["patient"]["id"] == unwritten.patient
    assert appointment["descriptors"] == []
    assert unwritten.office.rows("SELECT COUNT(*) FROM appointment WHERE Note = 'Window seat'") == [
        (0,)
    ]


async def test_the_write_light_is_green_while_the_writer_checks_in(desk: Desk) -> None:
    """And red where nothing has been heard of it."""
    before = (await desk.client.get("/sync_status")).data
    await desk.write()
    after = (await desk.client.get("/sync_status")).data

    assert [one["write_status"] for one in before] == ["red"]
    assert [one["write_status"] for one in after] == ["green"]


async def test_what_was_said_when_booking_stays_when_it_is_read_back(desk: Desk) -> None:
    """Created, updated and read, it is still booked here, by a guardian, from that page."""
    endpoint = await desk.client.endpoint()
    for event in ("appointment_created", "appointment_updated"):
        await desk.client.subscribe(endpoint["id"], event)
    said: dict[str, Any] = {"is_guardian": True, "referrer": "http://mypractice.example/book"}
    appt = (await desk.book(**said)).data["appt"]
    path = f"/appointments/{appt['id']}"
    await desk.write()
    await desk.office.read()
    await desk.ask("PATCH", path, {"appt": {"confirmed": True}})
    await desk.write()
    await desk.office.read()
    recent = await desk.office.program.store.read(lambda tx: tx.outbox.recent(10))
    told = {one.event_name: json.loads(one.body)["data"] for one in recent}
    read = (await desk.client.get(path)).data

    (created,) = told["appointment_created"]["appointments"]
    updated = told["appointment_updated"]
    expected = {**said, "misc": {"is_booked_on_nexhealth": True}, "id": appt["id"]}
    for shown in (appt, created, updated["appointment"], read):
        assert {name: shown[name] for name in expected} == expected
    assert updated["previous_attributes"].keys() == {"confirmed", "confirmed_at"}
