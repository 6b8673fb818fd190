"""Whole resources: their fields by version, their broken cells, their clock."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, strategies as st
from tests.dialects.opendental.making import NEW_YORK, a_record

from bitewing.dialects.opendental.rendering.renderer import SHAPES, Renderer
from bitewing.dialects.opendental.versions import parse_version
from bitewing.model.record import Record, RecordKey

NEWEST = parse_version("99")
READ_AT = datetime(2022, 4, 21, 15, 46, 20, tzinfo=UTC)
COLUMNS = sorted({one.column for fields in SHAPES.values() for one in fields})
CELLS = (
    st.none()
    | st.binary(max_size=30)
    | st.integers().map(lambda number: b"%d" % number)
    | st.floats().map(lambda number: str(number).encode())
    | st.datetimes().map(lambda moment: str(moment).encode())
    | st.sampled_from([b"9" * 5000, b"0000-00-00", b"2020-02-30 00:00:00", b"1_0", b" 1 "])
)


def fields_of(shape: str, version: str) -> list[str]:
    plan = Renderer(parse_version(version)).plan(shape, NEW_YORK)
    return list(plan(a_record(shape)))


@pytest.mark.parametrize(
    ("shape", "name", "since", "before"),
    [
        ("Appointment", "SecUserNumEntry", "25.1.27", "25.1.26"),
        ("Patient", "FeeSched", "25.2.19", "25.2.18"),
        ("Patient", "FamFinUrgNote", "23.2.5", "23.2.4"),
        ("Patient", "EmployerNum", "24.3.30", "24.3.29"),
        ("Patient", "Premed", "25.2.30", "25.2.29"),
        ("Patient", "Ward", "24.1.12", "24.1.11"),
        ("Patient", "AdmitDate", "24.1.12", "24.1.11"),
        ("Patient", "SuperFamily", "22.4.38", "22.4.37"),
        ("Schedule", "DateTStamp", "25.1", "24.4.99"),
    ],
)
def test_a_field_is_rendered_from_its_version_on(
    shape: str, name: str, since: str, before: str
) -> None:
    """A receiver that expects an older version never sees a field it does not know."""
    assert name in fields_of(shape, since)
    assert name not in fields_of(shape, before)


def test_the_newest_appointment_has_its_user_between_type_and_entry() -> None:
    """New fields take the place that the database's order gives them."""
    names = fields_of("Appointment", "25.3")

    at = names.index("SecUserNumEntry")
    assert names[at - 1 : at + 2] == ["AppointmentTypeNum", "SecUserNumEntry", "SecDateTEntry"]


def test_a_deleted_appointment_has_its_user_in_every_version() -> None:
    """The HistAppointments page has had it from the start."""
    assert "SecUserNumEntry" in fields_of("AppointmentDeleted", "23.1.30")


def test_patient_selected_is_the_same_in_every_version() -> None:
    """The vendor's example is older than all dated fields, and it is what we promise."""
    assert fields_of("PatientSelected", "22.1") == fields_of("PatientSelected", "26.2")


@pytest.mark.parametrize("shape", SHAPES)
def test_no_field_is_declared_twice(shape: str) -> None:
    """JSON keys are unique."""
    names = [one.name for one in SHAPES[shape]]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("shape", SHAPES)
@given(native=st.dictionaries(st.sampled_from(COLUMNS), CELLS), derived=st.text())
def test_whatever_the_bytes_a_record_is_rendered_with_all_its_fields(
    shape: str, native: dict[str, bytes | None], derived: str
) -> None:
    """No cell, and no missing column, keeps a Record from its receivers."""
    record = Record(RecordKey(shape, 1), native, dict.fromkeys(COLUMNS, derived), None, b"")

    rendered = Renderer(NEWEST).plan(shape, NEW_YORK)(record)

    assert list(rendered) == [one.name for one in SHAPES[shape]]
    assert list(msgspec.json.decode(msgspec.json.encode(rendered))) == list(rendered)


def test_a_name_that_was_not_looked_up_is_empty() -> None:
    """So is one of a table that this practice does not have."""
    rendered = Renderer(NEWEST).plan("Patient", NEW_YORK)(a_record("Patient", BillingType=b"40"))

    assert (rendered["BillingType"], rendered["clinicAbbr"]) == ("", "")


def test_every_value_of_a_schedule_is_a_string() -> None:
    """The Schedules page quotes numbers too."""
    rendered = Renderer(NEWEST).plan("Schedule", NEW_YORK)(a_record("Schedule", ProvNum=b"1"))

    assert {type(value) for value in rendered.values()} == {str}


@pytest.mark.parametrize("watch", ["Appointment", "Patient"])
def test_server_time_comes_first(watch: str) -> None:
    """On the Appointments page and in patients/Simple, in the office's time."""
    shown = Renderer(NEWEST).resource(watch, a_record(watch), zone=NEW_YORK, read_at=READ_AT)

    assert next(iter(shown.items())) == ("serverDateTime", "2022-04-21 11:46:20")


def test_server_time_comes_last_for_providers() -> None:
    """On the Providers page; where it is not known it is blank there, not missing."""
    renderer, record = Renderer(NEWEST), a_record("Provider")

    known = renderer.resource("Provider", record, zone=NEW_YORK, read_at=READ_AT)
    unknown = renderer.resource("Provider", record, zone=NEW_YORK, read_at=None)

    assert list(known.items())[-1] == ("serverDateTime", "2022-04-21 11:46:20")
    assert list(unknown.items())[-1] == ("serverDateTime", "")


@pytest.mark.parametrize(
    "watch", ["AppointmentDeleted", "Operatory", "PatField", "Schedule", "ToothInitial"]
)
def test_other_resources_show_no_server_time(watch: str) -> None:
    """Their pages have none."""
    shown = Renderer(NEWEST).resource(watch, a_record(watch), zone=NEW_YORK, read_at=READ_AT)

    assert "serverDateTime" not in shown


def test_an_event_shows_no_server_time() -> None:
    """The element of an Event is the resource without it."""
    renderer = Renderer(NEWEST)

    rendered = [renderer.plan(shape, NEW_YORK)(a_record(shape)) for shape in SHAPES]

    assert all("serverDateTime" not in element for element in rendered)
