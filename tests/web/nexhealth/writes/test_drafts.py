"""What was asked for is read back at once, long before the practice has it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.web.nexhealth.asking import Answer, Client
from tests.web.nexhealth.writes.booking import Desk, moment
from tests.web.nexhealth.writes.test_patients import add
from tests.web.office import OTHER_API_KEY

from bitewing.clock import SystemClock
from bitewing.engine.operations.readback import Readback
from bitewing.model.pending import WriteKind
from bitewing.ports.store import Transaction


async def listed(desk: Desk, **query: Any) -> list[dict[str, Any]]:
    """List what begins within the next week."""
    now = SystemClock().now()
    span = {"start": now.isoformat(), "end": (now + timedelta(days=7)).isoformat()}
    asked = {"location_id": desk.location, "per_page": 1000, **span} | query
    answer = await desk.client.get("/appointments", subdomain=desk.subdomain, **asked)
    assert answer.status == 200, answer
    found: list[dict[str, Any]] = answer.data
    return found


async def one(desk: Desk, number: int, **query: Any) -> Answer:
    return await desk.client.get(f"/appointments/{number}", subdomain=desk.subdomain, **query)


async def test_an_appointment_is_shown_before_it_is_written(desk: Desk) -> None:
    """As POST answered, with what may be included; once it is read, as the practice has it."""
    user = (await add(desk)).data["user"]
    appt = (await desk.book(patient_id=user["id"])).data["appt"]
    drafted = await one(desk, appt["id"], include=["patient", "operatory", "descriptors"])
    await desk.write()
    written = await one(desk, appt["id"])
    twice = [shown for shown in await listed(desk) if shown["id"] == appt["id"]]
    await desk.office.read()
    read = [shown for shown in await listed(desk) if shown["id"] == appt["id"]]

    included = {name: drafted.data.pop(name) for name in ("patient", "operatory", "descriptors")}
    assert drafted.data == appt
    assert included["patient"] == user
    assert included["operatory"]["id"] == desk.operatory
    assert included["descriptors"] == []
    assert written.data["foreign_id"] is not None
    assert (len(twice), len(read)) == (1, 1)
    assert list(read[0]) == list(appt)
    assert read[0]["misc"] == {"is_booked_on_nexhealth": True}


async def test_a_list_holds_what_is_only_asked_for_in_its_place(desk: Desk) -> None:
    """Between the others, by its start; each filter fits it as it fits them."""
    appt = (await desk.book()).data["appt"]
    here = {
        "patient_ids": [desk.patient],
        "provider_ids": [desk.provider],
        "operatory_ids": [desk.operatory],
        "cancelled": "false",
        "nex_only": "true",
        "updated_since": appt["updated_at"],
    }
    elsewhere: list[dict[str, Any]] = [
        {"patient_ids": [desk.patient + 1]},
        {"provider_ids": [desk.provider + 1]},
        {"operatory_ids": [desk.operatory + 1]},
        {"appointment_type_id": [99]},
        {"cancelled": "true"},
        {"foreign_id": "7"},
        {"created_by": 7},
        {"unavailable": "true"},
        {"updated_since": (SystemClock().now() + timedelta(hours=1)).isoformat()},
        {"end": SystemClock().now().isoformat()},
    ]
    everything = await listed(desk)
    missed = [
        query
        for query in elsewhere
        if appt["id"] in {shown["id"] for shown in await listed(desk, **query)}
    ]

    starts = [moment(shown["start_time"]) for shown in everything]
    assert starts == sorted(starts)
    assert appt in everything
    assert await listed(desk, **here) == [appt]
    assert missed == []


async def test_cursors_pass_over_what_is_only_asked_for(desk: Desk) -> None:
    """A page of v3 may end with it, and the next one follows it."""
    appt = (await desk.book()).data["appt"]
    whole = [shown["id"] for shown in await listed(desk)]
    v3 = replace(desk, client=replace(desk.client, version="v3.0.0"))
    now = SystemClock().now()
    span = {"start": now.isoformat(), "end": (now + timedelta(days=7)).isoformat()}
    found, cursor = list[int](), ""
    for _ in range(len(whole) + 1):
        answer = await v3.client.get(
            "/appointments", location_id=desk.location, per_page=1, end_cursor=cursor, **span
        )
        found += [shown["id"] for shown in answer.data]
        cursor = answer.envelope["page_info"]["end_cursor"] or ""
        if not answer.envelope["page_info"]["has_next_page"]:
            break

    assert appt["id"] in whole
    assert found == whole


async def test_what_failed_says_why_and_is_in_no_list(desk: Desk) -> None:
    """By its id it is shown; it cannot be changed any more."""
    await desk.book()
    lost = (await desk.book()).data["appt"]
    await desk.write()
    shown = await one(desk, lost["id"])
    ids = {other["id"] for other in await listed(desk)}
    changed = await desk.ask("PATCH", f"/appointments/{lost['id']}", {"appt": {"confirmed": True}})

    reason = "Appointment overlaps existing appointment."
    assert shown.data["misc"]["failure_reason"] == reason
    assert lost["id"] not in ids
    assert (changed.status, changed.error) == (400, f"The appointment was not written: {reason}")


async def test_what_is_gone_again_is_not_shown(desk: Desk) -> None:
    """It was written before the last reading began, which did not find it."""
    appt = (await desk.book()).data["appt"]
    await desk.write()
    store = desk.office.program.store
    later = datetime(2999, 1, 1, tzinfo=UTC)
    readback = Readback(store, {desk.subdomain: ["main-office"]}, lambda _source: later)

    drafts = await readback.look(
        desk.subdomain,
        lambda albums: [
            *albums[0].drafts(WriteKind.APPOINTMENT),
            albums[0].draft(WriteKind.APPOINTMENT, appt["id"]),
        ],
    )

    assert drafts == [None]


@pytest.mark.parametrize(("later", "shown"), [(-timedelta(hours=1), 1), (timedelta(hours=1), 0)])
async def test_what_is_gone_stays_gone_after_a_restart(
    desk: Desk, later: timedelta, shown: int
) -> None:
    """Before this process has read anything, the Cursors say when the practice was read."""
    await desk.book()
    await desk.write()
    store, polled_at = desk.office.program.store, SystemClock().now() + later

    def poll(tx: Transaction) -> None:
        for watch in ("Appointment", "Patient"):
            cursor = tx.cursors.get("main-office", watch)
            assert cursor is not None
            tx.cursors.put("main-office", watch, replace(cursor, polled_at=polled_at))

    await store.write(poll)
    readback = Readback(store, {desk.subdomain: ["main-office"]})
    drafts = await readback.look(
        desk.subdomain, lambda albums: albums[0].drafts(WriteKind.APPOINTMENT)
    )

    assert len(drafts) == shown


async def test_another_institution_sees_nothing_of_it(desk: Desk) -> None:
    """Ids are easily guessed."""
    appt = (await desk.book()).data["appt"]
    other = Client(desk.office, OTHER_API_KEY)
    path = f"/appointments/{appt['id']}"

    assert (await other.get(path, subdomain="dark-smiles")).status == 404
    assert (await other.get(path, subdomain=desk.subdomain)).status == 403


async def test_a_request_is_shown_where_nothing_is_written(unwritten: Desk) -> None:
    """It stays what it is."""
    appt = (await unwritten.book()).data["appt"]

    assert (await one(unwritten, appt["id"])).data == appt
    assert appt in await listed(unwritten)


async def test_a_new_patient_is_shown_and_found(desk: Desk) -> None:
    """By id, and in the list by whatever is asked; nobody is kept twice."""
    user = (await add(desk)).data["user"]
    shown = await desk.client.get(f"/patients/{user['id']}", include=["upcoming_appts"])
    covered = await desk.client.get(f"/patients/{user['id']}/insurance_coverages")
    asked: list[dict[str, Any]] = [
        {"name": "jan doe"},
        {"email": "JANE@example.com"},
        {"phone_number": "503-555-0101"},
        {"date_of_birth": "1990-02-03"},
        {"inactive": "false", "name": "Doe"},
        {"new_patient": "true", "name": "Doe", "location_strict": "true", "sort": "-updated_at"},
    ]
    not_asked: list[dict[str, Any]] = [
        {"name": "John Doe"},
        {"email": "x@example.com"},
        {"new_patient": "false", "name": "Doe"},
        {"inactive": "true", "name": "Doe"},
        {"foreign_id": "9999"},
    ]

    async def found(query: dict[str, Any]) -> list[int]:
        answer = await desk.client.get("/patients", location_id=desk.location, **query)
        return [person["id"] for person in answer.data["patients"]]

    again = await add(desk)
    known = await add(desk, match=True)

    assert shown.data.pop("upcoming_appts") == []
    assert shown.data == user
    assert (covered.status, covered.data) == (200, [])
    assert [await found(query) for query in asked] == [[user["id"]]] * len(asked)
    assert [await found(query) for query in not_asked] == [[]] * len(not_asked)
    assert (again.status, again.error) == (400, "Patient already exists")
    assert (known.status, known.data["user"]) == (200, user)
