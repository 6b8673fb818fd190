"""Presenting our Subscriptions as Open Dental's."""

from datetime import UTC, datetime

import pytest
from tests.dialects.opendental.making import CUSTOMER_KEY, NEW_YORK, a_subscription

from bitewing.dialects.opendental.presenting import present
from bitewing.model.errors import NotFoundError


def test_a_database_subscription_shows_the_ten_fields_in_order() -> None:
    """Names, order and types are those of the API Subscriptions page; times are the office's."""
    shown = present(a_subscription(), customer_key=CUSTOMER_KEY, zone=NEW_YORK)

    assert list(shown.items()) == [
        ("SubscriptionNum", 5),
        ("EndPointUrl", "https://myserver/apievents/appointmentevent"),
        ("Workstation", "MOLLYR"),
        ("CustomerKey", CUSTOMER_KEY),
        ("WatchTable", "Appointment"),
        ("PollingSeconds", 10),
        ("UiEventType", ""),
        ("DateTimeStart", "2022-01-31 00:00:00"),
        ("DateTimeStop", "0001-01-01 00:00:00"),
        ("Note", "front desk"),
    ]


def test_a_ui_subscription_has_no_watch_table_and_polls_never() -> None:
    """Blank and 0 stand for what a UI Subscription has not."""
    subscription = a_subscription(event_name="UiEventType: PatientSelected", watch=None, every=None)

    shown = present(subscription, customer_key=CUSTOMER_KEY, zone=NEW_YORK)

    assert (shown["WatchTable"], shown["PollingSeconds"]) == ("", 0)
    assert shown["UiEventType"] == "PatientSelected"


def test_a_stop_is_shown_in_the_offices_time() -> None:
    """The clock of the summer half-year is four hours behind UTC."""
    subscription = a_subscription(stops_at=datetime(2022, 7, 1, 3, 59, 59, tzinfo=UTC))

    shown = present(subscription, customer_key=CUSTOMER_KEY, zone=NEW_YORK)

    assert shown["DateTimeStop"] == "2022-06-30 23:59:59"


def test_a_subscription_of_another_dialect_is_not_shown() -> None:
    """An Event that Open Dental does not have cannot be presented as one."""
    with pytest.raises(NotFoundError):
        present(a_subscription(event_name="appointment_created"), customer_key="", zone=NEW_YORK)
