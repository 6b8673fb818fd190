"""PUT appointments: fields, notes, confirmations and breaking, each with its history."""

from typing import Any

import pytest
from tests.practice.serving.asking import A_FREE_SUNDAY, Client


def actions(client: Client, number: int) -> list[int]:
    """Give the kinds of the appointment's history, oldest first."""
    rows = client.rows(
        "SELECT HistApptAction FROM histappointment WHERE AptNum = ? ORDER BY HistApptNum", number
    )
    return [action for (action,) in rows]


def test_confirming_by_word_or_by_definition(everywhere: Client) -> None:
    """Both answer 200 without a body; the word stands for the office's own definition."""
    number = everywhere.booked()

    by_number = everywhere.ask("PUT", f"appointments/{number}/Confirm", {"defNum": 20})
    shown = everywhere.ask("GET", f"appointments/{number}").content
    by_word = everywhere.ask("PUT", f"appointments/{number}/Confirm", {"confirmVal": "Confirmed"})

    assert (by_number.status, by_number.content) == (200, None)
    assert (shown["Confirmed"], shown["confirmed"]) == (20, "Left Msg")
    assert by_word.status == 200
    assert everywhere.rows("SELECT Confirmed FROM appointment WHERE AptNum = ?", number) == [(21,)]
    assert actions(everywhere, number) == [0, 1, 1]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"confirmVal": "Confirmed", "defNum": 21},
        {"confirmVal": "Perhaps"},
        {"defNum": 40},
        {"confirmVal": "Sent"},  # this office has not set it up
    ],
)
def test_a_confirmation_that_makes_no_sense_is_refused(
    client: Client, body: dict[str, Any]
) -> None:
    """Exactly one field, and one that the office knows."""
    number = client.booked()

    assert client.ask("PUT", f"appointments/{number}/Confirm", body).status == 400
    assert actions(client, number) == [0]


def test_breaking_leaves_it_in_place_or_unschedules_it(everywhere: Client) -> None:
    """Only what is scheduled can be broken; the history says cancelled."""
    stays, goes = everywhere.booked("09:00:00"), everywhere.booked("10:00:00")

    everywhere.ask("PUT", f"appointments/{stays}/Break", {"sendToUnscheduledList": "false"})
    everywhere.ask("PUT", f"appointments/{goes}/Break", {"sendToUnscheduledList": "true"})
    again = everywhere.ask("PUT", f"appointments/{stays}/Break", {"sendToUnscheduledList": "true"})

    assert everywhere.ask("GET", f"appointments/{stays}").content["AptStatus"] == "Broken"
    assert everywhere.ask("GET", f"appointments/{goes}").content["AptStatus"] == "UnschedList"
    assert again.status == 400
    assert "Scheduled can be broken" in again.content
    assert actions(everywhere, stays) == [0, 3]


def test_a_break_type_needs_the_offices_setup(client: Client) -> None:
    """Where the office charts missed visits, a procedure is charted and the history says so."""
    number = client.booked()
    body = {"sendToUnscheduledList": "false", "breakType": "Missed"}

    refused = client.ask("PUT", f"appointments/{number}/Break", body)
    client.run("INSERT INTO preference (PrefName, ValueString) VALUES ('BrokenApptProcedure', '3')")
    charted = client.ask("PUT", f"appointments/{number}/Break", body)

    assert refused.status == 400
    assert "procedure type is None" in refused.content
    assert charted.status == 200
    assert actions(client, number) == [0, 2]
    assert client.rows("SELECT ProcStatus FROM procedurelog WHERE AptNum = ?", number) == [(2,)]


def test_a_note_is_appended(client: Client) -> None:
    """On a line of its own; answers show it as a blank."""
    number = client.booked(Note="First")

    client.ask("PUT", f"appointments/{number}/Note", {"Note": "Second"})

    assert client.rows("SELECT Note FROM appointment WHERE AptNum = ?", number) == [
        ("First\r\nSecond",)
    ]
    assert client.ask("GET", f"appointments/{number}").content["Note"] == "First Second"


def test_a_patient_is_checked_in(everywhere: Client) -> None:
    """Times are given without the day and kept with the appointment's."""
    number = everywhere.booked()

    answer = everywhere.ask("PUT", f"appointments/{number}", {"DateTimeArrived": "08:52:31"})

    assert answer.status == 200
    assert answer.content["DateTimeArrived"] == f"{A_FREE_SUNDAY} 08:52:31"


def test_moving_looks_at_the_new_place(client: Client) -> None:
    """Its own old place is no obstacle, another's appointment is."""
    first, second = client.booked("09:00:00"), client.booked("10:00:00", PatNum=4)

    nudged = client.ask(
        "PUT", f"appointments/{first}", {"AptDateTime": f"{A_FREE_SUNDAY} 09:10:00"}
    )
    onto = client.ask("PUT", f"appointments/{second}", {"AptDateTime": f"{A_FREE_SUNDAY} 09:10:00"})

    assert nudged.status == 200
    assert nudged.content["AptDateTime"] == f"{A_FREE_SUNDAY} 09:10:00"
    assert (onto.status, onto.content) == (400, "Appointment overlaps existing appointment.")


def test_only_what_is_given_changes(client: Client) -> None:
    """The rest of the row stays as it was, and nothing at all leaves no history."""
    number = client.booked(Note="Stays")
    before = client.ask("GET", f"appointments/{number}").content

    client.ask("PUT", f"appointments/{number}", {})
    untouched = actions(client, number)
    after = client.ask("PUT", f"appointments/{number}", {"Priority": "ASAP"}).content

    assert untouched == [0]
    assert {name for name in after if after[name] != before[name]} <= {"Priority", "DateTStamp"}
    assert after["Priority"] == "ASAP"


@pytest.mark.parametrize("rest", ["", "/Note", "/Confirm", "/Break"])
def test_an_appointment_that_is_not_there_is_not_found(client: Client, rest: str) -> None:
    """404, for every method."""
    bodies: dict[str, dict[str, Any]] = {
        "": {"Note": "x"},
        "/Note": {"Note": "x"},
        "/Confirm": {"defNum": 21},
        "/Break": {"sendToUnscheduledList": "true"},
    }

    answer = client.ask("PUT", f"appointments/99999{rest}", bodies[rest])

    assert (answer.status, answer.content) == (404, "Appointment not found")
