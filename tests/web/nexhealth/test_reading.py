"""Reading back over HTTP, from a practice that was really read."""

from typing import Any

import pytest
from tests.web.nexhealth.asking import SUBDOMAIN, Client
from tests.web.office import OTHER_API_KEY, Office

WHENEVER = {"start": "2000-01-01", "end": "2100-01-01"}


@pytest.fixture
def client(office: Office) -> Client:
    """Give a client of a practice whose first reading is complete."""
    return Client(office)


async def location_of(client: Client, number: int = 1) -> int:
    """Give a Location: the first clinic, if nothing is said."""
    [institution] = (await client.get("/locations")).data
    found: int = institution["locations"][number]["id"]
    return found


def count(office: Office, what: str) -> int:
    [[found]] = office.rows(f"SELECT COUNT(*) FROM {what}")
    return int(found)


async def test_appointments_are_those_of_the_practice(client: Client) -> None:
    """All of all Locations together; what is not an appointment to others is none."""
    shown = []
    [institution] = (await client.get("/locations")).data
    for location in institution["locations"]:
        answer = await client.get(
            "/appointments", location_id=location["id"], per_page=1000, **WHENEVER
        )
        assert answer.envelope["count"] == len(answer.data)
        assert all(one["location_id"] == location["id"] for one in answer.data)
        shown += answer.data

    announced = "appointment WHERE AptStatus NOT IN (6, 7, 8) AND AptDateTime > '1990'"
    assert len(shown) == count(client.office, announced)
    assert len({one["id"] for one in shown}) == len(shown)


async def test_one_is_what_the_list_shows(client: Client) -> None:
    """With its includes, of which unknown ones are remarked."""
    location = await location_of(client)
    listed = await client.get("/appointments", location_id=location, per_page=1, **WHENEVER)
    [first] = listed.data
    path = f"/appointments/{first['id']}"

    plain = await client.get(path)
    rich = await client.get(path, include=["patient", "descriptors", "moons"])

    assert plain.data == first
    assert {**rich.data, "patient": 0, "descriptors": 0} == {
        **first,
        "patient": 0,
        "descriptors": 0,
    }
    assert rich.data["patient"]["id"] == first["patient_id"]
    assert rich.envelope["description"] == ["Note that following parameters are ignored: include."]


async def test_v3_pages_by_cursors_through_the_same_list(client: Client) -> None:
    """Until there is no next page."""
    location = await location_of(client)
    v3 = Client(client.office, version="v20240412")
    query: dict[str, Any] = {"location_id": location, "per_page": 7, **WHENEVER}
    whole = await client.get("/appointments", **(query | {"per_page": 1000}))
    met: list[int] = []
    cursor = ""
    while True:
        answer = await v3.get("/appointments", **query, end_cursor=cursor)
        met += [one["id"] for one in answer.data]
        cursor = answer.envelope["page_info"]["end_cursor"]
        if not answer.envelope["page_info"]["has_next_page"]:
            break

    assert met == [one["id"] for one in whole.data]
    assert "count" not in answer.envelope


async def test_patients_are_nested_in_v2_and_flat_in_v3(client: Client) -> None:
    """The one thing that the versions shape differently."""
    location = await location_of(client)
    v3 = Client(client.office, version="v3.0.0")

    old = await client.get("/patients", location_id=location, per_page=1000)
    new = await v3.get("/patients", location_id=location, per_page=1000)

    assert old.data == {"patients": new.data}
    assert len(new.data) == count(client.office, "patient")


async def test_a_patient_is_found_by_what_one_knows(client: Client) -> None:
    """By each of the filters that lead to one person, and by all together."""
    location = await location_of(client)
    everybody = await client.get("/patients", location_id=location, per_page=1000)
    person = next(one for one in everybody.data["patients"] if one["email"])
    known = {
        "name": f"{person['last_name']} {person['first_name'][:3]}",
        "email": person["email"].upper(),
        "phone_number": person["bio"]["phone_number"],
        "date_of_birth": person["bio"]["date_of_birth"],
        "foreign_id": person["foreign_id"],
        "updated_since": person["updated_at"],
        "inactive": str(person["inactive"]).lower(),
    }

    for query in (*({name: value} for name, value in known.items()), known):
        answer = await client.get("/patients", location_id=location, per_page=1000, **query)
        assert person in answer.data["patients"], query


