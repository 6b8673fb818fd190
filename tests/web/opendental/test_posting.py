"""POST /subscriptions: what is accepted, how it comes back, and what each refusal says."""

import json
from typing import Any

import pytest
from tests.web.office import CUSTOMER_KEY, FIELDS, RECEIVER, Office, wall_now, wish

PATH = "/api/v1/subscriptions"
JSON = {"Content-Type": "application/json"}


async def test_a_new_subscription_comes_back_whole(office: Office) -> None:
    """201, the ten fields in Open Dental's order, and where to find it."""
    answer = await office.client.post(
        PATH, json=wish(Workstation="MOLLYR", Note="for the recall list")
    )
    created = answer.json()

    assert answer.status_code == 201
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Location"] == f"http://office.test{PATH}/{created['SubscriptionNum']}"
    assert list(created) == FIELDS
    assert created | {"DateTimeStart": ""} == {
        "SubscriptionNum": 1,
        "EndPointUrl": RECEIVER,
        "Workstation": "MOLLYR",
        "CustomerKey": CUSTOMER_KEY,
        "WatchTable": "Patient",
        "PollingSeconds": 5,
        "UiEventType": "",
        "DateTimeStart": "",
        "DateTimeStop": "0001-01-01 00:00:00",
        "Note": "for the recall list",
    }
    assert await office.shown(1) == created


async def test_a_ui_subscription_needs_only_an_address_and_a_type(office: Office) -> None:
    """The second documented example: what it leaves out is blank or zero."""
    answer = await office.client.post(
        PATH, json={"EndPointUrl": RECEIVER, "UiEventType": "PatientSelected"}
    )
    created = answer.json()

    assert answer.status_code == 201
    assert (created["UiEventType"], created["WatchTable"]) == ("PatientSelected", "")
    assert (created["PollingSeconds"], created["Workstation"]) == (0, "")


@pytest.mark.parametrize(
    "table",
    [
        "Appointment",
        "AppointmentDeleted",
        "Operatory",
        "PatField",
        "Patient",
        "Provider",
        "Schedule",
        "ToothInitial",
    ],
)
async def test_every_documented_watch_table_can_be_wished_for(office: Office, table: str) -> None:
    """The eight types of the API Events page."""
    answer = await office.client.post(PATH, json=wish(WatchTable=table))

    assert answer.status_code == 201
    assert answer.json()["WatchTable"] == table


async def test_a_start_that_is_left_out_is_now_in_office_time(office: Office) -> None:
    """The database's clock, written as the office's wall shows it."""
    before = wall_now()

    answer = await office.client.post(PATH, json=wish())

    assert before <= answer.json()["DateTimeStart"] <= wall_now()


async def test_a_date_alone_is_the_beginning_of_that_day(office: Office) -> None:
    """The page's own example sends 2022-01-31 and gets midnight back."""
    fields = {"DateTimeStart": "2022-01-31", "DateTimeStop": "2099-12-31"}

    created = (await office.client.post(PATH, json=wish(**fields))).json()

    assert created["DateTimeStart"] == "2022-01-31 00:00:00"
    assert created["DateTimeStop"] == "2099-12-31 00:00:00"


async def test_a_moment_comes_back_as_it_was_sent(office: Office) -> None:
    """Times have no zone: they are the office's both ways."""
    fields = {"DateTimeStart": "2026-07-04 09:30:15", "DateTimeStop": "2027-01-01 17:00:00"}

    created = (await office.client.post(PATH, json=wish(**fields))).json()

    assert {name: created[name] for name in fields} == fields


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"]
)
async def test_a_trailing_comma_is_forgiven(office: Office, kind: str) -> None:
    """An example of the API Subscriptions page has one itself."""
    body = (
        b'{"EndPointUrl": "https://a.example/,", "WatchTable": "Patient", "PollingSeconds": 5,\n}'
    )

    answer = await office.client.post(PATH, content=body, headers={"Content-Type": kind})

    assert answer.status_code == 201
    assert answer.json()["EndPointUrl"] == "https://a.example/,"


