"""The webhook_subscriptions over HTTP: nested below an endpoint, one institution each."""

from typing import Any

import pytest
from tests.web.nexhealth.asking import SUBDOMAIN, Client
from tests.web.office import OTHER_API_KEY, Office

from bitewing.dialects.nexhealth.catalogue import CATALOGUE
from bitewing.model.subscription import EndpointState

KEYS = [
    "id",
    "webhook_endpoint_id",
    "institution_id",
    "resource_type",
    "event",
    "active",
    "created_at",
    "updated_at",
]


def below(endpoint: dict[str, Any], number: int | None = None) -> str:
    path = f"/webhook_endpoints/{endpoint['id']}/webhook_subscriptions"
    return path if number is None else f"{path}/{number}"


async def test_a_subscription_is_shown_as_documented(office: Office) -> None:
    """201; eight keys in order; the institution's id is that of /institutions."""
    client = Client(office)
    endpoint = await client.endpoint()

    made = await client.subscribe(endpoint["id"], "appointment_updated")
    institutions = await client.ask("GET", "/institutions")

    assert list(made) == KEYS
    assert made["webhook_endpoint_id"] == endpoint["id"]
    assert made["institution_id"] == institutions.data[0]["id"]
    assert (made["resource_type"], made["event"]) == ("Appointment", "appointment_updated")
    assert made["active"] is True


@pytest.mark.parametrize("event", [one.event for one in CATALOGUE])
async def test_every_event_can_be_wished_for(office: Office, event: str) -> None:
    """However its names are written."""
    client = Client(office)
    endpoint = await client.endpoint()
    announced = next(one for one in CATALOGUE if one.event == event)

    answer = await client.ask(
        "POST",
        below(endpoint),
        {"resource_type": announced.resource_type.lower(), "event": event.upper()},
        subdomain=SUBDOMAIN,
    )

    assert answer.status == 201
    assert (answer.data["resource_type"], answer.data["event"]) == (announced.resource_type, event)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "Missing parameter resource_type"),
        ({"resource_type": "Appointment"}, "Missing parameter event"),
        ({"resource_type": "Recall", "event": "recall_created"}, "resource_type must be one of"),
        ({"resource_type": "Patient", "event": "appointment_created"}, "event of Patient must be"),
        (
            {"resource_type": "Appointment", "event": "appointment_insertion.complete"},
            "event of Appointment must be one of",
        ),
        ({"resource_type": 1, "event": "x"}, "Invalid parameter resource_type"),
        (
            {"resource_type": "Patient", "event": "patient_created", "location_ids": ["1"]},
            "Invalid parameter location_ids",
        ),
    ],
)
async def test_what_cannot_be_wished_for_is_told(
    office: Office, body: dict[str, Any], expected: str
) -> None:
    """400 with what there is; a suffix stands in deliveries only."""
    client = Client(office)
    endpoint = await client.endpoint()

    answer = await client.ask("POST", below(endpoint), body, subdomain=SUBDOMAIN)

    assert answer.status == 400
    assert expected in answer.error


async def test_the_institution_must_be_named_and_reached(office: Office) -> None:
    """400 without, 403 for another's and for other letters."""
    client = Client(office)
    endpoint = await client.endpoint()
    body = {"resource_type": "Patient", "event": "patient_created"}

    missing = await client.ask("POST", below(endpoint), body)
    strangers = [
        await client.ask("POST", below(endpoint), body, subdomain=subdomain)
        for subdomain in ("dark-smiles", "Bright-Smiles", "nowhere")
    ]

    assert (missing.status, missing.error) == (400, "Missing parameter subdomain")
    assert [one.status for one in strangers] == [403, 403, 403]
    assert strangers[0].error == "You don't have access to perform this action."


async def test_the_same_wish_is_not_doubled(office: Office) -> None:
    """201 with the one that stands, as it is wished for now."""
    client = Client(office)
    endpoint, other = await client.endpoint(), await client.endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")

    idle = await client.subscribe(endpoint["id"], "patient_created", active=False)
    elsewhere = await client.subscribe(other["id"], "patient_created")
    listed = await client.ask("GET", below(endpoint))

    assert (idle["id"], idle["active"]) == (made["id"], False)
    assert elsewhere["id"] != made["id"]
    assert listed.data == [idle]


async def test_the_list_can_be_narrowed(office: Office) -> None:
    """By resource type, event and institution; letter case does not count for the first two."""
    client = Client(office)
    endpoint = await client.endpoint()
    first = await client.subscribe(endpoint["id"], "patient_created")
    second = await client.subscribe(endpoint["id"], "procedure_updated")

    async def listed(**query: Any) -> list[int]:
        answer = await client.ask("GET", below(endpoint), **query)
        assert answer.status == 200
        return [one["id"] for one in answer.data]

    assert await listed() == [first["id"], second["id"]]
    assert await listed(subdomain=SUBDOMAIN) == [first["id"], second["id"]]
    assert await listed(resource_type="procedure") == [second["id"]]
    assert await listed(event="PATIENT_CREATED") == [first["id"]]
    assert await listed(event="patient_created", resource_type="Procedure") == []