async def test_a_patients_chart_is_read_from_the_patient_on(client: Client) -> None:
    """Coverages and procedures lead back to the patient."""
    covered = (await client.get("/insurance_coverages", per_page=1000)).data
    patient = covered[0]["patient_id"]

    one = await client.get(f"/patients/{patient}", include=["insurance_coverages", "procedures"])
    coverages = await client.get(f"/patients/{patient}/insurance_coverages", per_page=1000)
    procedures = await client.get("/procedures", patient_id=patient, per_page=1000)

    assert coverages.data == one.data["insurance_coverages"]
    assert procedures.data == one.data["procedures"]
    assert {record["patient_id"] for record in (*coverages.data, *procedures.data)} == {patient}


async def test_the_premises_fit_together(client: Client) -> None:
    """What appointments refer to can be looked up."""
    location = await location_of(client)
    appointments = await client.get(
        "/appointments", location_id=location, per_page=1000, **WHENEVER
    )

    for path, key in (
        ("/providers", "provider_id"),
        ("/operatories", "operatory_id"),
        ("/appointment_types", "appointment_type_id"),
    ):
        known = {one["id"] for one in (await client.get(path, per_page=1000)).data}
        referred = {one[key] for one in appointments.data} - {None, 0}
        assert referred <= known, path
    one = await client.get(f"/locations/{location}")
    assert one.data["id"] == location


async def test_the_sync_status_is_green_once_the_practice_was_read(client: Client) -> None:
    """Its filters pick; nothing is written, so writing is red."""
    await client.office.read()
    location = await location_of(client)

    [entry] = (await client.get("/sync_status")).data
    green = await client.get("/sync_status", read_status="green", location_ids=[location])
    red = await client.get("/sync_status", read_status="red")
    elsewhere = await client.get("/sync_status", location_ids=[10**9])

    assert (entry["read_status"], entry["write_status"]) == ("green", "red")
    assert entry["emr"]["name"] == "opendental"
    assert location in [one["id"] for one in entry["locations"]]
    assert [one["sync_source_name"] for one in green.data] == ["main-office"]
    assert (red.data, elsewhere.data) == ([], [])


async def test_another_key_reaches_nothing_of_it(client: Client) -> None:
    """403 by the subdomain, 404 by an id; its own institution is another one."""
    location = await location_of(client)
    listed = await client.get("/appointments", location_id=location, per_page=1, **WHENEVER)
    path = f"/appointments/{listed.data[0]['id']}"
    stranger = Client(client.office, OTHER_API_KEY)

    forbidden = await stranger.get(path)
    unknown = await stranger.get(path, subdomain="dark-smiles")
    foreign = await stranger.get(
        "/appointments", subdomain="dark-smiles", location_id=location, **WHENEVER
    )
    institutions = await stranger.ask("GET", "/institutions")

    assert (forbidden.status, unknown.status) == (403, 404)
    assert (foreign.status, foreign.error) == (404, f"Location with id {location} not found")
    assert [one["subdomain"] for one in institutions.data] == ["dark-smiles"]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/appointments", {"end": "2026-01-01"}, "Missing parameter start"),
        ("/appointments", {"start": "2026-01-01"}, "Missing parameter end"),
        ("/appointments", WHENEVER, "Missing parameter location_id"),
        ("/appointments", {"start": "soon", "end": "later", "location_id": 1}, "start"),
        ("/patients", {}, "Missing parameter location_id"),
        ("/procedures", {}, "Missing parameter"),
        ("/procedures", {"location_id": 1}, "Missing parameter"),
        ("/appointments/1", {"subdomain": ""}, "Missing parameter subdomain"),
        ("/insurance_coverages", {"per_page": 0}, "Invalid parameter per_page"),
    ],
)
async def test_what_must_be_said_is_missed_by_name(
    office: Office, path: str, query: dict[str, Any], expected: str
) -> None:
    """400 in NexHealth's words."""
    answer = await Client(office).get(path, **query)

    assert answer.status == 400
    assert expected in answer.error
    assert SUBDOMAIN not in answer.error
