"""No Change alters a Subject that ``subjects`` does not name: before and after always join up."""

from collections.abc import Iterator
from random import Random

import pytest
from tests.dialects.nexhealth.making import a_change, a_dialect, a_picture, a_record
from tests.fakes.picture import FakePicture

from bitewing.dialects.nexhealth.catalogue import RESOURCES
from bitewing.model.event import Portrait, Subject
from bitewing.model.record import Record, RecordKey

DIALECT = a_dialect()
NUMBERS = (1, 2)
FEW = (0, *NUMBERS)
DAYS = ("0001-01-01", "2024-01-05", "2024-03-01")
MOMENTS = ("0001-01-01 00:00:00", "2024-01-05 09:00:00", "2024-02-01 09:00:00")

COLUMNS: dict[str, dict[str, tuple[int | str, ...]]] = {
    "Appointment": {
        "PatNum": NUMBERS, "ClinicNum": FEW, "Op": FEW, "ProvNum": FEW, "ProvHyg": FEW,
        "IsHygiene": (0, 1), "AptStatus": (1, 2, 3, 5, 6), "Confirmed": (19, 21),
        "AptDateTime": MOMENTS, "DateTimeArrived": MOMENTS, "DateTimeDismissed": MOMENTS,
        "Pattern": ("", "XX"), "Priority": (0, 1), "AppointmentTypeNum": FEW, "Note": ("", "x"),
        "SecDateTEntry": MOMENTS,
    },
    "HistAppointment": {
        "AptNum": FEW, "HistApptAction": (1, 2, 3, 4), "HistDateTStamp": MOMENTS,
        "AptStatus": (1, 5), "Confirmed": (19, 21),
    },
    "Procedure": {
        "PatNum": NUMBERS, "AptNum": FEW, "PlannedAptNum": FEW, "CodeNum": FEW, "ClinicNum": FEW,
        "ProcStatus": (1, 2, 5, 6, 7), "ProcDate": DAYS, "DateComplete": DAYS, "UnitQty": (1, 2),
        "ProvNum": FEW,
    },
    "Patient": {
        "PatStatus": (0, 1, 2, 6), "DateFirstVisit": DAYS, "ClinicNum": FEW, "Guarantor": FEW,
        "Email": ("", "a@b.c"), "EstBalance": (0, 5),
    },
    "PatPlan": {"PatNum": NUMBERS, "InsSubNum": FEW, "Ordinal": (1, 2), "Relationship": (0, 1)},
    "InsSub": {"PlanNum": FEW, "SubscriberID": ("", "W"), "DateEffective": DAYS, "DateTerm": DAYS},
    "InsPlan": {"IsMedical": (0, 1)},
    "Sheet": {
        "SheetType": (9, 15), "PatNum": FEW, "ShowInTerminal": (0, 1), "IsWebForm": (0, 1),
        "IsDeleted": (0, 1), "ClinicNum": FEW,
    },
    "EForm": {"PatNum": FEW, "Status": (0, 1, 2)},
}  # fmt: skip
LENT = [
    a_record("Operatory", 1, ClinicNum=1),
    a_record("Operatory", 2, ClinicNum=2),
    a_record("ProcedureCode", 1, ProcCode="D9986"),
    a_record("ProcedureCode", 2, ProcCode="D0120"),
]
SUBJECTS = [Subject(one.subject, number) for one in RESOURCES for number in NUMBERS]


def a_row(watch: str, number: int, dice: Random) -> Record:
    columns = {name: dice.choice(values) for name, values in COLUMNS[watch].items()}
    return a_record(watch, number, **columns)


def a_practice(dice: Random) -> FakePicture:
    """Furnish a practice in which most of what may be there is."""
    places = [(watch, number) for watch in COLUMNS for number in NUMBERS if dice.random() < 0.9]
    return a_picture(*LENT, *(a_row(watch, number, dice) for watch, number in places))


def single_changes(
    picture: FakePicture, dice: Random
) -> Iterator[tuple[Record | None, Record | None]]:
    """Give every change of one column, and one row that comes or goes at each place."""
    for watch, columns in COLUMNS.items():
        for number in NUMBERS:
            old = picture.record(watch, number)
            if old is None:
                yield None, a_row(watch, number, dice)
                continue
            yield old, None
            written = {name: (cell or b"").decode() for name, cell in old.native.items()}
            for column, values in columns.items():
                for value in values:
                    yield old, a_record(watch, number, **written | {column: value})


def portraits(picture: FakePicture) -> dict[Subject, Portrait | None]:
    return {subject: DIALECT.portray(subject, picture) for subject in SUBJECTS}


@pytest.mark.parametrize("seed", range(12))
def test_subjects_are_complete(seed: int) -> None:
    """Whatever one column becomes, all that is told of it is told of a Subject of its Change."""
    dice = Random(seed)  # noqa: S311 - the same practice each time
    before = a_practice(dice)
    known = portraits(before)
    for old, new in single_changes(before, dice):
        gone: list[RecordKey] = [old.key] if old and not new else []
        after = before.after(*([new] if new else []), without=gone)

        named = DIALECT.subjects(a_change(old, new), before)

        for subject, portrait in portraits(after).items():
            event = DIALECT.announce(subject, known[subject], portrait)
            assert event is None or subject in named


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_told_where_nothing_has_changed(seed: int) -> None:
    """A Portrait is a function of the Picture alone."""
    picture = a_practice(Random(seed))  # noqa: S311 - the same practice each time

    for subject, portrait in portraits(picture).items():
        assert DIALECT.announce(subject, portrait, DIALECT.portray(subject, picture)) is None
