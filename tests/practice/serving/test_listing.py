"""GET: lists, filters and pages, and the same JSON as our own face shows of the same rows."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from tests.practice.looking import copy
from tests.practice.serving.asking import CUSTOMER_KEY, DEVELOPER_KEY, Client
from tests.web.office import ZONE, Office as Program, open_office

from bitewing.clock import SystemClock
from bitewing.practice.serving.office import Office


def test_lists_are_filtered_and_paged(everywhere: Client) -> None:
    """By day, patient, status and room; Limit and Offset turn the pages."""
    day = everywhere.ask("GET", "appointments", date="2026-03-02").content
    both = everywhere.ask(
        "GET", "appointments", dateStart="2026-03-02", dateEnd="2026-03-31", AptStatus="Scheduled"
    ).content
    second = everywhere.ask("GET", "appointments", date="2026-03-02", Limit="1", Offset="1").content

    assert {one["AptDateTime"][:10] for one in day} == {"2026-03-02"}
    days = {one["AptDateTime"][:10] for one in both}
    assert "2026-03-02" in days
    assert len(days) > 1
    assert max(days) <= "2026-03-31"
    assert {one["AptStatus"] for one in both} == {"Scheduled"}
    assert second == day[1:2]
    assert all(one["serverDateTime"] == "2026-03-02 10:00:00" for one in day)


def test_what_changed_since_is_found(client: Client) -> None:
    """DateTStamp is the office's clock, though stamps are kept in UTC."""
    number = client.booked()
    stamped = client.ask("GET", f"appointments/{number}").content["DateTStamp"]

    found = client.ask("GET", "appointments", DateTStamp=stamped).content

    assert number in [one["AptNum"] for one in found]


def test_schedules_name_their_rooms(client: Client) -> None:
    """Today's without a parameter; every value is a text."""
    shown = client.ask("GET", "schedules").content

    assert {one["SchedDate"] for one in shown} == {"2026-03-02"}
    assert {one["operatories"] for one in shown} >= {"1", "1,2,3,4"}
    assert all(isinstance(value, str) for one in shown for value in one.values())


def test_definitions_and_types_are_listed(client: Client) -> None:
    """A client finds there what it may set."""
    definitions = client.ask("GET", "definitions", Category="2").content
    kinds = client.ask("GET", "appointmenttypes").content

    assert definitions[0] == {
        "DefNum": 19,
        "ItemName": "Not Called",
        "ItemValue": "NotCall",
        "Category": 2,
        "isHidden": "false",
    }
    assert kinds[2]["AppointmentTypeName"] == "Recall"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("appointments", {"page": "2"}),
        ("patients", {"DateTStamp": "2026-01-01"}),
        ("appointments", {"date": "tomorrow"}),
        ("appointments", {"Limit": "-1"}),
        ("appointments", {"AptStatus": "Lost"}),
        ("operatories", {"ClinicNum": "x"}),
    ],
)
def test_a_parameter_that_is_not_valid_is_refused(
    client: Client, path: str, asked: dict[str, str]
) -> None:
    """400 and a sentence that names it."""
    answer = client.ask("GET", path, **asked)

    assert answer.status == 400
    assert next(iter(asked)) in answer.content


@pytest.fixture
async def beside(tmp_path: Path) -> AsyncIterator[tuple[Client, Program]]:
    """The practice's API and our own face over one and the same practice."""
    url = f"sqlite:///{tmp_path / 'practice.db'}"
    copy(url)
    office = Office(url, SystemClock().now, ZONE, DEVELOPER_KEY, CUSTOMER_KEY)
    async with open_office(tmp_path, tmp_path / "practice.db", version="25.4") as program:
        yield Client(office, url), program


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("appointments", {"dateStart": "2026-02-01"}),
        ("patients/Simple", {}),
        ("operatories", {}),
        ("providers", {}),
        ("schedules", {"dateStart": "2026-03-01", "dateEnd": "2026-03-09"}),
    ],
)
async def test_the_same_rows_look_the_same_on_our_own_face(
    beside: tuple[Client, Program], path: str, asked: dict[str, str]
) -> None:
    """Written twice, from the same pages of the manual: what differs is a mistake in one."""
    client, program = beside

    here = client.ask("GET", path, **asked).content
    there: list[dict[str, Any]] = (await program.client.get(f"/api/v1/{path}", params=asked)).json()

    assert here
    assert [list(one) for one in _without_clock(here)] == [
        list(one) for one in _without_clock(there)
    ]
    assert _without_clock(here) == _without_clock(there)


def _without_clock(shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in one.items() if name != "serverDateTime"} for one in shown
    ]
