"""POST appointments books as Open Dental does, and refuses what an office refuses."""

from typing import Any

import pytest
from tests.practice.looking import dangling
from tests.practice.serving.asking import A_FREE_SUNDAY, Client

from bitewing.practice.database import connect


def test_an_appointment_is_booked_with_its_traces(everywhere: Client) -> None:
    """The row, its history by the API service, a line in the log and a signal."""
    before = {name: everywhere.count(name) for name in ("histappointment", "securitylog")}

    answer = everywhere.book(Note="Window seat", AppointmentTypeNum=3)

    number = answer.content["AptNum"]
    assert answer.status == 201
    assert answer.headers["location"].endswith(f"/api/v1/appointments/{number}")
    assert everywhere.rows(
        "SELECT PatNum, Op, AptDateTime, AptStatus, Confirmed, Note, Pattern, ProcDescript "
        "FROM appointment WHERE AptNum = ?",
        number,
    ) == [(3, 1, f"{A_FREE_SUNDAY} 09:00:00", 1, 19, "Window seat", "//XXXXXX//", "Ex, Pro")]
    assert everywhere.rows(
        "SELECT HistApptAction, ApptSource, HistDateTStamp FROM histappointment WHERE AptNum = ?",
        number,
    ) == [(0, 6, "2026-03-02 10:00:00")]
    assert everywhere.count("histappointment") == before["histappointment"] + 1
    assert everywhere.count("securitylog") == before["securitylog"] + 1
    assert everywhere.rows(
        "SELECT IType, DateViewing FROM signalod ORDER BY SignalNum DESC LIMIT 1"
    ) == [(68, A_FREE_SUNDAY)]
    with connect(everywhere.url) as database:
        assert dangling(database) == []


def test_what_is_left_out_has_the_documented_defaults(client: Client) -> None:
    """Twenty minutes, the first confirmation, the patient's provider, the room's clinic."""
    ((provider, clinic),) = client.rows(
        "SELECT PriProv, (SELECT ClinicNum FROM operatory WHERE OperatoryNum = 1) "
        "FROM patient WHERE PatNum = 3"
    )

    shown = client.book().content

    assert shown["Pattern"] == "/XX/"
    assert shown["PatternSecondary"] == "////"
    assert (shown["Confirmed"], shown["confirmed"]) == (19, "Not Called")
    assert (shown["ProvNum"], shown["ClinicNum"]) == (provider, clinic)
    assert shown["AptStatus"] == "Scheduled"
    assert shown["Priority"] == "Normal"
    assert shown["DateTimeArrived"] == "0001-01-01 00:00:00"
    assert "serverDateTime" not in shown


def test_an_appointment_type_brings_its_procedures(client: Client) -> None:
    """They are planned and attached to the appointment."""
    number = client.booked(AppointmentTypeNum=3)

    assert client.rows(
        "SELECT c.ProcCode, p.ProcStatus FROM procedurelog AS p JOIN procedurecode AS c "
        "ON c.CodeNum = p.CodeNum WHERE p.AptNum = ? ORDER BY p.ProcNum",
        number,
    ) == [("D0120", 1), ("D1110", 1)]


def test_a_room_is_booked_once(everywhere: Client) -> None:
    """Ten minutes of overlap are enough to be refused, an appointment right behind is not."""
    everywhere.booked("09:00:00")

    overlapping = everywhere.book("09:15:00", PatNum=4)
    behind = everywhere.book("09:20:00", PatNum=4)
    elsewhere = everywhere.book("09:00:00", PatNum=5, Op=3)

    assert overlapping.status == 400
    assert overlapping.content == "Appointment overlaps existing appointment."
    assert (behind.status, elsewhere.status) == (201, 201)


def test_a_broken_appointment_frees_its_room(client: Client) -> None:
    """Whoever comes next may have it."""
    number = client.booked()
    client.ask("PUT", f"appointments/{number}/Break", {"sendToUnscheduledList": "false"})

    assert client.book(PatNum=4).status == 201


@pytest.mark.parametrize(
    ("fields", "status", "text"),
    [
        ({"PatNum": None}, 400, "PatNum is required."),
        ({"Op": None}, 400, "Op is required."),
        ({"AptDateTime": ""}, 400, "AptDateTime is required."),
        ({"AptDateTime": "2026-03-08T09:00"}, 400, "AptDateTime format must be"),
        ({"PatNum": 99999}, 404, "Patient not found"),
        ({"PatNum": "x"}, 400, "PatNum is invalid."),
        ({"PatNum": True}, 400, "PatNum is invalid."),
        ({"Op": 99}, 404, "Operatory not found"),
        ({"ProvNum": 99}, 404, "Provider not found"),
        ({"ClinicNum": 99}, 404, "Clinic not found"),
        ({"AppointmentTypeNum": 99}, 404, "AppointmentType not found"),
        ({"Confirmed": 40}, 400, "Confirmed is invalid."),
        ({"AptStatus": "Broken"}, 400, "AptStatus is invalid."),
        ({"Pattern": "XOX"}, 400, "Pattern can only contain X and /."),
        ({"PatternSecondary": "/"}, 400, "PatternSecondary must match"),
        ({"IsNewPatient": "maybe"}, 400, "IsNewPatient must be"),
        ({"colorOverride": "1,2"}, 400, "colorOverride must be a color"),
        ({"Colour": "1,2,3"}, 400, "'Colour' is not a valid field."),
        ({"AptDateTime": "2026-12-25 09:00:00"}, 400, "The practice is closed on 2026-12-25."),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(
    client: Client, fields: dict[str, Any], status: int, text: str
) -> None:
    """Each rule has its own sentence."""
    before = client.count("appointment"), client.count("histappointment")

    answer = client.book(**fields)

    assert answer.status == status
    assert answer.content.startswith(text)
    assert (client.count("appointment"), client.count("histappointment")) == before


def test_who_and_what_is_hidden_or_deleted_cannot_be_booked(client: Client) -> None:
    """A hidden provider, a hidden room, a deleted patient."""
    client.run("UPDATE provider SET IsHidden = 1 WHERE ProvNum = 2")
    client.run("UPDATE operatory SET IsHidden = 1 WHERE OperatoryNum = 2")
    client.run("UPDATE patient SET PatStatus = 4 WHERE PatNum = 4")

    assert client.book(ProvNum=2).content == "Provider is hidden."
    assert client.book(Op=2).content == "Operatory is hidden."
    assert client.book(PatNum=4).content == "A deleted patient cannot be modified."


def test_a_new_patients_first_visit_is_set(client: Client) -> None:
    """Unless the patient was treated before."""
    client.run("DELETE FROM procedurelog WHERE PatNum = 3")

    client.booked(IsNewPatient="true")

    assert client.rows("SELECT DateFirstVisit FROM patient WHERE PatNum = 3") == [(A_FREE_SUNDAY,)]
