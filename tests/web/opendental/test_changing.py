"""PUT, DELETE and GET of /subscriptions."""

from typing import Any

import pytest
from tests.web.office import RECEIVER, Office

PATH = "/api/v1/subscriptions"
STANDING = {
    "Workstation": "MOLLYR",
    "Note": "first",
    "DateTimeStart": "2026-01-05 08:00:00",
    "DateTimeStop": "2031-01-01 00:00:00",
}


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, {}),
        ({"EndPointUrl": "https://b.example/"}, {"EndPointUrl": "https://b.example/"}),
        ({"Workstation": ""}, {"Workstation": ""}),
        ({"Workstation": "All Workstations"}, {"Workstation": ""}),
        ({"PollingSeconds": 60}, {"PollingSeconds": 60}),
        ({"PollingSeconds": "60"}, {"PollingSeconds": 60}),
        ({"DateTimeStart": "2026-02-01"}, {"DateTimeStart": "2026-02-01 00:00:00"}),
        ({"DateTimeStop": "2032-12-31"}, {"DateTimeStop": "2032-12-31 00:00:00"}),
        ({"DateTimeStop": "0001-01-01"}, {"DateTimeStop": "0001-01-01 00:00:00"}),
        ({"Note": "second"}, {"Note": "second"}),
        ({"note": "second"}, {"Note": "second"}),
        ({"Note": None}, {}),
    ],
    ids=str,
)
async def test_a_put_changes_what_it_names_and_keeps_the_rest(
    office: Office, sent: dict[str, Any], shown: dict[str, Any]
) -> None:
    """200 without a body; everything that was left out is as it was."""
    number = await office.subscribe(**STANDING)
    before = await office.shown(number)

    answer = await office.client.put(f"{PATH}/{number}", json=sent)

    assert (answer.status_code, answer.content) == (200, b"")
    assert await office.shown(number) == before | shown


@pytest.mark.parametrize("field", ["SubscriptionNum", "CustomerKey", "WatchTable", "UiEventType"])
async def test_what_a_subscription_is_cannot_be_changed(office: Office, field: str) -> None:
    """The sentence names the field, and lists what a PUT may set."""
    number = await office.subscribe()

    answer = await office.client.put(f"{PATH}/{number}", json={field: "Provider", "Note": "no"})

    assert answer.status_code == 400
    assert answer.json().startswith(f"{field} cannot be changed. A PUT may set: EndPointUrl,")
    assert (await office.shown(number))["Note"] == ""


async def test_a_ui_subscription_has_no_pace(office: Office) -> None:
    """In the words of the API Subscriptions page."""
    number = await office.subscribe(
        WatchTable=None, PollingSeconds=None, UiEventType="PatientSelected"
    )

    answer = await office.client.put(f"{PATH}/{number}", json={"PollingSeconds": 5})

    assert answer.status_code == 400
    assert answer.json() == "PollingSeconds can only be set for WatchTable subscriptions."


@pytest.mark.parametrize("sent", [{"PollingSeconds": 0}, {"EndPointUrl": ""}, {"Colour": "red"}])
async def test_a_put_is_checked_as_a_post_is(office: Office, sent: dict[str, Any]) -> None:
    """A wrong value is refused and nothing changes."""
    number = await office.subscribe()
    before = await office.shown(number)

    answer = await office.client.put(f"{PATH}/{number}", json=sent)

    assert answer.status_code == 400
    assert next(iter(sent)) in answer.json()
    assert await office.shown(number) == before


async def test_what_does_not_exist_cannot_be_changed_or_removed(office: Office) -> None:
    """404, each in the words that the page has for it."""
    changed = await office.client.put(f"{PATH}/99", json={"Note": "x"})
    removed = await office.client.delete(f"{PATH}/99")

    assert (changed.status_code, changed.json()) == (404, "Subscription not found.")
    assert (removed.status_code, removed.json()) == (404, "SubscriptionNum not found.")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("number", ["abc", "1.5", "1%20", "0x1", "\u0661", "9" * 19, "9" * 5000])
