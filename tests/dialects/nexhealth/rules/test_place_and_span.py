"""Where an appointment is, whom the patient sees, and from when to when."""

from zoneinfo import ZoneInfo

import pytest
from tests.dialects.nexhealth.making import NEW_YORK, a_picture, a_record, a_scene, some_customs

from bitewing.dialects.nexhealth.customs import Office
from bitewing.dialects.nexhealth.rules import place, span, treating_provider
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.record import Record

NO_CLINICS = a_record("Preference", 1, PrefName="EasyNoClinics", ValueString=1)
ROOM = a_record("Operatory", 3, ClinicNum=9)
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("columns", "known", "clinic"),
    [
        ({"ClinicNum": 4, "Op": 3}, [ROOM], 4),
        ({"ClinicNum": 0, "Op": 3}, [ROOM], 9),
        ({"ClinicNum": 0, "Op": 3}, [], 0),
        ({"ClinicNum": 0, "Op": 0}, [ROOM], 0),
        ({"ClinicNum": 4, "Op": 3}, [ROOM, NO_CLINICS], 0),
    ],
)
def test_a_location_is_the_clinic_or_that_of_the_room(
    columns: dict[str, int], known: list[Record], clinic: int
) -> None:
    """A practice that has switched its clinics off is one Location, whatever the rows hold."""
    scene = a_scene(*known)
    row = a_record("Appointment", 18, **columns).native

    assert place.clinic_of(row, scene) == clinic
    assert place.location_id(row, scene) == scene.id_called("Location", str(clinic))


def test_a_patient_is_known_where_the_appointments_are() -> None:
    """The own clinic first; planned appointments and notes are no visits."""
    appointments = [
        a_record("Appointment", number, PatNum=5, ClinicNum=clinic, AptStatus=status)
        for number, (clinic, status) in enumerate([(9, 1), (2, 5), (4, 2), (7, 6), (8, 7), (2, 1)])
    ]
    scene = a_scene(*appointments)
    row = a_record("Patient", 5, ClinicNum=4).native

    names = {scene.id_called("Location", str(number)): number for number in range(10)}

    assert [names[one] for one in place.location_ids(row, scene)] == [4, 2, 9]


def test_times_are_those_of_the_clinics_clock() -> None:
    """A group may span zones; a clinic that has none of its own has the server's."""
    office = Office(NEW_YORK, {2: CHICAGO})
    scene = Scene(a_picture(), some_customs(offices={"main-office": office}))
    rows = [
        a_record("Appointment", 18, ClinicNum=clinic, AptDateTime="2024-01-15 09:00:00").native
        for clinic in (1, 2)
    ]

    assert [span.start_time(row, scene) for row in rows] == [
        "2024-01-15T14:00:00.000Z",
        "2024-01-15T15:00:00.000Z",
    ]
    assert [place.zone_name(row, scene) for row in rows] == ["America/New_York", "America/Chicago"]
    assert [span.timezone_offset(row, scene) for row in rows] == ["-5:00", "-6:00"]


@pytest.mark.parametrize(
    ("pattern", "end"),
    [
        ("//XXXX//", "2024-01-15T14:40:00.000Z"),
        ("X", "2024-01-15T14:05:00.000Z"),
        ("", "2024-01-15T14:00:00.000Z"),
        (None, "2024-01-15T14:00:00.000Z"),
    ],
)
def test_a_letter_of_the_pattern_is_five_minutes(pattern: str | None, end: str) -> None:
    """Provider's and assistant's time both count."""
    row = a_record("Appointment", 18, AptDateTime="2024-01-15 09:00:00", Pattern=pattern).native

    assert span.end_time(row, a_scene()) == end


def test_an_appointment_lasts_in_real_time() -> None:
    """One over the night when the clock goes back is no hour longer."""
    row = a_record("Appointment", 18, AptDateTime="2024-11-03 01:30:00", Pattern="X" * 12).native

    assert span.start_time(row, a_scene()) == "2024-11-03T05:30:00.000Z"
    assert span.end_time(row, a_scene()) == "2024-11-03T06:30:00.000Z"
    assert span.timezone_offset(row, a_scene()) == "-4:00"


def test_what_has_no_time_has_none() -> None:
    """0001-01-01 is no start."""
    row = a_record("Appointment", 18, AptDateTime="0001-01-01 00:00:00", Pattern="XX").native

    assert span.start_time(row, a_scene()) is None
    assert span.end_time(row, a_scene()) is None
    assert span.timezone_offset(row, a_scene()) is None


@pytest.mark.parametrize(
    ("columns", "provider"),
    [
        ({"ProvNum": 1, "ProvHyg": 2, "IsHygiene": 1}, 2),
        ({"ProvNum": 1, "ProvHyg": 2, "IsHygiene": 0}, 1),
        ({"ProvNum": 1, "ProvHyg": 0, "IsHygiene": 1}, 1),
    ],
)
def test_a_hygiene_appointment_is_the_hygienists(columns: dict[str, int], provider: int) -> None:
    """If it has one."""
    people = [
        a_record("Provider", 1, FName="Brian", LName="Albert"),
        a_record("Provider", 2, FName=" ", LName="Hale"),
    ]
    scene = a_scene(*people)
    row = a_record("Appointment", 18, **columns).native

    assert treating_provider.provider_id(row, scene) == scene.id_of("Provider", provider)
    assert treating_provider.provider_name(row, scene) == ["Brian Albert", "Hale"][provider - 1]


def test_nobody_is_null() -> None:
    """An appointment without a provider, or with one that is not known."""
    scene = a_scene()

    assert (
        treating_provider.provider_id(a_record("Appointment", 1, ProvNum=0).native, scene) is None
    )
    assert (
        treating_provider.provider_name(a_record("Appointment", 1, ProvNum=9).native, scene) is None
    )
