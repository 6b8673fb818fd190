"""What is read back is what was announced, with what may be put into it."""

from datetime import timedelta

from tests.dialects.nexhealth.making import a_dialect, a_record
from tests.dialects.nexhealth.reading.shelves import (
    CUSTOMS,
    LIBRARY,
    NOON,
    a_patient,
    an_album,
    an_appointment,
)

from bitewing.dialects.nexhealth.reading.appointment_types import appointment_types
from bitewing.dialects.nexhealth.reading.including import (
    OF_APPOINTMENTS,
    OF_PATIENTS,
    without_nested,
)
from bitewing.dialects.nexhealth.reading.listing import place
from bitewing.dialects.nexhealth.reading.locations import locations, shortened
from bitewing.dialects.nexhealth.reading.operatories import operatories
from bitewing.dialects.nexhealth.reading.providers import providers
from bitewing.dialects.nexhealth.scene import Scene
from bitewing.model.event import Subject

ALBUM = an_album(
    an_appointment(1, Op=7, AppointmentTypeNum=3),
    an_appointment(2, AptDateTime="2026-03-05 12:00:00"),
    an_appointment(3, AptDateTime="2026-03-04 12:00:00"),
    an_appointment(4, AptDateTime="2026-03-03 12:00:00", AptStatus=5),
    an_appointment(5, AptDateTime="2026-01-03 12:00:00", AptStatus=2),
    an_appointment(6, AptDateTime="2026-02-03 12:00:00", AptStatus=2),
    a_patient(1, Guarantor=2),
    a_patient(2, FName="Mother"),
    a_record("Provider", 5, FName="Ann", LName="Lee", Suffix="DDS", IsHidden=0),
    a_record("Provider", 6, FName="Old", LName="One", IsHidden=1),
    a_record("Operatory", 7, OpName="Room 7", Abbrev="R7", IsHidden=0, ClinicNum=2),
    a_record("AppointmentType", 3, AppointmentTypeName="Crown", Pattern="XXXXXX", IsHidden=0),
    a_record("Procedure", 8, AptNum=1, PatNum=1, ProcStatus=1, CodeNum=4),
    a_record("ProcedureCode", 4, ProcCode="D2740", Descript="Crown"),
    a_record("PatPlan", 9, PatNum=1, InsSubNum=1, Relationship=0, Ordinal=1),
    a_record("Clinic", 2, Description="Denver", Phone="(303) 555-0100", IsHidden=0),
    a_record("Preference", 1, PrefName="PracticeTitle", ValueString="Bright Smiles"),
)
SCENE = Scene(ALBUM, CUSTOMS)
NEVER = timedelta(days=20000)


def test_what_is_read_back_is_what_was_announced() -> None:
    """The same Portrait, to the letter."""
    places = [place(0, 0, number) for number in (1, 2)]

    shown = [one.shown for one in LIBRARY.show("Appointment", [ALBUM], places)]

    dialect = a_dialect(offices=CUSTOMS.offices)
    assert shown == [dialect.portray(Subject("Appointment", n), ALBUM) for n in (1, 2)]


def test_one_is_found_by_our_id() -> None:
    """In whichever Source it is; another kind's id finds nothing."""
    number = ALBUM.identity("Patient", "2")

    found = LIBRARY.one("Patient", [an_album(source="branch"), ALBUM], number)

    assert found is not None
    assert found.shown["first_name"] == "Mother"
    assert LIBRARY.one("Appointment", [ALBUM], number) is None


def test_an_appointment_by_itself_is_plain() -> None:
    """Patient and descriptors are there when they are asked for, as the Events have them."""
    row = SCENE.row("Appointment", 1)
    portrait = a_dialect(offices=CUSTOMS.offices).portray(Subject("Appointment", 1), ALBUM)
    assert portrait is not None

    plain = without_nested(dict(portrait))
    put = {name: OF_APPOINTMENTS[name](row, SCENE, NOON) for name in ("patient", "descriptors")}

    assert plain | put == portrait
    assert len(plain) == len(portrait) - 2


def test_what_may_be_put_into_an_appointment() -> None:
    """Each as it is shown by itself; null where there is none."""
    put = {
        name: include(SCENE.row("Appointment", 1), SCENE, NOON)
        for name, include in OF_APPOINTMENTS.items()
    }

    assert put["guarantor"]["first_name"] == "Mother"
    assert put["operatory"]["name"] == "Room 7"
    assert put["appointment_type"]["name"] == "Crown"
    assert [one["code"] for one in put["procedures"]] == ["D2740"]
    assert put["booking_details"] is None
    assert OF_APPOINTMENTS["operatory"](SCENE.row("Appointment", 2), SCENE, NOON) is None


def test_what_may_be_put_into_a_patient() -> None:
    """Appointments to come, the next one first, cancelled ones left out; the last one kept."""
    row = SCENE.row("Patient", 1)
    put = {name: include(row, SCENE, NOON) for name, include in OF_PATIENTS.items()}
    children = OF_PATIENTS["children"](SCENE.row("Patient", 2), SCENE, NOON)

    assert [one["foreign_id"] for one in put["upcoming_appts"]] == ["1", "3", "2"]
    assert put["last_visited_appointment"]["foreign_id"] == "6"
    assert put["guarantor"]["first_name"] == "Mother"
    assert put["provider"]["name"] == "Ann Lee"
    assert [one["priority"] for one in put["insurance_coverages"]] == [1]
    assert len(put["procedures"]) == 1
    assert [one["foreign_id"] for one in children] == ["1"]
    assert put["children"] == []
    assert OF_PATIENTS["last_visited_appointment"](row, SCENE, NOON - NEVER) is None


def test_locations_are_the_practice_and_its_clinics() -> None:
    """The practice itself is one, because rows without a clinic are there."""
    itself, clinic = locations(SCENE, "Group")

    assert (itself["name"], itself["foreign_id"], itself["tz"]) == (
        "Bright Smiles",
        "0",
        "America/New_York",
    )
    assert (clinic["name"], clinic["phone_number"], clinic["tz"]) == (
        "Denver",
        "3035550100",
        "America/Denver",
    )
    assert itself["id"] == ALBUM.identity("Location", "0")
    assert clinic["id"] == ALBUM.identity("Location", "2")


def test_a_practice_without_clinics_is_one_location() -> None:
    """Whatever is left in the table; its name is the institution's if it has none."""
    off = a_record("Preference", 2, PrefName="EasyNoClinics", ValueString="1")
    album = an_album(off, a_record("Clinic", 2, Description="Denver"))

    [itself] = locations(Scene(album, CUSTOMS), "Group")

    assert itself["name"] == "Group"


def test_providers_operatories_and_types() -> None:
    """By the practice's keys; hidden providers are inactive."""
    everybody, [active] = list(providers(SCENE)), list(providers(SCENE, is_inactive=False))
    [room], [kind] = list(operatories(SCENE)), list(appointment_types(SCENE))

    assert [one["inactive"] for one in everybody] == [False, True]
    assert active["display_name"] == "Ann Lee, DDS"
    assert room["location_id"] == ALBUM.identity("Location", "2")
    assert list(operatories(SCENE, location=room["location_id"] + 10**9)) == []
    assert (kind["minutes"], kind["bookable_online"]) == (30, True)


def test_a_sync_status_shows_less_of_a_location() -> None:
    """Ten keys, in order."""
    [first, *_] = shortened(locations(SCENE, "Group"))

    assert list(first) == [
        "id",
        "name",
        "street_address",
        "street_address_2",
        "city",
        "state",
        "zip_code",
        "phone_number",
        "email",
        "inactive",
    ]
