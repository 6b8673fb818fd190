"""The rules of patients: standing, contact, money."""

import pytest
from tests.dialects.nexhealth.making import a_record, a_scene, native

from bitewing.dialects.nexhealth.resources import patient
from bitewing.dialects.nexhealth.rules import contact, money, standing
from bitewing.dialects.nexhealth.rules.billing import billing_type

PATIENT, NON_PATIENT, INACTIVE, ARCHIVED, DELETED, DECEASED, PROSPECTIVE = range(7)


def test_a_status_is_told_in_three_claims() -> None:
    """New, non-patient and inactive, from PatStatus."""
    scene = a_scene()
    rows = [native({"PatStatus": n, "DateFirstVisit": "2020-01-01"}) for n in range(7)]

    assert [n for n, row in enumerate(rows) if standing.is_new(row, scene)] == [PROSPECTIVE]
    assert [n for n, row in enumerate(rows) if standing.is_non_patient(row, scene)] == [NON_PATIENT]
    assert [n for n, row in enumerate(rows) if standing.is_inactive(row, scene)] == [
        INACTIVE, ARCHIVED, DELETED, DECEASED
    ]  # fmt: skip


def test_who_has_never_come_is_new() -> None:
    """Without a first visit, whatever the status."""
    assert standing.is_new(native({"PatStatus": 0, "DateFirstVisit": "0001-01-01"}), a_scene())


@pytest.mark.parametrize(
    ("first_visit", "begins_at", "is_past"),
    [
        ("2024-01-14", "2024-01-15 09:00:00", True),
        ("2024-01-15", "2024-01-15 09:00:00", False),
        ("2024-01-16", "2024-01-15 09:00:00", False),
        ("0001-01-01", "2024-01-15 09:00:00", False),
        ("2024-01-14", "0001-01-01 00:00:00", False),
    ],
)
def test_a_past_patient_came_on_an_earlier_day(
    first_visit: str, begins_at: str, *, is_past: bool
) -> None:
    """The day of the first visit is not yet the past."""
    scene = a_scene(a_record("Patient", 5, DateFirstVisit=first_visit))
    row = native({"PatNum": 5, "AptDateTime": begins_at})

    assert standing.is_past_patient(row, scene) is is_past


def test_only_a_no_refuses_texts() -> None:
    """Unknown is no refusal."""
    rows = [native({"TxtMsgOk": n}) for n in range(3)]

    assert [standing.refuses_texts(row, a_scene()) for row in rows] == [False, False, True]


def test_a_gender_that_is_not_known_is_null() -> None:
    """The others have words."""
    rows = [native({"Gender": n}) for n in range(4)]

    assert [standing.gender(row, a_scene()) for row in rows] == ["Male", "Female", None, "Other"]


@pytest.mark.parametrize(
    ("numbers", "digits"),
    [
        (("(516)304-2196", "", ""), "5163042196"),
        (("", "1-516-304-2196", ""), "5163042196"),
        (("none", "", "516.304.2196 x12"), "516304219612"),
        (("", "", ""), ""),
        (("+44 20 7946 0018", "", ""), "442079460018"),
    ],
)
def test_a_number_is_its_digits(numbers: tuple[str, str, str], digits: str) -> None:
    """The cell phone's, else home's, else work's; the country's own code is dropped."""
    columns = dict(zip(("WirelessPhone", "HmPhone", "WkPhone"), numbers, strict=True))
    _, phone_number = contact.phone("phone_number", "WirelessPhone", "HmPhone", "WkPhone")

    assert phone_number(native(columns), a_scene()) == digits


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("spa", "es"), ("es", "es"), ("FRA", "fr"), ("zho", "zh"), ("chi", "zh"), ("", None),
        ("Klingon", None), ("e1", None),
    ],
)  # fmt: skip
def test_a_language_has_two_letters(written: str, code: str | None) -> None:
    """Free text that is no code is null."""
    assert contact.language(native({"Language": written}), a_scene()) == code


@pytest.mark.parametrize(
    ("written", "address"),
    [("a@b.example", "a@b.example"), (" a@b.c, d@e.f", "a@b.c"), (";a@b.c", "a@b.c"), ("", None)],
)
def test_one_address_is_given(written: str, address: str | None) -> None:
    """The column may hold several."""
    assert contact.email(native({"Email": written}), a_scene()) == address


def test_both_lines_of_an_address_on_one() -> None:
    """Without a blank too many."""
    row = native({"Address": "1 Elm Street ", "Address2": "Apt 2"})

    assert contact.street_address(row, a_scene()) == "1 Elm Street Apt 2"
    assert contact.street_address(native({"Address": "1 Elm Street"}), a_scene()) == "1 Elm Street"


def test_a_balance_is_the_patients_own() -> None:
    """The family's, which its guarantor's row has, is another number."""
    row = native({"EstBalance": "12.5", "BalTotal": "99"})

    assert money.balance(row, a_scene()) == {"amount": "12.50", "currency": "USD"}
    assert money.balance(row, a_scene(currency="CAD"))["currency"] == "CAD"


def test_a_guarantor_is_a_patient() -> None:
    """Also if it is the patient; 0 is nobody."""
    scene = a_scene()
    own = patient.render(a_record("Patient", 5, Guarantor=5).native, scene)
    nobody = patient.render(a_record("Patient", 5, Guarantor=0).native, scene)

    assert own["guarantor_id"] == own["id"] == scene.id_of("Patient", 5)
    assert nobody["guarantor_id"] is None


def test_a_billing_type_is_called_what_the_practice_calls_it() -> None:
    """One that is not defined is null."""
    scene = a_scene(a_record("Definition", 40, ItemName="Standard Account"))

    assert billing_type(native({"BillingType": 40}), scene) == "Standard Account"
    assert billing_type(native({"BillingType": 41}), scene) is None


def test_a_patient_was_made_on_a_day() -> None:
    """The column is a date: midnight of the office."""
    row = a_record("Patient", 5, SecDateEntry="2024-07-01").native

    assert patient.render(row, a_scene())["created_at"] == "2024-07-01T04:00:00.000Z"
