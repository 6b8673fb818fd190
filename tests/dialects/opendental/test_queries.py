"""Query parameters."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.dialects.opendental.making import NEW_YORK

from bitewing.dialects.opendental.catalogue import CATALOGUE
from bitewing.dialects.opendental.filters import Filter
from bitewing.dialects.opendental.queries import inquire, inquire_one, resource_at
from bitewing.dialects.opendental.resources import RESOURCES, Resource
from bitewing.dialects.opendental.versions import parse_version
from bitewing.model.change import watch_behind
from bitewing.model.errors import InvalidRequestError, NotFoundError
from bitewing.model.inquiry import Condition, Inquiry, Relation

TODAY = date(2024, 7, 4)


def ask(path: str, version: str = "24.4.30", **asked: str) -> Inquiry:
    return inquire(
        resource_at(path), asked, zone=NEW_YORK, today=TODAY, version=parse_version(version)
    )


def conditions(path: str, **asked: str) -> list[tuple[str, str, str | int]]:
    found = ask(path, **asked).conditions
    return [(one.column, one.relation.value, one.value) for one in found]


def refusal(path: str, **asked: str) -> str:
    with pytest.raises(InvalidRequestError) as refused:
        ask(path, **asked)
    return str(refused.value)


def test_every_watch_table_can_be_asked_for() -> None:
    """What fires Events can also be looked up."""
    watches = {watch_behind(one.watch) for one in CATALOGUE if one.watch}

    assert {resource.watch for resource in RESOURCES} == watches


def test_a_list_without_parameters_is_the_first_thousand_in_documented_order() -> None:
    """Local and Service modes give 1000 elements; the key breaks ties."""
    assert ask("appointments") == Inquiry(
        "Appointment", (), ("AptDateTime", "AptNum"), limit=1000, offset=0
    )


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.path)
def test_pages_never_overlap(resource: Resource) -> None:
    """The order of every list ends with the primary key."""
    assert resource.order[-1] == resource.key


def test_pages_are_asked_for_with_limit_and_offset() -> None:
    """A Limit above the cap is the cap."""
    page, capped = ask("operatories", Limit="10", Offset="20"), ask("operatories", Limit="5000")

    assert (page.limit, page.offset) == (10, 20)
    assert (capped.limit, capped.offset) == (1000, 0)


@pytest.mark.parametrize("asked", [{"Limit": "0"}, {"Limit": "ten"}, {"Offset": "-1"}])
def test_pages_that_cannot_be_are_refused(asked: dict[str, str]) -> None:
    """Nobody gets everything because of a typing mistake."""
    assert "must be" in refusal("appointments", **asked)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("patients/Simple", "page"),
        ("patients/Simple", "patStatus"),
        ("operatories", "DateTStamp"),
        ("providers", "ClinicNum"),
    ],
)
def test_a_parameter_that_is_not_documented_is_refused_by_name(path: str, name: str) -> None:
    """In the words that Open Dental has for it."""
    assert refusal(path, **{name: "1"}) == f"'{name}' is not a valid parameter."


def test_a_parameter_of_a_later_version_is_not_known() -> None:
    """AppointmentTypeNum came with 24.4.22."""
    with pytest.raises(InvalidRequestError, match="'AppointmentTypeNum' is not a valid parameter"):
        ask("appointments", version="24.4.21", AppointmentTypeNum="3")

    assert conditions("appointments", AppointmentTypeNum="3") == [("AppointmentTypeNum", "=", 3)]


def test_a_blank_parameter_counts_as_not_given() -> None:
    """The Appointments page says so of ClinicNum; 0 is a value."""
    assert conditions("appointments", ClinicNum="") == []
    assert conditions("appointments", ClinicNum="0") == [("ClinicNum", "=", 0)]


def test_a_day_is_a_range_on_the_appointments_wall_time() -> None:
    """DATETIME columns are the office's, so no zone is needed."""
    assert conditions("appointments", date="2020-07-31") == [
        ("AptDateTime", ">=", "2020-07-31 00:00:00"),
        ("AptDateTime", "<", "2020-08-01 00:00:00"),
    ]


def test_a_range_of_days_includes_both() -> None:
    """The upper bound is the day after; nothing comes after the last day of the calendar."""
    both = conditions("histappointments", dateStart="2020-07-30", dateEnd="2020-08-02")

    assert both == [
        ("AptDateTime", ">=", "2020-07-30 00:00:00"),
        ("AptDateTime", "<", "2020-08-03 00:00:00"),
    ]
    assert conditions("appointments", dateEnd="9999-12-31") == []


