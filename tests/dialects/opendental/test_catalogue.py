"""The catalogue."""

import pytest

from bitewing.dialects.opendental.catalogue import CATALOGUE, Family, announced_as, parse_event
from bitewing.dialects.opendental.rendering.renderer import SHAPES
from bitewing.dialects.opendental.versions import DEFAULT_VERSION, parse_version
from bitewing.model.change import gone_from
from bitewing.model.errors import InvalidRequestError, NotFoundError

NEWEST = parse_version("24.4.30")


def test_every_event_has_a_shape() -> None:
    """What can be wished for can be rendered, and nothing else is."""
    assert {announced.name for announced in CATALOGUE} == set(SHAPES)


def test_an_event_is_found_by_its_event_type_header() -> None:
    """Database Events are fed by the Watch of their name, UI events by none."""
    appointment = announced_as("WatchTable: Appointment")
    selected = announced_as("UiEventType: PatientSelected")

    assert (appointment.event_name, appointment.watch) == ("WatchTable: Appointment", "Appointment")
    assert (selected.event_name, selected.watch) == ("UiEventType: PatientSelected", None)


@pytest.mark.parametrize("event_name", ["", "Appointment", "WatchTable: Nonsense"])
def test_an_event_nobody_announces_is_not_found(event_name: str) -> None:
    """A name that is not in the catalogue is an error, not an empty body."""
    with pytest.raises(NotFoundError):
        announced_as(event_name)


@pytest.mark.parametrize("name", ["appointment", "Nonsense", "PatientSelected", "LabCase", "None"])
def test_a_wrong_watch_table_is_answered_with_the_right_ones(name: str) -> None:
    """Names are exact; the error lists them."""
    with pytest.raises(InvalidRequestError) as refusal:
        parse_event(Family.WATCH_TABLE, name, NEWEST)

    assert str(refusal.value) == (
        "WatchTable is invalid. It must be one of: Appointment, AppointmentDeleted, Operatory, "
        "PatField, Patient, Provider, Schedule, ToothInitial."
    )


def test_an_older_version_offers_fewer_watch_tables() -> None:
    """A Watch table can be wished for only from the version on that brought it."""
    with pytest.raises(InvalidRequestError, match=r"Appointment, PatField, Patient\.$"):
        parse_event(Family.WATCH_TABLE, "ToothInitial", parse_version("22.4.8"))


@pytest.mark.parametrize("name", ["PatFieldDeleted", "ScheduleDeleted", "ToothInitialDeleted"])
@pytest.mark.parametrize(("version", "is_offered"), [("25.4.99", False), ("26.1", True)])
def test_deletions_are_events_of_the_newer_versions_alone(
    name: str,
    version: str,
    is_offered: bool,  # noqa: FBT001
) -> None:
    """Fed by the deletions of the Watch, not by a Watch of their name."""
    if not is_offered:
        with pytest.raises(InvalidRequestError):
            parse_event(Family.WATCH_TABLE, name, parse_version(version))
        return
    announced = parse_event(Family.WATCH_TABLE, name, parse_version(version))

    assert announced.event_name == f"WatchTable: {name}"
    assert announced.watch == gone_from(name.removesuffix("Deleted"))


def test_the_default_version_offers_no_deletions() -> None:
    """A client that was written for it would not know what to do with them."""
    with pytest.raises(InvalidRequestError):
        parse_event(Family.WATCH_TABLE, "ScheduleDeleted", parse_version(DEFAULT_VERSION))


@pytest.mark.parametrize("name", ["PatField", "Schedule", "ToothInitial"])
def test_what_was_deleted_is_shown_as_it_last_was(name: str) -> None:
    """With the fields of what it was."""
    assert SHAPES[f"{name}Deleted"] == SHAPES[name]


def test_the_only_ui_event_is_patient_selected() -> None:
    """The API Events page names one UiEventType."""
    announced = parse_event(Family.UI_EVENT_TYPE, "PatientSelected", NEWEST)

    assert announced.event_name == "UiEventType: PatientSelected"
