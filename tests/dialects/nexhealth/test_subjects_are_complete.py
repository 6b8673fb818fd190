"""No Change alters a Subject that ``subjects`` does not name: before and after always join up."""

from typing import Any

from hypothesis import given, settings, strategies as st
from tests.dialects.nexhealth.making import a_change, a_dialect, a_picture, a_record
from tests.fakes.picture import FakePicture

from bitewing.dialects.nexhealth.catalogue import RESOURCES
from bitewing.model.event import Subject
from bitewing.model.record import Record

DIALECT = a_dialect()
NUMBERS = (1, 2)
_few = st.sampled_from((0, *NUMBERS))
_day = st.sampled_from(["0001-01-01", "2024-01-05", "2024-03-01"])
_moment = st.sampled_from(
    ["0001-01-01 00:00:00", "2024-01-05 00:00:00", "2024-01-05 09:00:00", "2024-02-01 09:00:00"]
)

COLUMNS: dict[str, dict[str, Any]] = {
    "Appointment": {
        "PatNum": _few, "ClinicNum": _few, "Op": _few, "ProvNum": _few, "ProvHyg": _few,
        "IsHygiene": _few, "AptStatus": st.sampled_from([1, 2, 3, 5, 6]),
        "Confirmed": st.sampled_from([19, 21]), "AptDateTime": _moment, "DateTimeArrived": _moment,
        "DateTimeDismissed": _moment, "Pattern": st.sampled_from(["", "XX"]), "Priority": _few,
        "AppointmentTypeNum": _few, "Note": st.sampled_from(["", "x"]), "SecDateTEntry": _moment,
    },
    "HistAppointment": {
        "AptNum": _few, "HistApptAction": st.integers(0, 4), "HistDateTStamp": _moment,
        "AptStatus": st.sampled_from([1, 5]), "Confirmed": st.sampled_from([19, 21]),
    },
    "Procedure": {
        "PatNum": _few, "AptNum": _few, "PlannedAptNum": _few, "CodeNum": _few, "ClinicNum": _few,
        "ProcStatus": st.sampled_from([1, 2, 5, 6, 7]), "ProcDate": _day, "DateComplete": _day,
        "UnitQty": _few, "ProvNum": _few,
    },
    "Patient": {
        "PatStatus": st.integers(0, 6), "DateFirstVisit": _day, "ClinicNum": _few,
        "Guarantor": _few, "Email": st.sampled_from(["", "a@b.c"]), "EstBalance": _few,
    },
    "PatPlan": {"PatNum": _few, "InsSubNum": _few, "Ordinal": _few, "Relationship": _few},
    "InsSub": {"PlanNum": _few, "SubscriberID": st.sampled_from(["", "W"]), "DateTerm": _day},
    "InsPlan": {"IsMedical": st.integers(0, 1)},
    "Sheet": {
        "SheetType": st.sampled_from([9, 15]), "PatNum": _few, "ShowInTerminal": _few,
        "IsWebForm": st.integers(0, 1), "IsDeleted": st.integers(0, 1), "ClinicNum": _few,
    },
    "EForm": {"PatNum": _few, "Status": st.integers(0, 3)},
}  # fmt: skip
LENT = [
    a_record("Operatory", 1, ClinicNum=1),
    a_record("Operatory", 2, ClinicNum=2),
    a_record("ProcedureCode", 1, ProcCode="D9986"),
    a_record("ProcedureCode", 2, ProcCode="D0120"),
]
_PLACES = [(watch, number) for watch in COLUMNS for number in NUMBERS]


@st.composite
def rows(draw: st.DrawFn, watch: str, number: int) -> Record:
    return a_record(watch, number, **draw(st.fixed_dictionaries(COLUMNS[watch])))


@st.composite
def practices(draw: st.DrawFn) -> FakePicture:
    present = [place for place in _PLACES if draw(st.integers(0, 4))]
    return a_picture(*LENT, *(draw(rows(watch, number)) for watch, number in present))


def everything() -> list[Subject]:
    return [Subject(one.subject, number) for one in RESOURCES for number in NUMBERS]


@st.composite
def touched(draw: st.DrawFn, old: Record) -> Record:
    """Write another value into one column: a second one would hide what the first alters."""
    column = draw(st.sampled_from(sorted(COLUMNS[old.key.watch])))
    value = draw(COLUMNS[old.key.watch][column])
    columns = {name: cell.decode() for name, cell in old.native.items() if cell is not None}
    return a_record(old.key.watch, old.key.number, **columns | {column: value})


@settings(max_examples=400, deadline=None)
@given(practices(), st.data())
def test_subjects_are_complete(before: FakePicture, data: st.DataObject) -> None:
    """Whatever one row becomes, all that is told of it is told of a Subject of its Change."""
    watch, number = data.draw(st.sampled_from(_PLACES))
    old = before.record(watch, number)
    new = data.draw(rows(watch, number) if old is None else st.none() | touched(old))
    after = before.after(new) if new else before.after(without=[old.key] if old else [])

    named = DIALECT.subjects(a_change(old, new), before)

    for subject in everything():
        event = DIALECT.announce(
            subject, DIALECT.portray(subject, before), DIALECT.portray(subject, after)
        )
        assert event is None or subject in named


@settings(max_examples=100, deadline=None)
@given(practices())
def test_nothing_is_told_where_nothing_has_changed(picture: FakePicture) -> None:
    """A Portrait is a function of the Picture alone."""
    for subject in everything():
        portraits = DIALECT.portray(subject, picture), DIALECT.portray(subject, picture)
        assert DIALECT.announce(subject, *portraits) is None
