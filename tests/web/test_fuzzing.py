"""Whatever callers send: an answer in the right shape, and never an error of ours."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from tests.web.office import FIELDS, Office

from bitewing.dialects.opendental.resources import RESOURCES

fuzzing = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""The office is the same for all examples of a test: what one leaves behind, the next one meets."""

LISTS = ["subscriptions", *(resource.path for resource in RESOURCES)]
PARAMETERS = sorted(
    {"Limit", "Offset", *(one.name for resource in RESOURCES for one in resource.filters)}
)

dates = st.dates().map(str) | st.datetimes().map(lambda at: str(at)[:19])
texts = st.text(max_size=40).filter(lambda text: text.isprintable() or "\n" in text or "\0" in text)
plausible = st.sampled_from(
    [
        "Patient",
        "PatientSelected",
        "https://a.example/",
        "",
        "None",
        "5",
        "0",
        "-1",
        "1e9",
        "%",
        "_",
    ]
)
values = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | dates
    | texts
    | plausible
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.just("a"), st.integers(), max_size=1)
)


@given(fields=st.dictionaries(st.sampled_from(FIELDS), values), number=st.integers(0, 3))
@fuzzing
async def test_no_subscription_breaks_us(
    office: Office, fields: dict[str, Any], number: int
) -> None:
    """POST over a body that would do, PUT over what stands: 2xx, or 400 and 404 with a sentence."""
    path = "/api/v1/subscriptions"
    good = {"EndPointUrl": "https://a.example/", "WatchTable": "Patient", "PollingSeconds": 1}
    kind = {"Content-Type": "application/json"}

    posted = await office.client.post(path, content=json.dumps(good | fields), headers=kind)
    changed = await office.client.put(f"{path}/{number}", content=json.dumps(fields), headers=kind)
    await office.worker("pacer").step()
    listed = await office.client.get(path)

    assert posted.status_code in {201, 400}
    assert changed.status_code in {200, 400, 404}
    assert isinstance(posted.json(), dict if posted.status_code == 201 else str)
    assert listed.status_code == 200


@given(body=st.binary(max_size=200) | st.text(max_size=100).map(lambda text: text.encode()))
@fuzzing
@pytest.mark.parametrize("path", ["/api/v1/subscriptions", "/api/ui-events"])
async def test_no_body_breaks_us(office: Office, path: str, body: bytes) -> None:
    """Bytes that are no JSON, or JSON that is no object."""
    answer = await office.client.post(
        path, content=body, headers={"Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}
    answer.json()


@given(
    query=st.dictionaries(
        st.sampled_from(PARAMETERS) | texts,
        (dates | texts | plausible | st.integers(-(2**70), 2**70).map(str)),
        max_size=3,
    ),
    name=st.sampled_from(LISTS),
)
@fuzzing
async def test_no_query_breaks_us(office: Office, query: dict[str, str], name: str) -> None:
    """200 with a list, or 400 with a sentence."""
    answer = await office.client.get(f"/api/v1/{name}", params=query)

    assert answer.status_code in {200, 400}
    assert isinstance(answer.json(), list if answer.status_code == 200 else str)


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"]),
    path=st.lists(
        st.sampled_from([*LISTS, "patients", "1", "-1", "openapi.json"]) | st.text(max_size=12),
        max_size=3,
    ),
)
@fuzzing
async def test_no_path_breaks_us(office: Office, method: str, path: list[str]) -> None:
    """A wrong turn is the caller's fault."""
    escaped = "/".join("".join(f"%{byte:02x}" for byte in part.encode()) for part in path)

    answer = await office.client.request(method, f"/api/v1/{escaped}")

    assert answer.status_code < 500


reports = st.fixed_dictionaries(
    {},
    optional={
        "UiEventType": st.just("PatientSelected") | values,
        "PatNum": st.integers(1, 40) | values,
        "Workstation": texts | values,
    },
)


@given(report=reports)
@fuzzing
async def test_no_report_breaks_us(office: Office, report: dict[str, Any]) -> None:
    """202, or 404 and 422 with a code and a sentence."""
    answer = await office.client.post(
        "/api/ui-events",
        content=json.dumps(report),
        headers={"Content-Type": "application/json"},
    )

    assert answer.status_code in {202, 404, 422}
