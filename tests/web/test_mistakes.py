"""A mistake of our own: 500 in the face's shape, told to the journal without any Record's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import httpx2
import pytest
import structlog
from tests.web.office import Office, odfhir

SECRET = "Harrison"


class BrokenSource:
    """A Source with a mistake in it, whose error quotes a patient."""

    def __getattr__(self, name: str) -> object:
        raise ValueError(SECRET)


@contextmanager
def broken(office: Office) -> Iterator[None]:
    """Let every practice have the mistake for a while."""
    sources = cast("dict[str, object]", office.program.sources)
    sound = dict(sources)
    sources.update(dict.fromkeys(sound, BrokenSource()))
    yield
    sources.update(sound)


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/api/v1/patients/2", "/patients/{number}"),
        ("POST", "/api/ui-events", "/api/ui-events"),
    ],
)
async def test_a_mistake_is_answered_and_journaled_without_its_words(
    office: Office, method: str, path: str, route: str
) -> None:
    """The caller learns that it is our fault, the journal where; neither repeats the error."""
    transport = httpx2.ASGITransport(office.program.app, raise_app_exceptions=False)
    body = {"UiEventType": "PatientSelected", "PatNum": 2, "Workstation": "A"}

    with broken(office), structlog.testing.capture_logs() as lines:
        async with httpx2.AsyncClient(transport=transport, base_url="http://a.test") as client:
            answer = await client.request(method, path, json=body, headers=odfhir())

    assert answer.status_code == 500
    assert "a mistake of its own" in answer.text
    assert [line["event"] for line in lines] == ["request.failed"]
    assert lines[0]["route"] == route
    assert lines[0]["error"].startswith("ValueError at __getattr__:")
    assert SECRET not in answer.text + str(lines)
