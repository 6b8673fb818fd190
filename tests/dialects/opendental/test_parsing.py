"""What a POST or PUT of Subscriptions asks for."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.dialects.opendental.making import NEW_YORK, TOKYO, a_subscription

from bitewing.dialects.opendental.parsing import FIXED, SETTABLE, parse_edit, parse_new
from bitewing.dialects.opendental.versions import DEFAULT_VERSION, parse_version
from bitewing.model.errors import InvalidRequestError
from bitewing.model.subscription import Subscription, Wish

VERSION = parse_version(DEFAULT_VERSION)
URL = "https://myserver/apievents/"
DATABASE: dict[str, Any] = {
    "EndPointUrl": URL,
    "Workstation": "MOLLYR",
    "WatchTable": "Patient",
    "PollingSeconds": 10,
}
UI: dict[str, Any] = {"EndPointUrl": URL, "UiEventType": "PatientSelected"}
UI_SUBSCRIPTION = a_subscription(
    event_name="UiEventType: PatientSelected", watch=None, every=None, workstation=""
)


def new(body: dict[str, Any]) -> Wish:
    return parse_new(body, zone=NEW_YORK, version=VERSION)


def edit(body: dict[str, Any], subscription: Subscription | None = None) -> Wish:
    return parse_edit(body, subscription or a_subscription(), zone=NEW_YORK)


def test_a_database_subscription_needs_four_fields() -> None:
    """The other fields have the page's defaults: start now, never stop, no note."""
    assert new(DATABASE) == Wish(
        url=URL,
        event_name="WatchTable: Patient",
        watch="Patient",
        every=timedelta(seconds=10),
        workstation="MOLLYR",
        note="",
        starts_at=None,
        stops_at=None,
    )


def test_a_ui_subscription_needs_two_fields() -> None:
    """It has no interval and, unless named, no workstation of its own."""
    wish = new(UI)

    assert (wish.event_name, wish.watch, wish.every, wish.workstation) == (
        "UiEventType: PatientSelected",
        None,
        None,
        "",
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"EndPointUrl": None}, "EndPointUrl is required."),
        ({"EndPointUrl": ""}, "EndPointUrl is required."),
        ({"EndPointUrl": 7}, "EndPointUrl is invalid. It must be a string."),
        ({"WatchTable": None}, "WatchTable or UiEventType is required."),
        ({"WatchTable": "None"}, "WatchTable or UiEventType is required."),
        (
            {"UiEventType": "PatientSelected"},
            "Only one of WatchTable and UiEventType can be set.",
        ),
        ({"PollingSeconds": None}, "PollingSeconds is required."),
        ({"CustomerKey": "VzkmZEaUWOjnQX2z"}, "CustomerKey cannot be set."),
        ({"SubscriptionNum": 5}, "SubscriptionNum cannot be set."),
        ({"PolingSeconds": 5}, "'PolingSeconds' is not a valid field."),
        ({"Note": "n" * 256}, "Note is too long. It can have 255 characters."),
        ({"Workstation": "A\r\nB"}, "Workstation is invalid. It must be the name of a computer."),
        ({"DateTimeStart": "1/31/2022"}, "DateTimeStart format must be yyyy-MM-dd HH:mm:ss"),
        ({"DateTimeStop": "2022-02-30"}, "DateTimeStop format must be yyyy-MM-dd HH:mm:ss"),
    ],
)
def test_a_wrong_post_is_answered_with_the_field_and_its_rule(
    changes: dict[str, Any], message: str
) -> None:
    """The text is a bare sentence; nothing was changed."""
    with pytest.raises(InvalidRequestError) as refusal:
        new(DATABASE | changes)

    assert str(refusal.value) == message


@pytest.mark.parametrize("seconds", [1, 60, "60", "060", 2**31 - 1])
def test_polling_seconds_are_a_number_or_its_digits(seconds: object) -> None:
    """JSON numbers in quotes are common among integrators."""
    assert new(DATABASE | {"PollingSeconds": seconds}).every == timedelta(seconds=int(str(seconds)))


@pytest.mark.parametrize(
    "seconds", [0, -1, 1.5, True, "", "ten", "-1", "1.5", "²", [1], 2**31, "9" * 5000]
)
def test_other_polling_seconds_are_refused(seconds: object) -> None:
    """The interval is a whole number of seconds from 1 up."""
    with pytest.raises(InvalidRequestError, match="whole number from 1 up"):
        new(DATABASE | {"PollingSeconds": seconds})


def test_a_ui_subscription_has_no_polling_seconds() -> None:
    """0, which is what it shows, is let pass."""
    with pytest.raises(InvalidRequestError, match="can only be set for WatchTable subscriptions"):
        new(UI | {"PollingSeconds": 5})

    assert new(UI | {"PollingSeconds": 0}).every is None


def test_field_names_are_read_regardless_of_letter_case() -> None:
    """The vendor's own pages spell Workstation in two ways."""
    wish = new({**UI, "WorkStation": "MOLLYR", "note": "n"})

    assert (wish.workstation, wish.note) == ("MOLLYR", "n")


