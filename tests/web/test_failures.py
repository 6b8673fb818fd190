"""What callers hear when something behind us fails: a status that fits and one sentence."""

from pathlib import Path
from typing import Any

import pytest
from tests.web.office import Office, open_office, wish

READING = ["/api/v1/appointments", "/api/v1/patients/2", "/api/v1/schedules", "/api/v1/providers"]
REPORT = {"UiEventType": "PatientSelected", "PatNum": 2, "Workstation": "A"}


@pytest.mark.parametrize("path", READING)
async def test_a_database_that_is_down_is_a_gateway_that_does_not_answer(
    tmp_path: Path, path: str
) -> None:
    """504, a bare string that says what is wrong."""
    async with open_office(tmp_path, tmp_path / "nowhere.db") as office:
        answer = await office.client.get(path)

    assert answer.status_code == 504
    assert "there is no such file" in answer.json()


@pytest.mark.parametrize("path", READING)
async def test_a_database_that_is_no_practice_is_named_as_such(tmp_path: Path, path: str) -> None:
    """504: a person must change something first, and is told what."""
    (tmp_path / "empty.db").touch()
    async with open_office(tmp_path, tmp_path / "empty.db") as office:
        answer = await office.client.get(path)

    assert answer.status_code == 504
    assert "does not look like an Open Dental database" in answer.json()


async def test_subscriptions_do_not_need_the_database(tmp_path: Path) -> None:
    """Our own clock stands in; everything about Subscriptions is in our store."""
    async with open_office(tmp_path, tmp_path / "nowhere.db") as office:
        number = await office.subscribe()
        path = f"/api/v1/subscriptions/{number}"
        changed = await office.client.put(path, json={"Note": "later"})
        shown = await office.shown(number)
        removed = await office.client.delete(path)

    assert shown["Note"] == "later"
    assert (changed.status_code, removed.status_code) == (200, 200)


async def test_a_report_about_a_patient_nobody_has_seen_needs_the_database(tmp_path: Path) -> None:
    """504 in our own API's shape."""
    async with open_office(tmp_path, tmp_path / "nowhere.db") as office:
        answer = await office.client.post("/api/ui-events", json=REPORT)

    assert answer.status_code == 504
    assert answer.json()["error"]["code"] == "source.unavailable"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/api/v1/subscriptions", None),
        ("POST", "/api/v1/subscriptions", wish()),
        ("PUT", "/api/v1/subscriptions/1", {}),
        ("DELETE", "/api/v1/subscriptions/1", None),
        ("POST", "/api/ui-events", REPORT),
    ],
)
async def test_a_store_that_fails_is_unavailable(
    office: Office, method: str, path: str, body: dict[str, Any] | None
) -> None:
    """503: nothing was changed, trying again later may help."""
    await office.program.store.close()

    answer = await office.client.request(method, path, json=body)

    assert answer.status_code == 503
    assert "The store" in answer.text and "Traceback" not in answer.text


async def test_a_path_of_ours_that_there_is_not_has_our_shape(office: Office) -> None:
    """A code and a sentence, as every other error of our own API."""
    missing = await office.client.get("/api/nothing")
    method = await office.client.get("/api/ui-events")

    assert missing.status_code == 404
    assert missing.json()["error"]["code"] == "request.not_found"
    assert method.status_code == 405
    assert method.json()["error"]["code"] == "request.method_not_allowed"
    assert method.headers["Allow"] == "POST"


@pytest.mark.parametrize("host", [b"[", b"a b", b"\xff", b"x:99999", b""])
async def test_a_host_that_is_none_does_no_harm(office: Office, host: bytes) -> None:
    """The Location is made from the Host header, which anybody may send."""
    answer = await office.client.post("/api/v1/subscriptions", json=wish(), headers={b"Host": host})

    assert answer.status_code == 201
    assert answer.headers["Location"].endswith("/api/v1/subscriptions/1")
