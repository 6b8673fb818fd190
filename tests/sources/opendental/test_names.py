"""The names that other tables lend to Records."""

import pytest
from tests.sources.opendental.office import DentalOffice

from bitewing.practice.database import Value


def define(office: DentalOffice, number: int, name: str, category: int) -> None:
    office.writer.insert("definition", {"DefNum": number, "ItemName": name, "Category": category})


@pytest.fixture
def named(office: DentalOffice) -> DentalOffice:
    """A practice with one name of each kind."""
    define(office, 21, "Confirmed", 2)
    define(office, 31, "Try later", 13)
    define(office, 40, "Standard Account", 4)
    define(office, 55, "Surgery", 55)
    define(office, 61, "Lunch", 25)
    office.writer.insert("provider", {"ProvNum": 1, "Abbr": "DOC1"})
    office.writer.insert("provider", {"ProvNum": 2, "Abbr": "HYG1"})
    office.writer.insert("clinic", {"ClinicNum": 3, "Abbr": "North"})
    office.writer.insert("site", {"SiteNum": 4, "Description": "Elm School"})
    return office


EVERY_NAME: list[tuple[str, dict[str, Value], dict[str, str]]] = [
    (
        "Appointment",
        {"Confirmed": 21, "UnschedStatus": 31, "ProvNum": 1},
        {"confirmed": "Confirmed", "unschedStatus": "Try later", "provAbbr": "DOC1"},
    ),
    (
        "AppointmentDeleted",
        {"HistApptAction": 4, "Confirmed": 21, "UnschedStatus": 31, "ProvNum": 2},
        {"confirmed": "Confirmed", "unschedStatus": "Try later", "provAbbr": "HYG1"},
    ),
    ("Operatory", {"OperatoryType": 55}, {"operatoryType": "Surgery"}),
    (
        "Patient",
        {"PriProv": 1, "SecProv": 2, "BillingType": 40, "ClinicNum": 3, "SiteNum": 4},
        {
            "priProvAbbr": "DOC1",
            "secProvAbbr": "HYG1",
            "BillingType": "Standard Account",
            "clinicAbbr": "North",
            "siteDesc": "Elm School",
        },
    ),
    ("Schedule", {"BlockoutType": 61}, {"blockoutType": "Lunch", "operatories": ""}),
    ("PatField", {}, {}),
    ("ToothInitial", {}, {}),
]


@pytest.mark.parametrize(("watch", "values", "expected"), EVERY_NAME)
async def test_every_watch_shows_its_names(
    named: DentalOffice, watch: str, values: dict[str, Value], expected: dict[str, str]
) -> None:
    """The numbers of a row are shown by the names they have in other tables."""
    named.add(watch, 1, values)
    record = await named.record(watch)

    assert record.derived == expected


async def test_providers_borrow_no_names(named: DentalOffice) -> None:
    """A provider's row says everything itself."""
    records = await named.records("Provider")

    assert [record.derived for record in records] == [{}, {}]


@pytest.mark.parametrize("number", [0, 40, 999_999, -21])
async def test_a_number_that_nothing_is_called_by_has_no_name(
    named: DentalOffice, number: int
) -> None:
    """0, unknown numbers and a definition of another category give ""."""
    named.add("Appointment", 1, {"Confirmed": number, "UnschedStatus": 21, "ProvNum": 99})
    record = await named.record("Appointment")

    assert record.derived == {"confirmed": "", "unschedStatus": "", "provAbbr": ""}


async def test_number_zero_stays_nameless(named: DentalOffice) -> None:
    """0 means "none", even where a damaged table has a row with the key 0."""
    named.add("Provider", 0, {"Abbr": "NOBODY"})
    named.add("Patient", 1, {"PriProv": 0})
    record = await named.record("Patient")

    assert record.derived["priProvAbbr"] == ""


async def test_null_numbers_and_names_are_empty(own_office: DentalOffice) -> None:
    """A column that an old conversion left NULL has no name, nor has a name that is NULL."""
    office = own_office
    office.writer.run("ALTER TABLE patient MODIFY PriProv bigint NULL")
    office.writer.run("ALTER TABLE provider MODIFY Abbr varchar(255) NULL")
    office.writer.insert("provider", {"ProvNum": 1, "Abbr": None})
    office.add("Patient", 1, {"PriProv": None, "SecProv": 1})
    record = await office.record("Patient")

    assert (record.derived["priProvAbbr"], record.derived["secProvAbbr"]) == ("", "")


async def test_a_renamed_definition_shows_at_the_next_reading(named: DentalOffice) -> None:
    """Names are read anew with every page; a rename does not change the row's fingerprint."""
    named.add("Appointment", 1, {"Confirmed": 21})
    before = await named.record("Appointment")
    named.writer.run("UPDATE definition SET ItemName = 'Said yes' WHERE DefNum = 21")
    (after,) = await named.source.fetch(named.watch("Appointment"), [1])

    assert (before.derived["confirmed"], after.derived["confirmed"]) == ("Confirmed", "Said yes")
    assert before.fingerprint == after.fingerprint


async def test_schedules_list_their_operatories(named: DentalOffice) -> None:
    """A comma list without blanks, in the order of the numbers; none gives ""."""
    for number in (1, 2, 3):
        named.add("Schedule", number)
    for schedule, operatory in ((1, 10), (1, 9), (2, 7), (1, 100)):
        named.writer.insert("scheduleop", {"ScheduleNum": schedule, "OperatoryNum": operatory})
    records = await named.records("Schedule")

    assert [record.derived["operatories"] for record in records] == ["9,10,100", "7", ""]


async def test_more_schedules_than_one_statement_holds(named: DentalOffice) -> None:
    """The operatories of 1,001 schedules are all found."""
    with named.writer.transaction():
        for number in range(1, 1002):
            named.add("Schedule", number)
            named.writer.insert("scheduleop", {"ScheduleNum": number, "OperatoryNum": number})
    await named.source.open()
    records = await named.source.fetch(named.watch("Schedule"), range(1, 1002))

    assert all(record.derived["operatories"] == str(record.key.number) for record in records)
    assert len(records) == 1001
