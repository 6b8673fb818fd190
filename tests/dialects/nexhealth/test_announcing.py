"""From a Change to an Event: which Subjects it may alter, and what is told of them."""

import json
from typing import Any

import pytest
from tests.dialects.nexhealth.making import a_change, a_dialect, a_picture, a_record
from tests.fakes.picture import FakePicture

from bitewing.model.errors import NotFoundError
from bitewing.model.event import Event, Subject
from bitewing.model.record import Record

DIALECT = a_dialect()


def told(before: Record | None, after: Record | None, picture: FakePicture) -> dict[Subject, Event]:
    """Let one Change happen in a practice, and give what is announced."""
    present = before or after
    assert present is not None
    without = [] if after else [present.key]
    was = picture.after(*([before] if before else []))
    now = was.after(*([after] if after else []), without=without)
    events = {}
    for subject in DIALECT.subjects(a_change(before, after), was):
        event = DIALECT.announce(
            subject, DIALECT.portray(subject, was), DIALECT.portray(subject, now)
        )
        if event is not None:
            events[subject] = event
    return events


def previous(event: Event) -> dict[str, Any]:
    assert event.previous is not None
    found: dict[str, Any] = json.loads(event.previous)
    return found


def an_appointment(**columns: str | int) -> Record:
    known: dict[str, str | int] = {
        "PatNum": 5, "AptStatus": 1, "ClinicNum": 1, "Confirmed": 19, "DateTStamp": "x"
    }  # fmt: skip
    return a_record("Appointment", 18, **known | columns)


A_PATIENT = a_record("Patient", 5, PatStatus=0, ClinicNum=1, DateFirstVisit="0001-01-01")


# Created, updated, gone.


def test_a_new_appointment_is_created() -> None:
    """With its patient, who is known nowhere else by it and so is not told of."""
    picture = a_picture(A_PATIENT)

    events = told(None, an_appointment(), picture)

    (event,) = events.values()
    assert event.name == "appointment_created"
    assert event.previous is None
    assert json.loads(event.content)["patient"]["id"] == picture.identity("Patient", "5")


def test_a_change_is_told_with_what_was() -> None:
    """Exactly the changed keys."""
    events = told(an_appointment(), an_appointment(Confirmed=21), a_picture(A_PATIENT))

    (event,) = events.values()
    assert event.name == "appointment_updated"
    assert previous(event) == {"confirmed": False}


def test_a_touch_tells_nothing() -> None:
    """A stamp that moved, or a column that is not shown."""
    touched = an_appointment(DateTStamp="2024-01-05 00:00:00", ColorOverride=7)

    assert told(an_appointment(), touched, a_picture(A_PATIENT)) == {}


def test_a_deleted_appointment_is_an_update() -> None:
    """There is no Event for deletions: the last Portrait with ``deleted``."""
    events = told(an_appointment(), None, a_picture(A_PATIENT))

    (event,) = events.values()
    assert event.name == "appointment_updated"
    assert json.loads(event.content)["deleted"] is True
    assert previous(event) == {"deleted": False}


def test_what_was_told_as_deleted_is_not_told_again() -> None:
    """The history came first; then the row went."""
    history = a_record(
        "HistAppointment", 1, AptNum=18, HistApptAction=4, HistDateTStamp="2024-01-05 09:00:00"
    )
    picture = a_picture(A_PATIENT)

    first = told(None, history, picture.after(an_appointment()))
    second = told(an_appointment(), None, picture.after(history))

    assert [previous(event) for event in first.values()] == [{"deleted": False}]
    assert second == {}


@pytest.mark.parametrize("status", [6, 7, 8])
def test_planned_appointments_and_notes_are_never_told(status: int) -> None:
    """They are rows of the same table."""
    row = an_appointment(AptStatus=status)

    assert told(None, row, a_picture(A_PATIENT)) == {}
    assert told(row, None, a_picture(A_PATIENT)) == {}
    assert DIALECT.portray(Subject("Appointment", 18), a_picture(row)) is None


def test_a_planned_appointment_that_is_scheduled_is_created() -> None:
    """To others it begins to be there."""
    events = told(an_appointment(AptStatus=6), an_appointment(), a_picture(A_PATIENT))

    assert events[Subject("Appointment", 18)].name == "appointment_created"


