"""GET one and many of the eight resources: shapes, order, serverDateTime, pages, 404."""

from typing import Any, NamedTuple

import pytest
from tests.web.office import ZONE, Office, wall_now


class Listed(NamedTuple):
    """What the pages say of one list."""

    path: str
    table: str
    key: str
    noun: str
    order: str

    @property
    def whole(self) -> str:
        """The list of everything: schedules alone would be today's."""
        return f"{self.path}?dateStart=1900-01-01" if self.table == "schedule" else self.path


RESOURCES = [
    Listed("appointments", "appointment", "AptNum", "Appointment", "AptDateTime, AptNum"),
    Listed("histappointments", "histappointment", "HistApptNum", "HistAppointment", "HistApptNum"),
    Listed("operatories", "operatory", "OperatoryNum", "Operatory", "OperatoryNum"),
    Listed("patfields", "patfield", "PatFieldNum", "PatField", "PatFieldNum"),
    Listed("patients/Simple", "patient", "PatNum", "Patient", "PatNum"),
    Listed("providers", "provider", "ProvNum", "Provider", "ProvNum"),
    Listed("schedules", "schedule", "ScheduleNum", "Schedule", "StartTime, ScheduleNum"),
    Listed("toothinitials", "toothinitial", "ToothInitialNum", "ToothInitial", "ToothInitialNum"),
]
WITH_CLOCK = {"appointments": 0, "patients/Simple": 0, "providers": -1}


def single(path: str, number: object) -> str:
    return f"/api/v1/{path.split('/', maxsplit=1)[0]}/{number}"


async def fetched(office: Office, path: str) -> list[dict[str, Any]]:
    answer = await office.client.get(f"/api/v1/{path}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.mark.parametrize("listed", RESOURCES, ids=lambda listed: listed.noun)
async def test_a_list_has_everything_in_the_documented_order(
    office: Office, listed: Listed
) -> None:
    """All rows of the table but deleted patients; the order ends with the key."""
    where = "WHERE PatStatus <> 4" if listed.table == "patient" else ""
    rows = office.rows(
        f"SELECT {listed.key} FROM {listed.table} {where} ORDER BY {listed.order} LIMIT 1000"
    )

    found = await fetched(office, listed.whole)

    assert [int(one[listed.key]) for one in found] == [number for (number,) in rows]
    assert found


@pytest.mark.parametrize("listed", RESOURCES, ids=lambda listed: listed.noun)
async def test_one_by_number_is_the_element_of_the_list(office: Office, listed: Listed) -> None:
    """The same object both ways; a patient alone has no serverDateTime."""
    [element, *_] = await fetched(office, listed.whole)

    alone = (await office.client.get(single(listed.path, element[listed.key]))).json()

    if listed.path == "patients/Simple":
        del element["serverDateTime"]
    assert list(alone) == list(element)
    assert alone | {"serverDateTime": ""} == element | {"serverDateTime": ""}


@pytest.mark.parametrize("listed", RESOURCES, ids=lambda listed: listed.noun)
async def test_the_databases_clock_stands_where_the_page_shows_it(
    office: Office, listed: Listed
) -> None:
    """First for appointments and patients, last for providers, and nowhere else."""
    before = wall_now()

    [element, *_] = await fetched(office, listed.whole)

    if listed.path in WITH_CLOCK:
        assert list(element)[WITH_CLOCK[listed.path]] == "serverDateTime"
        assert before <= element["serverDateTime"] <= wall_now()
    else:
        assert "serverDateTime" not in element


@pytest.mark.parametrize("listed", RESOURCES, ids=lambda listed: listed.noun)
async def test_who_asks_for_what_is_not_there_is_told_what_is_not(
    office: Office, listed: Listed
) -> None:
    """404 with the noun, and 400 for what is no number at all."""
    missing = await office.client.get(single(listed.path, 987654321))
    silly = [
        await office.client.get(single(listed.path, text)) for text in ("x", "1e3", "9" * 5000)
    ]

    assert (missing.status_code, missing.json()) == (404, f"{listed.noun} not found")
    for answer in silly:
        assert answer.status_code == 400
        assert answer.json() == f"{listed.key} is invalid. It must be a whole number."


async def test_long_lists_come_in_pages_of_a_thousand_without_gaps(office: Office) -> None:
    """Page until fewer than 1000 come; a greater Limit is taken for 1000."""
    expected = [number for (number,) in office.rows("SELECT ScheduleNum FROM schedule")]
    assert len(expected) > 1000

    pages: list[list[dict[str, Any]]] = []
    while not pages or len(pages[-1]) == 1000:
        offset = 1000 * len(pages)
        pages.append(
            await fetched(office, f"schedules?dateStart=1900-01-01&Limit=5000&Offset={offset}")
        )

    numbers = [int(one["ScheduleNum"]) for page in pages for one in page]
    assert sorted(numbers) == sorted(expected)


async def test_a_deleted_patient_is_not_listed_but_can_be_read(office: Office) -> None:
    """patients/Simple leaves out PatStatus Deleted; GET of one does not."""
    office.run("UPDATE patient SET PatStatus = 4 WHERE PatNum = 1")

    listed = await fetched(office, "patients/Simple?Limit=1")
    alone = (await office.client.get(single("patients", 1))).json()

    assert listed[0]["PatNum"] != 1
    assert alone["PatStatus"] == "Deleted"


async def test_schedules_without_a_date_are_todays(office: Office) -> None:
    """The office's day, not UTC's (Schedules page)."""
    today = wall_now()[:10]
    office.run("UPDATE schedule SET SchedDate = ? WHERE ScheduleNum IN (1, 2)", today)

    found = await fetched(office, "schedules")

    assert {"1", "2"} <= {one["ScheduleNum"] for one in found}
    assert {one["SchedDate"] for one in found} == {today}


@pytest.mark.parametrize(
    ("path", "column", "table"),
    [
        ("appointments", "DateTStamp", "appointment"),
        ("patients/Simple", "DateTStamp", "patient"),
        ("providers", "DateTStamp", "provider"),
        ("patfields", "SecDateTEdit", "patfield"),
    ],
)
async def test_changes_since_a_moment_include_that_very_second(
    office: Office, path: str, column: str, table: str
) -> None:
    """The lower bound is the office's time and belongs to the answer, so a poller misses none."""
    before = wall_now()
    office.run(f"UPDATE {table} SET {column} = datetime('now') WHERE rowid = 2")

    found = await fetched(office, f"{path}?{column}={before.replace(' ', '%20')}")

    assert len(found) == 1
    assert before <= found[0][column] <= wall_now()


async def test_a_stamp_is_shown_in_office_time(office: Office) -> None:
    """TIMESTAMP columns are UTC inside and the office's wall clock outside."""
    office.run("UPDATE patient SET DateTStamp = '2026-03-01 06:30:00' WHERE PatNum = 2")

    shown = (await office.client.get(single("patients", 2))).json()

    assert ZONE.key == "America/Phoenix"
    assert shown["DateTStamp"] == "2026-02-28 23:30:00"
