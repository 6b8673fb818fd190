"""POST patients and documents: who is new, and what is filed."""

import base64
from typing import Any

import pytest
from tests.practice.serving.asking import Client

JANE = {
    "LName": "Doe",
    "FName": "Jané",
    "Birthdate": "1990-02-03",
    "Email": "jane@example.com",
    "WirelessPhone": "(503)555-0101",
}


def test_a_patient_is_added(everywhere: Client) -> None:
    """As her own guarantor, with the practice's provider and billing type."""
    answer = everywhere.ask("POST", "patients", JANE)

    shown = answer.content
    number = shown["PatNum"]
    assert answer.status == 201
    assert answer.headers["location"].endswith(f"/patients/{number}")
    assert (shown["FName"], shown["Guarantor"]) == ("Jané", number)
    assert shown["ImageFolder"] == f"DoeJané{number}"
    assert (shown["PatStatus"], shown["Gender"]) == ("Patient", "Unknown")
    assert (shown["PriProv"], shown["BillingType"]) == (1, "Standard Account")
    assert everywhere.ask("GET", f"patients/{number}").content == shown


@pytest.mark.parametrize(
    ("fields", "is_known"),
    [
        ({}, True),
        ({"LName": "DOE", "WirelessPhone": ""}, True),
        ({"Email": "", "HmPhone": "503 555 0101"}, True),
        ({"Email": "other@example.com", "WirelessPhone": ""}, False),
        ({"Birthdate": "1990-02-04"}, False),
        ({"FName": "Joan"}, False),
    ],
)
def test_a_patient_is_not_added_twice(
    client: Client, fields: dict[str, Any], *, is_known: bool
) -> None:
    """Names, birthdate, and the e-mail address or a phone number say who is the same."""
    client.ask("POST", "patients", JANE)

    answer = client.ask("POST", "patients", JANE | fields)

    assert answer.status == (400 if is_known else 201)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"LName": ""}, "LName is required."),
        ({"FName": None}, "FName is required."),
        ({"Birthdate": "02/03/1990"}, "Birthdate format must be yyyy-MM-dd"),
        ({"Zip": "ABC"}, "Zip format must be"),
        ({"State": "Oregon"}, "State format must be"),
        ({"Gender": "Robot"}, "Gender is invalid."),
        ({"PatStatus": "Deleted"}, "PatStatus is invalid."),
        ({"BillingType": "Barter"}, "BillingType is invalid."),
        ({"Guarantor": 99999}, "Patient not found"),
        ({"LName": "x" * 101}, "LName cannot be longer"),
    ],
)
def test_a_wrong_field_is_named(client: Client, fields: dict[str, Any], text: str) -> None:
    """And nobody is added."""
    before = client.count("patient")

    answer = client.ask("POST", "patients", JANE | fields)

    assert answer.status in {400, 404}
    assert answer.content.startswith(text)
    assert client.count("patient") == before


def test_patients_are_found(client: Client) -> None:
    """By parts of the name and the birthdate; deleted ones never."""
    number = client.ask("POST", "patients", JANE).content["PatNum"]

    found = client.ask("GET", "patients", LName="do", FName="jan", Birthdate="1990-02-03")
    simple = client.ask("GET", "patients/Simple", LName="DOE", Birthdate="1990-02-03")
    client.run("UPDATE patient SET PatStatus = 4 WHERE PatNum = ?", number)
    gone = client.ask("GET", "patients", LName="do", Birthdate="1990-02-03")

    assert [one["PatNum"] for one in found.content] == [number]
    assert "Guarantor" not in found.content[0]
    assert [one["PatNum"] for one in simple.content] == [number]
    assert next(iter(simple.content[0])) == "serverDateTime"
    assert gone.content == []


def test_a_document_is_filed(everywhere: Client) -> None:
    """Its bytes wait in the note, as Open Dental keeps them until it is opened."""
    raw = base64.b64encode(b"%PDF-1.7 " + bytes(range(256)) * 400).decode()
    wish = {
        "PatNum": 3,
        "rawBase64": raw,
        "extension": ".pdf",
        "Description": "Medical history",
        "DocCategory": 442,
        "ToothNumbers": "1-3,8",
    }

    answer = everywhere.ask("POST", "documents/Upload", wish)

    number = answer.content["DocNum"]
    assert answer.status == 201
    assert answer.content["docCategory"] == "Forms"
    assert answer.content["ToothNumbers"] == "1,2,3,8"
    assert everywhere.rows("SELECT Note FROM document WHERE DocNum = ?", number) == [
        (f"_rawBase64_:.pdf_{raw}",)
    ]
    listed = everywhere.ask("GET", "documents", PatNum="3").content
    assert listed[-1]["DocNum"] == number
    assert raw not in str(listed)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"PatNum": 99999}, 404),
        ({"rawBase64": ""}, 400),
        ({"rawBase64": "no base64!"}, 400),
        ({"extension": "pdf"}, 400),
        ({"extension": "./../x"}, 400),
        ({"DocCategory": 19}, 400),
        ({"ToothNumbers": "all"}, 400),
    ],
)
def test_a_document_that_cannot_be_filed_is_refused(
    client: Client, fields: dict[str, Any], status: int
) -> None:
    """Nothing is written."""
    before = client.count("document")
    wish = {"PatNum": 3, "rawBase64": "aGk=", "extension": ".pdf"} | fields

    assert client.ask("POST", "documents/Upload", wish).status == status
    assert client.count("document") == before


def test_documents_of_nobody_are_asked_for(client: Client) -> None:
    """The two sentences that the Documents page has."""
    without, unknown = (
        client.ask("GET", "documents"),
        client.ask("GET", "documents", PatNum="99999"),
    )

    assert (without.status, without.content) == (400, "PatNum is required")
    assert (unknown.status, unknown.content) == (404, "Patient not found")