def test_enums_are_asked_for_by_name() -> None:
    """The column has the number."""
    assert conditions("appointments", AptStatus="Broken") == [("AptStatus", "=", 5)]
    assert conditions("histappointments", HistApptAction="Deleted") == [("HistApptAction", "=", 4)]
    assert refusal("schedules", SchedType="Nonsense") == (
        "SchedType is invalid. It must be one of: Practice, Provider, Blockout, Employee, "
        "WebSchedASAP."
    )


@pytest.mark.parametrize("value", ["one", "1.5", "1e3", " 1", "9" * 19, "9" * 5000, "²"])
def test_a_key_must_be_a_whole_number(value: str) -> None:
    """Numbers that no key can have are refused with it."""
    assert refusal("patfields", PatNum=value) == "PatNum is invalid. It must be a whole number."


def test_the_greatest_key_can_be_asked_for() -> None:
    """Practices with random keys have numbers of 19 digits."""
    asked = conditions("patfields", PatNum="9223372036854775807")

    assert asked == [("PatNum", "=", 2**63 - 1)]


def test_a_stamp_is_asked_for_in_office_time_and_found_in_utc() -> None:
    """The examples of the Appointments page leave the time out as well."""
    assert conditions("appointments", DateTStamp="2021-05-03 08:30:12") == [
        ("DateTStamp", ">=", "2021-05-03 12:30:12")
    ]
    assert conditions("patfields", SecDateTEdit="2021-01-03") == [
        ("SecDateTEdit", ">=", "2021-01-03 05:00:00")
    ]


def test_a_stamp_in_the_doubled_hour_misses_nothing() -> None:
    """It means the first of the two instants."""
    assert conditions("providers", DateTStamp="2022-11-06 01:30:00") == [
        ("DateTStamp", ">=", "2022-11-06 05:30:00")
    ]


def test_a_stamp_in_another_form_is_refused_in_the_vendors_words() -> None:
    """The text is documented on the Providers page."""
    said = refusal("providers", DateTStamp="yesterday")

    assert said == "DateTStamp format must be yyyy-MM-dd HH:mm:ss"


def test_patients_simple_leaves_deleted_patients_out() -> None:
    """Names are asked for by a part of them, a birthday by its day."""
    assert conditions("patients/Simple", LName="arris", Birthdate="1986-11-06") == [
        ("PatStatus", "<>", 4),
        ("LName", "contains", "arris"),
        ("Birthdate", ">=", "1986-11-06"),
        ("Birthdate", "<", "1986-11-07"),
    ]


def test_schedules_are_todays_unless_a_day_is_named() -> None:
    """Other parameters do not lift the restriction."""
    todays = [("SchedDate", ">=", "2024-07-04"), ("SchedDate", "<", "2024-07-05")]

    assert conditions("schedules") == todays
    assert conditions("schedules", ProvNum="1") == [("ProvNum", "=", 1), *todays]
    assert conditions("schedules", dateStart="2024-01-01") == [("SchedDate", ">=", "2024-01-01")]


def test_a_blockout_is_asked_for_under_its_documented_name() -> None:
    """BlockoutDefNum is the column BlockoutType."""
    asked = conditions("schedules", date="2024-07-04", BlockoutDefNum="267")

    assert ("BlockoutType", "=", 267) in asked


def test_a_field_name_must_be_equal() -> None:
    """PatFields are found by their whole name."""
    asked = conditions("patfields", FieldName="Referred by")

    assert asked == [("FieldName", "=", "Referred by")]


def test_a_day_must_be_a_day() -> None:
    """A time is one thing too much."""
    assert refusal("schedules", date="2024-07-04 10:00:00") == "date format must be yyyy-MM-dd"
    assert refusal("appointments", dateStart="2024-02-30") == "dateStart format must be yyyy-MM-dd"


def test_one_is_asked_for_by_its_key_alone() -> None:
    """Deleted patients are shown to whoever knows their number."""
    assert inquire_one(resource_at("patients/Simple"), 28) == Inquiry(
        "Patient", (Condition("PatNum", Relation.EQUAL, 28),), limit=1
    )


def test_a_resource_nobody_has_is_not_found() -> None:
    """The error names the path."""
    with pytest.raises(NotFoundError, match="claims"):
        resource_at("claims")


FILTERS = [(resource, one) for resource in RESOURCES for one in resource.filters]


@given(
    st.sampled_from(FILTERS),
    st.text(min_size=1) | st.dates().map(str) | st.datetimes().map(str) | st.integers().map(str),
)
def test_any_value_is_either_read_or_refused(asked: tuple[Resource, Filter], value: Any) -> None:
    """Nothing but our own error comes out."""
    resource, one = asked
    try:
        inquiry = ask(resource.path, **{one.name: value})
    except InvalidRequestError:
        return

    assert inquiry.watch == resource.watch