async def test_a_number_that_is_none_is_refused(office: Office, method: str, number: str) -> None:
    """400 for what is no whole number or too large for one; never an error of ours."""
    answer = await office.client.request(method, f"{PATH}/{number}", json={})

    assert answer.status_code == 400
    assert answer.json() == "SubscriptionNum is invalid. It must be a whole number."


async def test_a_removed_subscription_is_gone(office: Office) -> None:
    """200 without a body, once; the list no longer has it and its number is not used again."""
    first, second = await office.subscribe(), await office.subscribe(WatchTable="Provider")

    answer = await office.client.delete(f"{PATH}/{second}")
    again = await office.client.delete(f"{PATH}/{second}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert again.status_code == 404
    assert [one["SubscriptionNum"] for one in (await office.client.get(PATH)).json()] == [first]
    assert await office.subscribe(WatchTable="Provider") > second


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [1, 2, 3, 4]),
        ("?Limit=2", [1, 2]),
        ("?Offset=3", [4]),
        ("?Limit=2&Offset=1", [2, 3]),
        ("?Offset=4", []),
        ("?Limit=100000", [1, 2, 3, 4]),
        ("?Limit=&Offset=", [1, 2, 3, 4]),
        ("/", [1, 2, 3, 4]),
    ],
)
async def test_the_list_comes_by_number_and_in_pages(
    office: Office, query: str, expected: list[int]
) -> None:
    """Limit and Offset as the API Implementation page has them."""
    for place in range(4):
        await office.subscribe(EndPointUrl=f"{RECEIVER}{place}")

    answer = await office.client.get(f"{PATH}{query}")

    assert answer.status_code == 200
    assert [one["SubscriptionNum"] for one in answer.json()] == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("page=2", "'page' is not a valid parameter."),
        ("WatchTable=Patient", "'WatchTable' is not a valid parameter."),
        ("Limit=0", "Limit must be 1 or more, and Offset 0 or more."),
        ("Offset=-1", "Limit must be 1 or more, and Offset 0 or more."),
        ("Limit=ten", "Limit is invalid. It must be a whole number."),
        (f"Offset={'9' * 30}", "Offset is invalid. It must be a whole number."),
    ],
)
async def test_a_parameter_that_means_nothing_is_refused(
    office: Office, query: str, expected: str
) -> None:
    """Who asks for less must not be given everything."""
    answer = await office.client.get(f"{PATH}?{query}")

    assert (answer.status_code, answer.json()) == (400, expected)


@pytest.mark.parametrize(
    ("method", "path", "status", "expected"),
    [
        ("GET", "/subscriptions/1", 400, "subscriptions GET 1 is not a valid method."),
        ("PATCH", "/subscriptions/1", 400, "subscriptions PATCH 1 is not a valid method."),
        ("DELETE", "/subscriptions", 400, "subscriptions DELETE is not a valid method."),
        ("POST", "/appointments", 400, "appointments POST is not a valid method."),
        ("GET", "/patients", 400, "patients GET is not a valid method."),
        ("GET", "/appointments/1/x", 400, "appointments GET 1/x is not a valid method."),
        ("GET", "/claims", 404, "'claims' is not a valid resource."),
        ("GET", "/Subscriptions", 404, "'Subscriptions' is not a valid resource."),
        ("GET", "/a%3Fb%23c", 404, "'a?b#c' is not a valid resource."),
        ("GET", "//", 404, "'' is not a valid resource."),
        ("GET", "/%00\u00e9", 404, "'\x00\u00e9' is not a valid resource."),
    ],
)
async def test_what_is_not_there_is_named_in_open_dentals_words(
    office: Office, method: str, path: str, status: int, expected: str
) -> None:
    """A bare string; a method that a resource lacks is told from a resource that there is not."""
    answer = await office.client.request(method, f"/api/v1{path}")

    assert (answer.status_code, answer.json()) == (status, expected)
