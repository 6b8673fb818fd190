"""Starts and stops: from when to when a Subscription hears, and of whose practice."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.journeys.conftest import MakePractice, MakeServer
from tests.journeys.office import Office
from tests.journeys.patience import until
from tests.journeys.receiving import Receiver
from tests.journeys.rig import CUSTOMER_KEY, Practice

pytestmark = pytest.mark.live
APPOINTMENT = "WatchTable: Appointment"
OTHER_KEY = "Qm9yZWRUb2RheQ00"


@pytest.fixture
def practice(make_practice: MakePractice, engine: str) -> Practice:
    return make_practice(engine)


@pytest.fixture
def office(practice: Practice) -> Iterator[Office]:
    with Office(practice.office_url) as office:
        yield office


def ago(office: Office, **span: float) -> str:
    """Give a moment of the office's past."""
    return str(datetime.fromisoformat(office.now()) - timedelta(**span))


def test_a_start_in_the_past_brings_what_was_changed_since(
    practice: Practice, office: Office, make_server: MakeServer, receiver: Receiver
) -> None:
    """We are installed in the afternoon, and a receiver wants everything since noon.

    The first reading was silent, yet its rows come if they are stamped later than the start, each
    as it is now; older ones do not, and what changes from now on follows.
    """
    old = office.book(1, "2026-12-01 08:00:00")
    office.do("UPDATE appointment SET DateTStamp = %s WHERE AptNum = %s", ago(office, hours=5), old)
    noon = ago(office, hours=4)
    early = office.book(1, "2026-12-01 09:00:00")
    office.do(
        "UPDATE appointment SET DateTStamp = %s WHERE AptNum = %s", ago(office, hours=3), early
    )
    late = office.book(2, "2026-12-01 10:00:00")
    server = make_server(practice)
    server.start_ready()
    server.subscribe(receiver.url("since"), APPOINTMENT, DateTimeStart=noon)
    until(lambda: late in receiver.ledger.images(APPOINTMENT))
    new = office.book(3, "2026-12-01 11:00:00")
    until(lambda: new in receiver.ledger.images(APPOINTMENT))

    assert set(receiver.ledger.images(APPOINTMENT)) == {early, late, new}
    assert office.differences(receiver.ledger, noon) == []
    assert old not in receiver.ledger.images(APPOINTMENT)
    assert receiver.ledger.told_twice() == []


def test_a_stop_in_the_past_sends_nothing(
    practice: Practice, office: Office, make_server: MakeServer, receiver: Receiver
) -> None:
    """Of two Subscriptions the one that ended yesterday stays silent while the other hears."""
    server = make_server(practice)
    server.start_ready()
    server.subscribe(receiver.url("over"), APPOINTMENT, DateTimeStop=ago(office, days=1))
    server.subscribe(receiver.url("open"), APPOINTMENT)

    booked = [office.book(1, "2026-12-01 08:00:00")]
    until(lambda: booked[0] in receiver.ledger.images(APPOINTMENT))
    booked.append(office.book(2, "2026-12-01 09:00:00"))
    until(lambda: booked[1] in receiver.ledger.images(APPOINTMENT))

    assert {one.path for one in receiver.ledger.arrivals} == {"/open"}


def test_two_practices_in_one_server_never_hear_of_each_other(
    make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """Two offices have the same row numbers; each customer key gets its own office's rows alone.

    That holds for Events, for GET and for the list of Subscriptions.
    """
    here = make_practice("InnoDB", name="downtown")
    there = make_practice("MyISAM", name="uptown", customer_key=OTHER_KEY)
    server = make_server(here, there)
    server.start_ready()
    mine = server.subscribe(receiver.url("here"), APPOINTMENT)
    theirs = server.subscribe(receiver.url("there"), APPOINTMENT, key=OTHER_KEY)

    with Office(here.office_url) as downtown, Office(there.office_url) as uptown:
        booked = downtown.book(1, "2026-12-01 08:00:00", "downtown")
        assert booked == uptown.book(1, "2026-12-01 08:00:00", "uptown")
    until(lambda: {one.path for one in receiver.ledger.taken()} == {"/here", "/there"})

    told = {
        (one.path, one.headers["authorization"], element["Note"])
        for one in receiver.ledger.taken()
        for element in one.elements
    }
    assert told == {("/here", CUSTOMER_KEY, "downtown"), ("/there", OTHER_KEY, "uptown")}
    for key, note, number in ((CUSTOMER_KEY, "downtown", mine), (OTHER_KEY, "uptown", theirs)):
        row = server.call("GET", f"/api/v1/appointments/{booked}", key=key).json
        listed = server.call("GET", "/api/v1/subscriptions", key=key).json
        assert row["Note"] == note
        assert [one["SubscriptionNum"] for one in listed] == [number]
    assert server.call("DELETE", f"/api/v1/subscriptions/{theirs}").status == 404
