"""The OpenAPI documents: valid, and true of what is served."""

from typing import Any

import pytest
import schemathesis
from tests.web.office import FIELDS, Office

DEEDS = ("events", "sweep", "accept", "rewind")
OURS = {
    *(
        "/api/endpoints",
        "/api/endpoints/{number}",
        "/api/deliveries",
        "/api/deliveries/{name}",
        "/api/replays",
    ),
    *(f"/api/endpoints/{{number}}/{deed}" for deed in ("pause", "activate", "resume")),
    *("/api/deliveries/{name}/replay", "/api/replays/{number}", "/api/replays/{number}/cancel"),
}
DOCUMENTS = ["/openapi.json", "/api/v1/openapi.json"]


async def document(office: Office, path: str) -> dict[str, Any]:
    answer = await office.client.get(path)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("path", DOCUMENTS)
async def test_the_document_is_valid(office: Office, path: str) -> None:
    """By the OpenAPI 3.1 schema."""
    found = await document(office, path)

    schema = schemathesis.openapi.from_dict(found)

    assert found["openapi"].startswith("3.1")
    schema.validate()


async def test_our_own_document_names_what_it_serves(office: Office) -> None:
    """Health, readiness, sources and UI events, the latter with keys and a body."""
    found = await document(office, "/openapi.json")
    report = found["paths"]["/api/ui-events"]["post"]

    sources = {f"/api/sources{deed}" for deed in ("", *map("/{{name}}/{}".format, DEEDS))}

    assert set(found["paths"]) == {"/health", "/ready", "/api/ui-events", *sources, *OURS}
    assert report["security"] == [{"ODFHIR": []}]
    assert set(report["responses"]) == {"202", "400", "401", "404", "422", "503", "504"}
    assert "PatNum" in report["requestBody"]["content"]["application/json"]["schema"]["required"]


async def test_the_faces_document_names_every_resource(office: Office) -> None:
    """Subscriptions and the eight lists, every operation with keys and bare strings for errors."""
    found = await document(office, "/api/v1/openapi.json")
    operations = [
        operation for methods in found["paths"].values() for operation in methods.values()
    ]

    assert len(operations) == 4 + 2 * 8
    for operation in operations:
        assert operation["security"] == [{"ODFHIR": []}]
        problem = operation["responses"]["4XX"]["content"]["application/json"]["schema"]
        assert problem == {"type": "string"}
        assert "422" not in operation["responses"]


async def test_a_subscription_is_described_as_it_is_shown(office: Office) -> None:
    """The ten fields, in order, all there."""
    found = await document(office, "/api/v1/openapi.json")
    listed = found["paths"]["/subscriptions"]["get"]["responses"]["200"]["content"]

    assert listed["application/json"]["schema"]["items"]["required"] == FIELDS


async def test_the_parameters_of_a_list_are_those_that_it_takes(office: Office) -> None:
    """What is described is accepted; the version decides what there is."""
    found = await document(office, "/api/v1/openapi.json")
    described = found["paths"]["/appointments"]["get"]["parameters"]
    names = [one["name"] for one in described]

    answer = await office.client.get("/api/v1/appointments", params=dict.fromkeys(names, ""))

    assert {"PatNum", "dateStart", "AppointmentTypeNum", "Limit", "Offset"} <= set(names)
    assert answer.status_code == 200
