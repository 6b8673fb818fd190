"""The rules of procedures, coverages and forms."""

from typing import Any

import pytest
from tests.dialects.nexhealth.making import a_record, a_scene, native

from bitewing.dialects.nexhealth.resources import form, procedure
from bitewing.dialects.nexhealth.rules import insurance, money, treatment
from bitewing.dialects.nexhealth.rules.form_state import (
    FormState,
    eform_state,
    is_completed,
    sheet_state,
)

# Procedures.


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (1, "planned"), (2, "completed"), (3, "completed"), (4, "completed"), (5, "referred"),
        (6, "inactive"), (8, "inactive"), (99, "inactive"),
    ],
)  # fmt: skip
def test_a_status_has_a_word(status: int, word: str) -> None:
    """Existing treatment was completed, by whomever."""
    assert treatment.status(native({"ProcStatus": status}), a_scene()) == word


@pytest.mark.parametrize(
    ("status", "word"), [(1, "scheduled"), (2, "planned"), (3, "planned"), (5, "planned")]
)
def test_planned_treatment_is_scheduled_through_its_appointment(status: int, word: str) -> None:
    """Only while that is on the schedule."""
    scene = a_scene(a_record("Appointment", 18, AptStatus=status))

    assert treatment.status(native({"ProcStatus": 1, "AptNum": 18}), scene) == word


def test_a_planned_appointment_schedules_nothing() -> None:
    """It waits for a time; but it is the procedure's appointment."""
    scene = a_scene(a_record("Appointment", 18, AptStatus=6))
    row = native({"ProcStatus": 1, "AptNum": 0, "PlannedAptNum": 18})

    assert treatment.status(row, scene) == "planned"
    assert treatment.appointment_id(row, scene) == scene.id_of("Appointment", 18)


def test_a_charted_condition_is_no_procedure() -> None:
    """It is never announced."""
    assert procedure.portray(a_record("Procedure", 1, ProcStatus=7).native, a_scene()) is None


@pytest.mark.parametrize(
    ("area", "site"),
    [
        (0, None),
        (1, {"tooth": ["14"], "surface": "MOD"}),
        (2, {"tooth": ["14"], "surface": "MOD"}),
        (3, None),
        (4, {"tooth": [], "surface": "MOD"}),
        (7, {"tooth": ["2", "3"], "surface": None}),
    ],
)
def test_a_body_site_is_what_the_code_treats(area: int, site: dict[str, Any] | None) -> None:
    """The columns may hold more than the code's area means."""
    scene = a_scene(a_record("ProcedureCode", 3, TreatArea=area))
    row = native({"CodeNum": 3, "ToothNum": "14", "Surf": "MOD", "ToothRange": "2, 3"})

    assert treatment.body_site(row, scene) == site


def test_an_empty_body_site_is_null() -> None:
    """A tooth's code without a tooth."""
    scene = a_scene(a_record("ProcedureCode", 3, TreatArea=2))

    assert treatment.body_site(native({"CodeNum": 3, "ToothNum": "", "Surf": ""}), scene) is None


@pytest.mark.parametrize(
    ("columns", "start", "end"),
    [
        ({"ProcStatus": 1}, "2024-01-02", None),
        ({"ProcStatus": 2, "DateComplete": "2024-01-06"}, "2024-01-05", "2024-01-06"),
        ({"ProcStatus": 2, "DateComplete": "0001-01-01"}, "2024-01-05", "2024-01-05"),
        ({"ProcStatus": 5}, "2024-01-05", None),
    ],
)
def test_a_procedure_has_its_days(
    columns: dict[str, int | str], start: str, end: str | None
) -> None:
    """While planned, the day it was planned on; the end is the completion."""
    row = native({"ProcDate": "2024-01-05", "DateTP": "2024-01-02", **columns})

    assert treatment.start_date(row, a_scene()) == start
    assert treatment.end_date(row, a_scene()) == end


@pytest.mark.parametrize(
    ("base", "units", "amount"), [(0, 1, "62.50"), (0, 0, "62.50"), (1, 2, "187.50")]
)
def test_a_fee_is_for_all_units(base: int, units: int, amount: str) -> None:
    """ProcFee is that of one."""
    row = native({"ProcFee": "62.5", "BaseUnits": base, "UnitQty": units})

    assert money.fee(row, a_scene()) == {"amount": amount, "currency": "USD"}


