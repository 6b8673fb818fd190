"""Which procedures and coverages a question means."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.dialects.nexhealth.making import a_record
from tests.dialects.nexhealth.reading.shelves import CUSTOMS, an_album, keys

from bitewing.dialects.nexhealth.reading import coverages, procedures
from bitewing.model.record import Record

SINCE = datetime(2026, 3, 1, 10, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def a_procedure(number: int, **columns: Any) -> Record:
    row: dict[str, Any] = {
        "PatNum": 1,
        "ProvNum": 5,
        "AptNum": 0,
        "PlannedAptNum": 0,
        "ProcStatus": 2,
        "ClinicNum": 0,
        "ProcDate": "2026-02-10",
        "DateComplete": "2026-02-11",
        "DateTP": "2026-01-05",
        "DateTStamp": "2026-02-11 10:00:00",
        "CodeNum": 3,
    }
    return a_record("Procedure", number, **(row | columns))


CHART = an_album(
    a_procedure(1),
    a_procedure(2, PatNum=9),
    a_procedure(3, ProvNum=9, AptNum=9),
    a_procedure(4, ProcStatus=1, PlannedAptNum=9, AptNum=8),
    a_procedure(5, ClinicNum=2, DateTStamp="2026-03-01 10:00:00"),
    a_procedure(6, ProcStatus=7, PatNum=9),
    a_procedure(7, ProcStatus=1, PlannedAptNum=7, DateTP="2026-02-10"),
    a_procedure(8, AptNum=7, PlannedAptNum=7),
)
"""Number 6 is a charted condition, 7 is planned for an appointment that 8 is done at."""


def test_procedures_by_what_they_refer_to() -> None:
    """By our ids; an appointment's are those that show it."""
    nine = {kind: CHART.identity(kind, "9") for kind in ("Patient", "Provider", "Appointment")}

    def found(**what: Any) -> list[int]:
        return keys(procedures.find([CHART], CUSTOMS, procedures.Question(**what)))

    assert found(patient=nine["Patient"]) == [2]
    assert found(provider=nine["Provider"]) == [3]
    assert found(appointment=nine["Appointment"]) == [3]
    assert found(appointment=CHART.identity("Appointment", "7")) == [7, 8]
    assert found(patient=nine["Provider"]) == []
    assert found(patient=nine["Patient"], provider=nine["Provider"]) == []
    assert found(location=CHART.identity("Location", "2")) == [5]


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"updated_since": SINCE}, [5]),
        ({"started_after": date(2026, 2, 10)}, [1, 2, 3, 5, 7, 8]),
        ({"started_before": date(2026, 2, 9)}, [4]),
        ({"started_after": date(2026, 1, 5), "started_before": date(2026, 1, 5)}, [4]),
        ({"ended_before": date(2026, 2, 10)}, []),
        ({"ended_after": date(2026, 2, 11)}, [1, 2, 3, 4, 5, 7, 8]),
    ],
)
def test_procedures_by_days(what: dict[str, Any], expected: list[int]) -> None:
    """Both ends included; planned treatment begins on the day of its plan."""
    assert keys(procedures.find([CHART], CUSTOMS, procedures.Question(**what))) == expected


def a_coverage(number: int, **columns: Any) -> Record:
    row: dict[str, Any] = {"PatNum": 1, "InsSubNum": 1, "SecDateTEdit": "2026-02-01 10:00:00"}
    return a_record("PatPlan", number, **(row | columns))


INSURED = an_album(
    a_coverage(1),
    a_coverage(2, PatNum=9, SecDateTEdit="2026-03-01 10:00:00"),
    a_coverage(3, InsSubNum=2),
    a_coverage(4, InsSubNum=3),
    a_record("InsSub", 1, DateEffective="0001-01-01", DateTerm="0001-01-01"),
    a_record("InsSub", 2, DateEffective="2020-01-01", DateTerm="2026-03-01"),
    a_record("InsSub", 3, DateEffective="2026-03-02", DateTerm="2026-03-02"),
)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({}, [1, 2, 3, 4]),
        ({"is_active": True}, [1, 2, 4]),
        ({"is_active": False}, [3]),
        ({"updated_since": SINCE}, [2]),
    ],
)
def test_coverages(what: dict[str, Any], expected: list[int]) -> None:
    """Active on a day: begun, and not ended before it."""
    question = coverages.Question(today=TODAY, **what)

    assert keys(coverages.find([INSURED], CUSTOMS, question)) == expected


def test_coverages_of_a_patient() -> None:
    """By our id."""
    nine, eight = INSURED.identity("Patient", "9"), INSURED.identity("Patient", "8")

    def found(patient: int) -> list[int]:
        question = coverages.Question(today=TODAY, patient=patient)
        return keys(coverages.find([INSURED], CUSTOMS, question))

    assert (found(nine), found(eight)) == ([2], [])
