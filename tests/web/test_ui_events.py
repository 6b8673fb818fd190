"""POST /api/ui-events: a workstation reports what a person did there."""

import json
from typing import Any

import pytest
from tests.web.office import OTHER_CUSTOMER_KEY, Office, odfhir

PATH = "/api/ui-events"
UI: dict[str, Any] = {
    "WatchTable": None,
    "PollingSeconds": None,
    "UiEventType": "PatientSelected",
}


HALF_A_CHARACTER = b'{"UiEventType":"PatientSelected","PatNum":2,"Workstation":"\\ud800"}'


def selected(patient: object = 2, workstation: object = "MOLLYR") -> dict[str, object]:
    return {"UiEventType": "PatientSelected", "PatNum": patient, "Workstation": workstation}


async def test_a_selected_patient_is_owed_to_who_listens(office: Office) -> None:
    """202 and how many Deliveries it made: one bare object, as the page's example has it."""
    await office.subscribe(**UI)

    answer = await office.client.post(PATH, json=selected())

    assert (answer.status_code, answer.json()) == (202, {"deliveries": 1})
    [delivery] = await office.owed()
    assert delivery.event_name == "UiEventType: PatientSelected"
    assert delivery.workstation == "MOLLYR"
    assert json.loads(delivery.body)["PatNum"] == 2


async def test_the_patient_that_is_selected_already_is_no_news(office: Office) -> None:
    """Per workstation: another one, or another patient in between, is news again."""
    await office.subscribe(**UI)

    counts = [
        (await office.client.post(PATH, json=selected(patient, workstation))).json()["deliveries"]
        for patient, workstation in [(2, "A"), (2, "A"), (2, "B"), (3, "A"), (2, "A"), (2, "a")]
    ]

    assert counts[:5] == [1, 0, 1, 1, 1]


async def test_only_the_workstation_that_is_wished_for_counts(office: Office) -> None:
    """Letter case aside; a blank is any."""
    await office.subscribe(**UI, Workstation="front")

    elsewhere = await office.client.post(PATH, json=selected(workstation="BACK"))
    there = await office.client.post(PATH, json=selected(workstation="FRONT"))

    assert elsewhere.json() == {"deliveries": 0}
    assert there.json() == {"deliveries": 1}


async def test_another_practices_listeners_hear_nothing(office: Office) -> None:
    """A report is about the practice of its customer key."""
    await office.subscribe(**UI)

    answer = await office.client.post(PATH, json=selected(), headers=odfhir(OTHER_CUSTOMER_KEY))

    assert (answer.status_code, answer.json()) == (202, {"deliveries": 0})


async def test_without_keys_not_even_the_body_is_looked_at(office: Office) -> None:
    """401 before 400 and 422, in our own API's shape."""
    del office.client.headers["Authorization"]

    answer = await office.client.post(PATH, content=b"{" * 5_000_000)

    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "request.unauthorized"


async def test_an_unknown_patient_is_not_found(office: Office) -> None:
    """404 with a code and a sentence."""
    answer = await office.client.post(PATH, json=selected(987654321))

    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": "request.not_found", "message": "Patient not found"}}


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "UiEventType: Field required"),
        (selected() | {"UiEventType": "PatientClicked"}, "UiEventType: "),
        (selected(0), "PatNum: "),
        (selected(-3), "PatNum: "),
        (selected("two"), "PatNum: "),
        (selected(2**63), "PatNum: "),
        (selected(None), "PatNum: "),
        (selected(2, ""), "Workstation: "),
        (selected(2, "A" * 256), "Workstation: "),
        (selected(2, "A\r\nX-Evil: 1"), "Workstation: "),
        (selected(2, ["A"]), "Workstation: "),
        (selected() | {"Patient": "Smith"}, "Patient: "),
        ([], "body: "),
        ("text", "body: "),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_a_report_that_is_wrong_is_told_where(
    office: Office, body: object, place: str
) -> None:
    """422, and never what was sent: it may be about a patient."""
    answer = await office.client.post(PATH, json=body)
    problem = answer.json()["error"]

    assert answer.status_code == 422
    assert problem["code"] == "request.invalid"
    assert place in problem["message"]
    assert "Smith" not in answer.text and "two" not in answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 422),
        (b"\xff", "application/json", 422),
        (HALF_A_CHARACTER, "application/json", 422),
        (b"{}", "text/plain", 400),
        (b" " * (1024 * 1024 + 1), "application/json", 400),
    ],
    ids=["no JSON", "no UTF-8", "half a character", "another type", "too large"],
)
async def test_a_body_that_cannot_be_read_is_refused(
    office: Office, content: bytes, kind: str, status: int
) -> None:
    """Whatever arrives, the answer has the one shape."""
    answer = await office.client.post(PATH, content=content, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"code", "message"}