# Coverages.


def test_a_relation_has_a_word() -> None:
    """Numbers that Open Dental does not know are "other"."""
    words = [insurance.relation(native({"Relationship": n}), a_scene()) for n in range(10)]

    assert words == [
        "self", "spouse", "child", "employee", "handicap_dep", "signif_other",
        "injured_plaintiff", "life_partner", "dependent", "other",
    ]  # fmt: skip


def test_the_patients_own_number_comes_first() -> None:
    """Some insurers give each member a card."""
    scene = a_scene(a_record("InsSub", 7, SubscriberID="W1"))

    assert insurance.subscriber_num(native({"InsSubNum": 7, "PatID": "W1-02"}), scene) == "W1-02"
    assert insurance.subscriber_num(native({"InsSubNum": 7, "PatID": ""}), scene) == "W1"


def test_a_coverage_has_the_days_and_kind_of_what_is_behind_it() -> None:
    """No last day is null; a plan is medical or dental."""
    scene = a_scene(
        a_record("InsSub", 7, PlanNum=3, DateEffective="2022-01-01", DateTerm="0001-01-01"),
        a_record("InsPlan", 3, IsMedical=1),
    )
    row = native({"InsSubNum": 7})

    assert insurance.effective_date(row, scene) == "2022-01-01"
    assert insurance.expiration_date(row, scene) is None
    assert insurance.insurance_type(row, scene) == "medical"


def test_a_coverage_whose_subscription_is_not_known_is_told_all_the_same() -> None:
    """With nulls, until it is."""
    row = native({"InsSubNum": 7})

    assert insurance.subscriber_num(row, a_scene()) is None
    assert insurance.effective_date(row, a_scene()) is None
    assert insurance.insurance_type(row, a_scene()) == "dental"


# Forms.


@pytest.mark.parametrize(
    ("columns", "state"),
    [
        ({}, FormState.ON_FILE),
        ({"ShowInTerminal": 2}, FormState.WAITING),
        ({"IsWebForm": 1}, FormState.FILLED),
        ({"IsWebForm": 1, "ShowInTerminal": 1}, FormState.WAITING),
        ({"SheetType": 15}, None),
        ({"IsDeleted": 1}, None),
        ({"PatNum": 0}, None),
    ],
)
def test_a_sheet_stands_somewhere(columns: dict[str, int], state: FormState | None) -> None:
    """A statement is no form, a deleted sheet none, and one of nobody neither."""
    row = native({"SheetType": 9, "PatNum": 5, "ShowInTerminal": 0, "IsWebForm": 0, **columns})

    assert sheet_state(row) is state


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (0, FormState.ON_FILE), (1, FormState.WAITING), (2, FormState.FILLED),
        (3, FormState.FILLED),
    ],
)  # fmt: skip
def test_an_eform_has_a_status(status: int, state: FormState) -> None:
    """One of nobody is none."""
    assert eform_state(native({"PatNum": 5, "Status": status})) is state
    assert eform_state(native({"PatNum": 0, "Status": status})) is None


def test_a_form_is_completed_when_it_comes_back_or_comes_filled() -> None:
    """Staff that file a sheet themselves complete nothing."""
    states = (None, *FormState)

    completed = {(b, a) for b in states for a in states if is_completed(b, a)}

    assert completed == {
        (FormState.WAITING, FormState.ON_FILE),
        (FormState.WAITING, FormState.FILLED),
        (FormState.ON_FILE, FormState.FILLED),
        (None, FormState.FILLED),
    }


def test_a_form_has_an_id_for_ever() -> None:
    """32 hexadecimal digits; a sheet and an eForm of one number differ."""
    scene = a_scene()

    assert len(form.form_id("sheet", 5, scene)) == 32
    assert form.form_id("sheet", 5, scene) == form.form_id("sheet", 5, scene)
    assert form.form_id("sheet", 5, scene) != form.form_id("eform", 5, scene)


def test_an_eform_is_where_its_patient_is() -> None:
    """It has no clinic of its own."""
    scene = a_scene(a_record("Patient", 5, ClinicNum=4))

    portrait = form.portray_eform(a_record("EForm", 1, PatNum=5, Status=2).native, scene)

    assert portrait is not None
    assert portrait["location_id"] == scene.id_called("Location", "4")