async def test_a_trailing_slash_is_forgiven(office: Office) -> None:
    """No redirect, on which clients lose bodies and keys; the Location has no double slash."""
    answer = await office.client.post(f"{PATH}/", json=wish())

    assert answer.status_code == 201
    assert answer.headers["Location"] == f"http://office.test{PATH}/1"


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "no address": ({"EndPointUrl": None}, "EndPointUrl is required."),
    "a blank address": ({"EndPointUrl": ""}, "EndPointUrl is required."),
    "an address that is a number": ({"EndPointUrl": 5}, "EndPointUrl is invalid. It must be"),
    "no scheme": ({"EndPointUrl": "receiver.example.com/x"}, "http:// or https://"),
    "another scheme": ({"EndPointUrl": "ftp://receiver.example.com/"}, "http:// or https://"),
    "an account": ({"EndPointUrl": "https://me:pw@a.example/"}, "user name or password"),
    "a blank inside": ({"EndPointUrl": "https://a.example/a b"}, "percent-encoded"),
    "too long": ({"EndPointUrl": f"https://a.example/{'x' * 250}"}, "255 characters"),
    "neither kind": ({"WatchTable": None}, "WatchTable or UiEventType is required."),
    "both kinds": ({"UiEventType": "PatientSelected"}, "Only one of"),
    "an unknown table": ({"WatchTable": "Claim"}, "WatchTable is invalid. It must be one of"),
    "a table in lower case": ({"WatchTable": "patient"}, "WatchTable is invalid."),
    "a table of a later version": ({"WatchTable": "LabCase"}, "WatchTable is invalid."),
    "an unknown action": (
        {"WatchTable": "", "UiEventType": "PatientClicked"},
        "UiEventType is invalid. It must be one of: PatientSelected.",
    ),
    "no pace": ({"PollingSeconds": None}, "PollingSeconds is required."),
    "no seconds": ({"PollingSeconds": 0}, "from 1 up"),
    "negative seconds": ({"PollingSeconds": -5}, "from 1 up"),
    "half seconds": ({"PollingSeconds": 1.5}, "from 1 up"),
    "seconds in words": ({"PollingSeconds": "five"}, "from 1 up"),
    "seconds that are true": ({"PollingSeconds": True}, "from 1 up"),
    "seconds beyond an int": ({"PollingSeconds": 2**31}, "from 1 up"),
    "a pace for a UI event": (
        {"WatchTable": "", "UiEventType": "PatientSelected"},
        "PollingSeconds can only be set for WatchTable subscriptions.",
    ),
    "an American date": ({"DateTimeStart": "01/31/2022"}, "DateTimeStart format must be yyyy-MM"),
    "an ISO time": ({"DateTimeStart": "2022-01-31T08:00:00Z"}, "DateTimeStart format must be"),
    "no such day": ({"DateTimeStop": "2022-02-30"}, "DateTimeStop format must be yyyy-MM-dd"),
    "a date that is a number": ({"DateTimeStop": 20220131}, "DateTimeStop is invalid."),
    "a long note": ({"Note": "n" * 256}, "Note is too long."),
    "a line break in a header": ({"Workstation": "MOLLY\r\nX: y"}, "Workstation is invalid."),
    "a key": ({"CustomerKey": CUSTOMER_KEY}, "CustomerKey cannot be set."),
    "a number": ({"SubscriptionNum": 7}, "SubscriptionNum cannot be set."),
    "a misspelt field": ({"DateTimeEnd": "2030-01-01"}, "'DateTimeEnd' is not a valid field."),
}


@pytest.mark.parametrize("case", REFUSALS)
async def test_a_refusal_is_one_sentence_that_helps(office: Office, case: str) -> None:
    """400, the body one bare JSON string that names the field, and nothing is remembered."""
    fields, expected = REFUSALS[case]

    answer = await office.client.post(PATH, json=wish(**fields))

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/json"
    assert isinstance(answer.json(), str)
    assert expected in answer.json()
    assert (await office.client.get(PATH)).json() == []


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        (b"EndPointUrl=x", {"Content-Type": "application/x-www-form-urlencoded"}, "Content-Type"),
        (json.dumps(wish()).encode(), {}, "Content-Type header must be application/json"),
        (b"", JSON, "must be a JSON object"),
        (b"{", JSON, "must be a JSON object"),
        (b"[]", JSON, "must be a JSON object"),
        (b'"text"', JSON, "must be a JSON object"),
        (b"\xff\xfe{}", JSON, "in UTF-8"),
        (b"[" * 100_000, JSON, "must be a JSON object"),
        (b'{"Note": "\\ud800"}', JSON, "must be a JSON object"),
        (b'{"Note":"' + b"n" * 1024 * 1024 + b'"}', JSON, "larger than 1 MiB"),
    ],
    ids=lambda value: repr(value)[:30],
)
async def test_a_body_that_is_no_json_object_is_refused(
    office: Office, body: bytes, headers: dict[str, str], expected: str
) -> None:
    """Whatever arrives, the answer is a sentence."""
    answer = await office.client.post(PATH, content=body, headers=headers)

    assert answer.status_code == 400
    assert expected in answer.json()


async def test_the_same_wish_stands_only_once(office: Office) -> None:
    """Same address, workstation (letter case aside) and event: pace, dates and note do not part."""
    number = await office.subscribe(Workstation="FRONT")

    answer = await office.client.post(
        PATH, json=wish(Workstation="front", PollingSeconds=60, Note="again")
    )

    assert answer.status_code == 400
    assert answer.json().startswith("Subscription already exists.")
    assert f"SubscriptionNum {number}" in answer.json()


@pytest.mark.parametrize(
    "fields",
    [
        {"WatchTable": "Provider"},
        {"Workstation": "FRONT"},
        {"EndPointUrl": f"{RECEIVER}?type=patientevent"},
    ],
)
async def test_a_wish_that_differs_is_no_twin(office: Office, fields: dict[str, str]) -> None:
    """Integrators tell their subscriptions apart by the address itself."""
    await office.subscribe()

    answer = await office.client.post(PATH, json=wish(**fields))

    assert answer.status_code == 201


async def test_an_expired_twin_does_not_count(office: Office) -> None:
    """Whoever ended a subscription with DateTimeStop may begin it anew."""
    await office.subscribe(DateTimeStop="2024-01-01")

    answer = await office.client.post(PATH, json=wish())

    assert answer.status_code == 201


async def test_a_twin_that_ends_today_still_counts(office: Office) -> None:
    """Expiry is compared by whole days, in office time."""
    await office.subscribe(DateTimeStop=wall_now()[:10])

    answer = await office.client.post(PATH, json=wish())

    assert answer.status_code == 400