@pytest.mark.parametrize(
    ("row", "shown", "was"),
    [
        (
            a_record("Patient", 5, PatStatus=0),
            {"inactive": True, "deleted": True},
            {"inactive": False, "deleted": False},
        ),
        (
            a_record("Procedure", 7, ProcStatus=2),
            {"status": "inactive", "deleted": True},
            {"status": "completed", "deleted": False},
        ),
        (a_record("PatPlan", 3, Ordinal=1), {"deleted": True}, {"deleted": False}),
    ],
)
def test_other_rows_that_are_gone_are_updates_too(
    row: Record, shown: dict[str, Any], was: dict[str, Any]
) -> None:
    """``deleted`` is an addition of ours, besides what the vendor has for it."""
    (event,) = told(row, None, a_picture()).values()

    assert event.name.endswith("_updated")
    assert json.loads(event.content).items() >= shown.items()
    assert previous(event) == was


def test_a_subject_that_nobody_knows_is_refused() -> None:
    """It would be a mistake of ours."""
    with pytest.raises(NotFoundError, match="'Recall'"):
        DIALECT.portray(Subject("Recall", 1), a_picture())


# What else a Change alters.


def test_an_appointment_takes_its_procedures_along() -> None:
    """They are scheduled as long as it is."""
    procedure = a_record("Procedure", 7, AptNum=18, ProcStatus=1, CodeNum=3)
    picture = a_picture(A_PATIENT, procedure)

    events = told(an_appointment(), an_appointment(AptStatus=5), picture)

    assert previous(events[Subject("Procedure", 7)]) == {"status": "scheduled"}
    assert previous(events[Subject("Appointment", 18)]) == {"cancelled": False}


def test_an_appointment_elsewhere_takes_its_patient_there() -> None:
    """Both patients, where it was given to another."""
    other = a_record("Patient", 6, PatStatus=0, ClinicNum=1)
    picture = a_picture(A_PATIENT, other)
    moved = an_appointment(ClinicNum=2)

    there = told(an_appointment(), moved, picture)
    given = told(moved, an_appointment(ClinicNum=2, PatNum=6), picture)

    assert set(previous(there[Subject("Patient", 5)])) == {"location_ids"}
    assert {subject for subject in given if subject.resource == "Patient"} == {
        Subject("Patient", 5),
        Subject("Patient", 6),
    }


def test_an_event_concerns_the_locations_before_and_after() -> None:
    """Whoever listens to one Location hears that an appointment has left it."""
    picture = a_picture(A_PATIENT)
    moved = told(an_appointment(), an_appointment(ClinicNum=2), picture)

    ids = {picture.identity("Location", clinic) for clinic in ("1", "2")}
    assert moved[Subject("Appointment", 18)].locations == ids
    assert moved[Subject("Patient", 5)].locations == ids


def test_a_procedure_takes_its_appointments_along() -> None:
    """Those that list it, before and after."""
    code = a_record("ProcedureCode", 3, ProcCode="D0120", Descript="exam")
    other = a_record("Appointment", 19, PatNum=5, AptStatus=1, ClinicNum=1)
    picture = a_picture(A_PATIENT, code, an_appointment(), other)
    here = a_record("Procedure", 7, AptNum=18, ProcStatus=1, CodeNum=3)
    there = a_record("Procedure", 7, AptNum=19, ProcStatus=1, CodeNum=3)

    events = told(here, there, picture)

    assert set(events) == {
        Subject("Procedure", 7), Subject("Appointment", 18), Subject("Appointment", 19)
    }  # fmt: skip
    was = previous(events[Subject("Appointment", 18)])["descriptors"]
    assert [(one["code"], one["name"]) for one in was] == [("D0120", "exam")]
    assert previous(events[Subject("Appointment", 19)]) == {"descriptors": []}


def test_a_descriptor_is_listed_once() -> None:
    """Two fillings are one kind of treatment; deleted procedures are none."""
    picture = a_picture(
        an_appointment(),
        a_record("ProcedureCode", 3, ProcCode="D2391"),
        a_record("ProcedureCode", 4, ProcCode="D0120"),
        a_record("Procedure", 7, AptNum=18, ProcStatus=1, CodeNum=3),
        a_record("Procedure", 8, AptNum=18, ProcStatus=1, CodeNum=3),
        a_record("Procedure", 9, AptNum=18, ProcStatus=6, CodeNum=4),
    )

    portrait = DIALECT.portray(Subject("Appointment", 18), picture)

    assert portrait is not None
    assert [one["code"] for one in portrait["descriptors"]] == ["D2391"]


def test_a_first_visit_takes_the_later_appointments_along() -> None:
    """Only then is who comes again a past patient."""
    later = an_appointment(AptDateTime="2024-02-01 09:00:00")
    came = a_record("Patient", 5, PatStatus=0, ClinicNum=1, DateFirstVisit="2024-01-05")

    events = told(A_PATIENT, came, a_picture(later))

    assert previous(events[Subject("Appointment", 18)]) == {"is_past_patient": False}
    assert set(previous(events[Subject("Patient", 5)])) == {"bio"}


