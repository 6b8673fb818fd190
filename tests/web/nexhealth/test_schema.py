"""The OpenAPI document of the face: valid, true of what is served, whatever is sent."""

from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings, strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.web.nexhealth.asking import SUBDOMAIN, Client
from tests.web.office import Office, bearing

from bitewing.web.nexhealth.face import ROOTS

DOCUMENT = "/nexhealth/openapi.json"
OPERATIONS = [
    ("post", "/authenticates"),
    ("get", "/webhook_endpoints"),
    ("post", "/webhook_endpoints"),
    ("patch", "/webhook_endpoints/{number}"),
    ("delete", "/webhook_endpoints/{number}"),
    ("post", "/webhook_endpoints/{number}/rotate_secret"),
    ("get", "/webhook_endpoints/{endpoint}/webhook_subscriptions"),
    ("post", "/webhook_endpoints/{endpoint}/webhook_subscriptions"),
    ("patch", "/webhook_endpoints/{endpoint}/webhook_subscriptions/{number}"),
    ("delete", "/webhook_endpoints/{endpoint}/webhook_subscriptions/{number}"),
    ("get", "/sync_status"),
    ("get", "/institutions"),
    ("get", "/institutions/{number}"),
    ("get", "/locations"),
    ("get", "/locations/{number}"),
    ("get", "/providers"),
    ("get", "/operatories"),
    ("get", "/appointment_types"),
    ("get", "/document_types"),
    ("get", "/appointments"),
    ("get", "/appointments/{number}"),
    ("post", "/appointments"),
    ("patch", "/appointments/{number}"),
    ("get", "/patients"),
    ("get", "/patients/{number}"),
    ("post", "/patients"),
    ("post", "/patients/{number}/documents"),
    ("get", "/patients/{number}/insurance_coverages"),
    ("post", "/forms/request"),
    ("get", "/forms/request/{form}"),
    ("post", "/form_responses"),
    ("get", "/available_slots"),
    ("get", "/appointment_slots"),
    ("get", "/procedures"),
    ("get", "/insurance_coverages"),
]
KEPT: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
fuzzing = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


_read: dict[str, Any] = {}
"""The document, once it was asked for: to make it takes longer than to test an operation."""


async def described(office: Office) -> dict[str, Any]:
    if not _read:
        answer = await office.client.get(DOCUMENT)
        assert answer.status_code == 200
        _read.update(answer.json())
    return _read


@cache
def schema() -> Any:
    return schemathesis.openapi.from_dict(_read)


async def test_the_document_is_valid_and_whole(office: Office) -> None:
    """By the OpenAPI 3.1 schema; it has what is tested below, and nothing below foreign roots."""
    found = await described(office)
    operations = {(method, path) for path, methods in found["paths"].items() for method in methods}

    schema().validate()

    assert operations == set(OPERATIONS)
    assert {path.split("/")[1] for path in found["paths"]} == ROOTS - {"nexhealth"}


async def test_every_operation_says_what_may_be_refused(office: Office) -> None:
    """At least 400, 401, 429 and 503, in the envelope; and how one is admitted."""
    found = await described(office)
    for methods in found["paths"].values():
        for operation in methods.values():
            assert {"400", "401", "429", "503"} <= set(operation["responses"])
            assert operation["security"] == [{"Bearer": []}]
            assert "422" not in operation["responses"]


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=str)
async def test_whatever_is_sent_is_answered_as_described(
    office: Office, method: str, path: str
) -> None:
    """No 5xx, no status, media type or shape that the document does not have."""
    await described(office)
    operation = schema()[path][method]
    client = Client(office)
    endpoint = await client.endpoint()
    wish = await client.subscribe(endpoint["id"], "patient_created")
    there = {"endpoint": endpoint["id"], "number": wish["id"], "form": "0" * 32}
    if "webhook_subscriptions" not in path and "webhook" in path:
        there = {"number": endpoint["id"]}
    failures = []

    async def send(case: Any, *, is_there: bool, version: str) -> None:
        if is_there:
            case.path_parameters = {name: there[name] for name in case.path_parameters or {}}
        asked = case.as_transport_kwargs(base_url="http://office.test")
        request = office.client.build_request(
            method,
            asked["url"],
            params={"subdomain": SUBDOMAIN} | dict(asked.get("params") or {}),
            headers=bearing(version=version),
            json=asked.get("json"),
            files=[(name, part(value)) for name, value in asked.get("files") or ()] or None,
        )
        await request.aread()  # a form is sent in pieces, and looked at whole
        answer = await office.client.send(request)
        try:
            case.validate_response(answer, checks=KEPT)
        except AssertionError as failure:
            failures.append(failure)

    for case, is_there, version in cases(operation):
        await send(case, is_there=is_there, version=version)

    assert failures == []


def part(drawn: Any) -> tuple[str | None, bytes]:
    """Give the part of a form that was drawn: a file has a name, and a field has none."""
    name, value = drawn if isinstance(drawn, tuple) else ("x-ray.png", drawn)
    return name, value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def cases(operation: Any) -> list[tuple[Any, bool, str]]:
    """Draw requests that fit the document, half of them about what is there."""
    drawn: list[tuple[Any, bool, str]] = []

    @given(operation.as_strategy(), st.booleans(), st.sampled_from(["v2", "v3.0.0"]))
    @fuzzing
    def draw(case: Any, is_there: bool, version: str) -> None:  # noqa: FBT001
        drawn.append((case, is_there, version))

    draw()
    return drawn