async def test_a_subscription_is_stopped_started_and_moved(office: Office) -> None:
    """After a move the old path is a 404."""
    client = Client(office)
    endpoint, other = await client.endpoint(), await client.endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")
    old, new = below(endpoint, made["id"]), below(other, made["id"])

    stopped = await client.ask("PATCH", old, {"active": False}, subdomain=SUBDOMAIN)
    moved = await client.ask(
        "PATCH", old, {"new_endpoint_id": other["id"], "active": True}, subdomain=SUBDOMAIN
    )
    again = await client.ask("PATCH", old, {"active": False}, subdomain=SUBDOMAIN)
    there = await client.ask("PATCH", new, {}, subdomain=SUBDOMAIN)

    assert (stopped.status, stopped.data["active"]) == (200, False)
    assert (moved.data["webhook_endpoint_id"], moved.data["active"]) == (other["id"], True)
    assert again.status == 404
    assert there.data["id"] == made["id"]


async def test_a_move_to_its_twin_is_refused(office: Office) -> None:
    """400, and which one stands there already."""
    client = Client(office)
    endpoint, other = await client.endpoint(), await client.endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")
    twin = await client.subscribe(other["id"], "patient_created")

    answer = await client.ask(
        "PATCH",
        below(endpoint, made["id"]),
        {"new_endpoint_id": other["id"]},
        subdomain=SUBDOMAIN,
    )

    assert answer.status == 400
    assert answer.error == (
        f"Webhook endpoint with id {other['id']} has webhook subscription {twin['id']} to "
        "patient_created of this institution already; change or delete that one"
    )
    assert (await client.ask("GET", below(endpoint))).data == [made]


async def test_it_moves_to_ones_own_endpoints_only(office: Office) -> None:
    """404 for another's."""
    client = Client(office)
    endpoint = await client.endpoint()
    theirs = await Client(office, OTHER_API_KEY).endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")

    answer = await client.ask(
        "PATCH",
        below(endpoint, made["id"]),
        {"new_endpoint_id": theirs["id"]},
        subdomain=SUBDOMAIN,
    )

    assert answer.status == 404


async def test_another_key_sees_and_touches_nothing(office: Office) -> None:
    """404 below another's endpoint, whatever is asked."""
    endpoint = await Client(office).endpoint()
    made = await Client(office).subscribe(endpoint["id"], "patient_created")
    stranger, one = Client(office, OTHER_API_KEY), below(endpoint, made["id"])
    body = {"resource_type": "Patient", "event": "patient_updated"}

    answers = [
        await stranger.ask("GET", below(endpoint)),
        await stranger.ask("POST", below(endpoint), body, subdomain="dark-smiles"),
        await stranger.ask("PATCH", one, {"active": False}, subdomain="dark-smiles"),
        await stranger.ask("DELETE", one),
    ]

    assert [answer.status for answer in answers] == [404] * 4
    assert (await Client(office).ask("GET", below(endpoint))).data == [made]


async def test_a_deleted_subscription_is_gone(office: Office) -> None:
    """204, then 404; the endpoint stays."""
    client = Client(office)
    endpoint = await client.endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")
    one = below(endpoint, made["id"])

    first, second = await client.ask("DELETE", one), await client.ask("DELETE", one)

    assert (first.status, second.status) == (204, 404)
    assert (await client.ask("GET", below(endpoint))).data == []


async def test_an_active_subscription_makes_its_endpoint_active(office: Office) -> None:
    """As documented: PATCH the subscription or the endpoint."""
    client = Client(office)
    endpoint = await client.endpoint()
    made = await client.subscribe(endpoint["id"], "patient_created")
    await client.ask("PATCH", f"/webhook_endpoints/{endpoint['id']}", {"active": False})

    await client.ask("PATCH", below(endpoint, made["id"]), {"active": True}, subdomain=SUBDOMAIN)

    [stands] = await office.program.store.read(lambda tx: tx.endpoints.all())
    assert stands.state is EndpointState.ACTIVE


async def test_locations_narrow_a_subscription(office: Office) -> None:
    """Ours; ``[]`` takes the filter away; a location that is not the institution's is a 404."""
    client = Client(office)
    endpoint = await client.endpoint()
    [institution] = (await client.get("/locations")).data
    here = institution["locations"][0]["id"]
    [other] = (await Client(office, OTHER_API_KEY).ask("GET", "/locations")).data
    theirs = other["locations"][0]["id"]

    made = await client.subscribe(endpoint["id"], "patient_created", location_ids=[here])
    one = below(endpoint, made["id"])
    kept = await client.ask("PATCH", one, {}, subdomain=SUBDOMAIN)
    refused = await client.ask("PATCH", one, {"location_ids": [here, theirs]}, subdomain=SUBDOMAIN)
    wide = await client.ask("PATCH", one, {"location_ids": []}, subdomain=SUBDOMAIN)

    assert made["location_ids"] == kept.data["location_ids"] == [here]
    assert (refused.status, refused.error) == (404, f"Location with id {theirs} not found")
    assert "location_ids" not in wide.data


@pytest.mark.parametrize(("version", "kept"), [("v2", "v2"), ("v20240412", "v3")])
async def test_a_subscription_keeps_the_version_that_it_was_made_with(
    office: Office, version: str, kept: str
) -> None:
    """Its payloads stay what they were."""
    client = Client(office, version=version)
    endpoint = await client.endpoint()
    await client.subscribe(endpoint["id"], "patient_created")

    [wish] = await office.program.store.read(lambda tx: tx.subscriptions.all())

    assert wish.version == kept
    assert (wish.source, wish.watch, wish.institution) == ("", None, SUBDOMAIN)