def test_a_patients_other_changes_are_the_patients_alone() -> None:
    """The patient in an appointment lends itself; it is no change of the appointment."""
    renamed = a_record(
        "Patient", 5, PatStatus=0, ClinicNum=1, DateFirstVisit="0001-01-01", LName="New"
    )

    assert set(told(A_PATIENT, renamed, a_picture(an_appointment()))) == {Subject("Patient", 5)}


def test_subscription_and_plan_take_their_coverages_along() -> None:
    """All that show them."""
    plans = [a_record("PatPlan", number, InsSubNum=7, PatNum=number) for number in (1, 2)]
    sub = a_record("InsSub", 7, PlanNum=3, SubscriberID="W1")
    plan = a_record("InsPlan", 3, IsMedical=0)

    corrected = told(
        sub, a_record("InsSub", 7, PlanNum=3, SubscriberID="W2"), a_picture(*plans, plan)
    )
    medical = told(plan, a_record("InsPlan", 3, IsMedical=1), a_picture(*plans, sub))

    coverages = {Subject("PatientInsuranceCoverage", number) for number in (1, 2)}
    assert set(corrected) == set(medical) == coverages
    assert all(previous(event) == {"subscriber_num": "W1"} for event in corrected.values())
    assert all(previous(event) == {"insurance_type": "dental"} for event in medical.values())


def test_a_coverage_concerns_the_locations_of_its_patient() -> None:
    """It names none itself; whoever listens to one Location hears nothing of the others."""
    elsewhere = an_appointment(ClinicNum=2)
    coverage = a_record("PatPlan", 3, PatNum=5, Ordinal=1)
    picture = a_picture(A_PATIENT, elsewhere)

    (created,) = told(None, coverage, picture).values()
    (updated,) = told(coverage, a_record("PatPlan", 3, PatNum=5, Ordinal=2), picture).values()

    ids = {picture.identity("Location", clinic) for clinic in ("1", "2")}
    assert created.locations == updated.locations == ids
    assert "concerned_locations" not in json.loads(created.content)
    assert previous(updated) == {"priority": 1}


@pytest.mark.parametrize(
    "watch", ["Provider", "Operatory", "Definition", "Clinic", "ProcedureCode", "Preference"]
)
def test_names_are_lent(watch: str) -> None:
    """Renaming a provider or a definition changes no appointment; the next Change shows it."""
    before, after = a_record(watch, 1, Name="a"), a_record(watch, 1, Name="b")

    assert DIALECT.subjects(a_change(before, after), a_picture(an_appointment())) == set()


# Forms.


def test_a_sheet_that_comes_back_is_a_completed_form() -> None:
    """Its state is ours and is not told."""
    out = a_record("Sheet", 5, SheetType=9, PatNum=5, ShowInTerminal=1, ClinicNum=1)
    back = a_record("Sheet", 5, SheetType=9, PatNum=5, ShowInTerminal=0, ClinicNum=1)

    assert told(None, out, a_picture()) == {}
    (event,) = told(out, back, a_picture()).values()
    assert event.name == "form_request_completed"
    assert list(json.loads(event.content)) == ["id", "location_id", "appointment_id"]
    assert event.previous is None
    assert told(back, None, a_picture()) == {}


def test_an_eform_that_is_filled_is_a_completed_form() -> None:
    """On the screen, at once or in steps."""
    shown = a_record("EForm", 5, PatNum=5, Status=1)
    filled = a_record("EForm", 5, PatNum=5, Status=2)

    assert len(told(shown, filled, a_picture())) == len(told(None, filled, a_picture())) == 1
    assert told(filled, filled, a_picture()) == {}


def test_a_patient_is_written_once_for_all_its_appointments() -> None:
    """However many there are; what one of them is told is not the others'."""
    visits = [
        a_record("Appointment", number, PatNum=5, AptStatus=1, AptDateTime="2026-11-30 09:00:00")
        for number in range(1, 40)
    ]
    picture = a_picture(a_record("Patient", 5, FName="Ada"), *visits)
    dialect = a_dialect()
    first = dialect.portray(Subject("Appointment", 1), picture)
    asked = picture.asked
    second = dialect.portray(Subject("Appointment", 2), picture)

    assert first is not None
    assert second is not None
    assert first["patient"] == second["patient"]
    assert first["patient"] is not second["patient"]
    assert picture.asked - asked < asked
