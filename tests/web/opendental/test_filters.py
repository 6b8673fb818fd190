"""Which parameters the lists take, and what each leaves out."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from tests.web.office import Office

Element = dict[str, Any]
ALWAYS = "schedules?dateStart=1900-01-01&"

# query, what it must leave over, as SQL says it
NARROWING: list[tuple[str, str, str]] = [
    ("appointments?PatNum=3", "appointment", "PatNum = 3"),
    ("appointments?AptStatus=Complete", "appointment", "AptStatus = 2"),
    ("appointments?Op=1", "appointment", "Op = 1"),
    ("appointments?ClinicNum=0", "appointment", "ClinicNum = 0"),
    ("histappointments?HistApptAction=Cancelled", "histappointment", "HistApptAction = 3"),
    ("histappointments?AptNum=4", "histappointment", "AptNum = 4"),
    ("histappointments?PatNum=3", "histappointment", "PatNum = 3"),
    ("operatories?ClinicNum=0", "operatory", "ClinicNum = 0"),
    ("patfields?PatNum=2", "patfield", "PatNum = 2"),
    ("patients/Simple?Gender=Female", "patient", "PatStatus <> 4 AND Gender = 1"),
    ("patients/Simple?Position=Child", "patient", "PatStatus <> 4 AND Position = 2"),
    ("patients/Simple?PatStatus=Patient", "patient", "PatStatus = 0"),
    ("patients/Simple?Guarantor=1", "patient", "PatStatus <> 4 AND Guarantor = 1"),
    ("patients/Simple?PriProv=1", "patient", "PatStatus <> 4 AND PriProv = 1"),
    (f"{ALWAYS}ProvNum=1", "schedule", "ProvNum = 1"),
    (f"{ALWAYS}SchedType=Blockout", "schedule", "SchedType = 2"),
    ("toothinitials?PatNum=1", "toothinitial", "PatNum = 1"),
]


async def fetched(office: Office, path: str) -> list[Element]:
    """Give the elements but for ``serverDateTime``, which is that of each answer."""
    answer = await office.client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    found: list[Element] = answer.json()
    for one in found:
        one.pop("serverDateTime", None)
    return found


@pytest.mark.parametrize(("query", "table", "where"), NARROWING)
async def test_a_filter_leaves_over_what_it_says(
    office: Office, query: str, table: str, where: str
) -> None:
    """As many as the database itself counts."""
    [(count,)] = office.rows(f"SELECT COUNT(*) FROM {table} WHERE {where}")

    assert len(await fetched(office, query)) == min(count, 1000)


@pytest.mark.parametrize(
    ("query", "keeps"),
    [
        ("date={first}", lambda day, first, last: day == first),
        ("dateStart={first}", lambda day, first, last: day >= first),
        ("dateEnd={first}", lambda day, first, last: day <= first),
        ("dateStart={first}&dateEnd={last}", lambda day, first, last: first <= day <= last),
    ],
)
async def test_days_of_appointments_are_inclusive_at_both_ends(
    office: Office, query: str, keeps: Callable[[str, str, str], bool]
) -> None:
    """A day is all of its hours, in the office's time."""
    everything = await fetched(office, "appointments")
    days = sorted({one["AptDateTime"][:10] for one in everything if one["AptDateTime"] > "1000"})
    first, last = days[len(days) // 3], days[len(days) // 2]

    found = await fetched(office, f"appointments?{query.format(first=first, last=last)}")

    expected = [one for one in everything if keeps(one["AptDateTime"][:10], first, last)]
    assert [one["AptNum"] for one in found] == [one["AptNum"] for one in expected]
    assert 0 < len(found) < len(everything)


@pytest.mark.parametrize("field", ["LName", "FName"])
async def test_a_name_may_be_a_part_of_one(office: Office, field: str) -> None:
    """Substring, letter case aside as in the database; a percent sign is only itself."""
    everybody = await fetched(office, "patients/Simple")
    part = everybody[0][field][1:3]

    found = await fetched(office, f"patients/Simple?{field}={quote(part)}")
    wild = await fetched(office, f"patients/Simple?{field}=%25")

    assert found == [one for one in everybody if part.lower() in one[field].lower()]
    assert wild == []


async def test_a_birthdate_must_be_the_day(office: Office) -> None:
    """An exact date."""
    [first, *_] = await fetched(office, "patients/Simple")

    found = await fetched(office, f"patients/Simple?Birthdate={first['Birthdate']}")

    assert first["PatNum"] in {one["PatNum"] for one in found}
    assert {one["Birthdate"] for one in found} == {first["Birthdate"]}


async def test_the_name_of_a_field_is_case_sensitive(office: Office) -> None:
    """PatFields page: FieldName is case-sensitive."""
    [first, *_] = await fetched(office, "patfields")
    name = first["FieldName"]

    exact = await fetched(office, f"patfields?FieldName={quote(name)}")
    other = await fetched(office, f"patfields?FieldName={quote(name.swapcase())}")

    assert {one["FieldName"] for one in exact} == {name}
    assert other == []


async def test_filters_hold_together(office: Office) -> None:
    """Two parameters leave over what both leave over."""
    [first, *_] = await fetched(office, "appointments?AptStatus=Complete")
    alone = await fetched(office, f"appointments?PatNum={first['PatNum']}")

    both = await fetched(office, f"appointments?PatNum={first['PatNum']}&AptStatus=Complete")

    assert both == [one for one in alone if one["AptStatus"] == "Complete"]
    assert both


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("patients/Simple?page=2", "'page' is not a valid parameter."),
        ("patients/Simple?lname=x", "'lname' is not a valid parameter."),
        ("providers?ClinicNum=1", "'ClinicNum' is not a valid parameter."),
        ("operatories?DateTStamp=2026-01-01", "'DateTStamp' is not a valid parameter."),
        ("appointments?DateTStamp=yesterday", "DateTStamp format must be yyyy-MM-dd HH:mm:ss"),
        ("appointments?date=2026-02-30", "date format must be yyyy-MM-dd"),
        ("appointments?date=2026-01-01%2008:00:00", "date format must be yyyy-MM-dd"),
        ("appointments?AptStatus=Done", "AptStatus is invalid. It must be one of: None, Sched"),
        ("appointments?AptStatus=1", "AptStatus is invalid."),
        ("appointments?PatNum=three", "PatNum is invalid. It must be a whole number."),
        (f"appointments?PatNum={2**63}", "PatNum is invalid. It must be a whole number."),
        ("appointments?Limit=0", "Limit must be 1 or more, and Offset 0 or more."),
        (f"patients/Simple?LName={'x' * 256}", "'LName' is too long."),
        (f"patients/Simple?{'x' * 300}=1", "is not a valid parameter."),
    ],
)
async def test_a_parameter_that_means_nothing_is_refused(
    office: Office, query: str, expected: str
) -> None:
    """400 with the parameter's name; what is not understood is never ignored."""
    answer = await office.client.get(f"/api/v1/{query}")

    assert answer.status_code == 400
    assert expected in answer.json()


async def test_a_parameter_that_is_blank_counts_as_not_given(office: Office) -> None:
    """As the Appointments page says of ClinicNum."""
    blank = await fetched(office, "operatories?ClinicNum=&Limit=")

    assert blank == await fetched(office, "operatories")


async def test_a_column_that_an_older_database_lacks_is_named(office: Office) -> None:
    """400, for the caller can leave the parameter out."""
    office.run("ALTER TABLE patient RENAME COLUMN SuperFamily TO Superfluous")

    answer = await office.client.get("/api/v1/patients/Simple?SuperFamily=1")

    assert answer.status_code == 400
    assert "patient.SuperFamily" in answer.json()