def test_all_workstations_is_a_blank() -> None:
    """Newer clients must send this text where older ones left a blank."""
    assert new(DATABASE | {"Workstation": " All Workstations "}).workstation == ""


def test_times_are_the_offices() -> None:
    """A date alone is its midnight."""
    body = DATABASE | {"DateTimeStart": "2022-01-31", "DateTimeStop": "2022-07-01 08:30"}

    in_new_york = new(body)
    in_tokyo = parse_new(body, zone=TOKYO, version=VERSION)

    assert in_new_york.starts_at == datetime(2022, 1, 31, 5, tzinfo=UTC)
    assert in_new_york.stops_at == datetime(2022, 7, 1, 12, 30, tzinfo=UTC)
    assert in_tokyo.starts_at == datetime(2022, 1, 30, 15, tzinfo=UTC)


def test_a_doubtful_hour_loses_no_event() -> None:
    """The start counts as the earliest, the stop as the latest instant it can mean."""
    wish = new(DATABASE | dict.fromkeys(("DateTimeStart", "DateTimeStop"), "2022-11-06 01:30:00"))

    assert wish.starts_at == datetime(2022, 11, 6, 5, 30, tzinfo=UTC)
    assert wish.stops_at == datetime(2022, 11, 6, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("never", ["0001-01-01", "0001-01-01 00:00:00", None, ""])
def test_never_is_never(never: str | None) -> None:
    """The text that Open Dental shows for "no expiration" may be sent back."""
    assert new(DATABASE | {"DateTimeStop": never}).stops_at is None


def test_a_start_before_all_time_is_the_first_a_stamp_can_have() -> None:
    """TIMESTAMP columns begin in 1970; so the sentinel date means "everything"."""
    wish = parse_new(DATABASE | {"DateTimeStart": "0001-01-01"}, zone=TOKYO, version=VERSION)

    assert wish.starts_at == datetime(1970, 1, 1, tzinfo=UTC)


def test_an_empty_put_changes_nothing() -> None:
    """Fields that are left out keep their value."""
    subscription = a_subscription(stops_at=datetime(2030, 1, 1, tzinfo=UTC))

    wish = edit({}, subscription)

    assert wish == Wish(
        url=subscription.url,
        event_name="WatchTable: Appointment",
        watch="Appointment",
        every=timedelta(seconds=10),
        workstation="MOLLYR",
        note="front desk",
        starts_at=None,
        stops_at=datetime(2030, 1, 1, tzinfo=UTC),
    )


def test_a_put_changes_what_it_names() -> None:
    """All six settable fields are taken over; blanks are values too."""
    wish = edit(
        {
            "EndPointUrl": "http://localhost:2097/",
            "Workstation": "",
            "PollingSeconds": 60,
            "DateTimeStart": "2022-01-31",
            "DateTimeStop": "2022-12-31",
            "Note": "",
        }
    )

    assert wish == Wish(
        url="http://localhost:2097/",
        event_name="WatchTable: Appointment",
        watch="Appointment",
        every=timedelta(minutes=1),
        workstation="",
        note="",
        starts_at=datetime(2022, 1, 31, 5, tzinfo=UTC),
        stops_at=datetime(2022, 12, 31, 5, tzinfo=UTC),
    )


def test_a_put_can_take_back_the_stop() -> None:
    """The sentinel means "never", whatever stood there."""
    subscription = a_subscription(stops_at=datetime(2022, 1, 1, tzinfo=UTC))

    assert edit({"DateTimeStop": "0001-01-01"}, subscription).stops_at is None


@pytest.mark.parametrize("name", FIXED)
def test_a_put_of_what_cannot_change_says_so(name: str) -> None:
    """The sentence names the field and those that may be set."""
    with pytest.raises(InvalidRequestError) as refusal:
        edit({name: "Appointment"})

    assert str(refusal.value) == f"{name} cannot be changed. A PUT may set: {', '.join(SETTABLE)}."


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"EndPointUrl": ""}, "EndPointUrl cannot be blank."),
        ({"EndPointUrl": "ftp://myserver/"}, "EndPointUrl is invalid. It must start with"),
        ({"PollingSeconds": 5}, "PollingSeconds can only be set for WatchTable subscriptions."),
        ({"Nonsense": 5}, "'Nonsense' is not a valid field."),
    ],
)
def test_a_wrong_put_is_answered_with_the_field_and_its_rule(
    body: dict[str, Any], message: str
) -> None:
    """The rules are those of a POST."""
    with pytest.raises(InvalidRequestError) as refusal:
        edit(body, UI_SUBSCRIPTION)

    assert str(refusal.value).startswith(message)


@given(
    st.dictionaries(
        st.sampled_from([*SETTABLE, "WatchTable", "UiEventType", "workstation", "?"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.sampled_from([URL, "Patient", "PatientSelected", "2022-01-31", "9999-12-31"]),
    )
)
def test_any_object_is_either_read_or_refused(body: dict[str, object]) -> None:
    """Nothing but our own error comes out."""
    try:
        wish = parse_new(body, zone=TOKYO, version=VERSION)
    except InvalidRequestError:
        return

    assert wish.url
