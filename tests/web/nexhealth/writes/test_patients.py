"""POST /patients: kept at once, written with the first appointment."""

from typing import Any

import pytest
from tests.web.nexhealth.asking import Answer
from tests.web.nexhealth.writes.booking import Desk

JANE = {
    "first_name": "Jane",
    "last_name": "Doe",
    "email": "jane@example.com",
    "bio": {
        "date_of_birth": "1990-02-03",
        "phone_number": "+1 (503) 555-0101",
        "gender": "Female",
        "city": "Salem",
        "state": "OR",
        "zip_code": "97301",
        "address_line_1": "125 Satin Heights",
    },
}


async def add(desk: Desk, *, match: bool = False, key: str = "", **fields: Any) -> Answer:
    body = {
        "provider": {"provider_id": desk.provider},
        "patient": JANE | fields,
        "return_existing_if_match": match,
    }
    return await desk.ask("POST", "/patients", body, key=key)


async def test_a_patient_is_written_with_the_first_appointment(desk: Desk) -> None:
    """Until then only we know of her; the id stays the same."""
    added = await add(desk)
    user = added.data["user"]
    await desk.write()
    before = desk.office.rows("SELECT COUNT(*) FROM patient WHERE LName = 'Doe'")
    await desk.book(patient_id=user["id"])
    await desk.write()
    told = await desk.told()
    await desk.office.read()
    shown = (await desk.client.get(f"/patients/{user['id']}")).data

    assert added.status == 201
    assert (user["foreign_id"], user["first_name"]) == (None, "Jane")
    assert user["bio"]["phone_number"] == "5035550101"
    assert before == [(0,)]
    ((number, city, phone, provider),) = desk.office.rows(
        "SELECT PatNum, City, WirelessPhone, PriProv FROM patient WHERE LName = 'Doe'"
    )
    assert (city, phone) == ("Salem", "5035550101")
    assert provider > 0
    assert [event for event, _ in told] == ["appointment_insertion.complete"]
    assert told[0][1]["appointment"]["patient_id"] == user["id"]
    assert (shown["id"], shown["foreign_id"]) == (user["id"], str(number))


async def test_whoever_is_there_is_returned_or_refused(desk: Desk) -> None:
    """As ``return_existing_if_match`` says."""
    first = (await add(desk)).data["user"]
    await desk.book(patient_id=first["id"])
    await desk.write()
    await desk.office.read()

    refused = await add(desk)
    found = await add(desk, match=True)
    another = await add(desk, match=True, first_name="Joan")

    assert (refused.status, refused.error) == (400, "Patient already exists")
    assert (found.status, found.data["user"]["id"]) == (200, first["id"])
    assert another.status == 201


async def test_a_repeated_request_is_answered_as_it_was(desk: Desk) -> None:
    """By its Idempotency-Key; without one the patient is there already."""
    first = await add(desk, key="jane")
    again = await add(desk, key="jane")
    without = await add(desk)

    assert (first.status, again.status, without.status) == (201, 201, 400)
    assert again.data == first.data


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"first_name": ""}, "Missing parameter first_name"),
        ({"email": None}, "Missing parameter email"),
        ({"bio": None}, "Missing parameter bio"),
        ({"bio": {"phone_number": "5035550101"}}, "Missing parameter date_of_birth"),
        ({"bio": {"date_of_birth": "1990-02-03"}}, "Missing parameter phone_number"),
        (
            {"bio": {"date_of_birth": "1990-02-03", "phone_number": "55501"}},
            "phone_number must have 10 digits",
        ),
        (
            {"bio": {"date_of_birth": "3.2.1990", "phone_number": "5035550101"}},
            "Invalid parameter date_of_birth",
        ),
    ],
)
async def test_a_field_that_is_missing_or_wrong_is_named(
    desk: Desk, fields: dict[str, Any], text: str
) -> None:
    """Nothing is kept."""
    answer = await add(desk, **fields)

    assert answer.status == 400
    assert answer.error.startswith(text)
