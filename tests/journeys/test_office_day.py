"""The office's day: what people do there arrives as the database has it, whatever happens to us."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from tests.journeys.conftest import MakePractice, MakeServer
from tests.journeys.office import READINGS, Office, busy
from tests.journeys.patience import until
from tests.journeys.receiving import Mood, Receiver
from tests.journeys.rig import Practice, Server

pytestmark = pytest.mark.live
SETTLE_SECONDS = 45.0


@pytest.fixture
def practice(make_practice: MakePractice, engine: str) -> Practice:
    """An office on each engine."""
    return make_practice(engine)


@pytest.fixture
def office(practice: Practice) -> Iterator[Office]:
    """Its front desk."""
    with Office(practice.office_url) as office:
        yield office


@pytest.fixture
def server(practice: Practice, make_server: MakeServer, receiver: Receiver) -> Server:
    """A ready server, and a receiver that has subscribed to every table."""
    server = make_server(practice)
    server.start_ready()
    for event_name in READINGS:
        server.subscribe(receiver.url(event_name.partition(": ")[2]), event_name)
    return server


def all_heard(office: Office, receiver: Receiver, since: str) -> Callable[[], bool]:
    return lambda: office.differences(receiver.ledger, since) == []


def wait_until_all_heard(office: Office, receiver: Receiver, since: str) -> None:
    until(
        all_heard(office, receiver, since),
        SETTLE_SECONDS,
        lambda: "\n".join(office.differences(receiver.ledger, since)[:10]),
    )


def is_busy(done: list[int], soon: int, receiver: Receiver, heard: int) -> bool:
    return done[0] > soon and len(receiver.ledger.taken()) > heard


def test_a_day_arrives_as_the_database_has_it(
    office: Office, server: Server, receiver: Receiver
) -> None:
    """Mrs. Ames books, moves and confirms; Mr. Bell cancels; papers, rooms and a tooth change.

    Each row's last image is what the database holds, the deletion is told with its history, and
    nothing is told twice.
    """
    since = office.now()

    ames = office.book(1, "2026-12-01 08:30:00", "prefers\r\nmornings")
    bell = office.book(2, "2026-12-01 09:30:00")
    office.do("UPDATE appointment SET AptDateTime = '2026-12-02 10:00:00' WHERE AptNum = %s", ames)
    until(lambda: {ames, bell} <= receiver.ledger.images("Appointment").keys())
    office.do("UPDATE appointment SET Confirmed = 21 WHERE AptNum = %s", ames)
    office.delete(bell)
    office.do("UPDATE patient SET LName = 'Ames-Ødegård', WirelessPhone = '5555550100' LIMIT 1")
    office.do("UPDATE patfield SET FieldValue = 'a “poster”\\nand \\\\' LIMIT 1")
    office.do("INSERT INTO patfield SET PatNum = 2, FieldName = 'Referred by', FieldValue = 'Ida'")
    office.do("UPDATE schedule SET Note = 'leaves early', StopTime = '15:00:00' LIMIT 1")
    office.do("UPDATE operatory SET OpName = 'Room \"Everest\"' LIMIT 1")
    office.do("UPDATE provider SET IsHidden = 1 LIMIT 1")
    office.do("UPDATE toothinitial SET InitialType = 6 LIMIT 1")
    wait_until_all_heard(office, receiver, since)

    ledger = receiver.ledger
    assert ledger.images("Appointment")[ames]["confirmed"] == "Appointment Confirmed"
    assert [gone["AptNum"] for gone in ledger.images("AppointmentDeleted").values()] == [bell]
    assert {arrival.event_name for arrival in ledger.taken()} == set(READINGS)
    assert ledger.repeats() == []
    assert ledger.told_twice() == []


def test_a_kill_in_a_busy_stretch_loses_nothing(
    practice: Practice, office: Office, server: Server, receiver: Receiver
) -> None:
    """The power goes, twice, while the office works at full speed; it comes back; all is there.

    What comes again is at most the one message a subscription that was under way.
    """
    since = office.now()

    with busy(practice.office_url, rate=60, seed=11) as done:
        for _ in range(2):
            soon, heard = done[0] + 60, len(receiver.ledger.taken())
            until(partial(is_busy, done, soon, receiver, heard))
            server.kill()
            server.start_ready()
        until(partial(is_busy, done, done[0] + 60, receiver, 0))
    wait_until_all_heard(office, receiver, since)

    assert receiver.ledger.images("AppointmentDeleted")
    assert len(receiver.ledger.repeats()) <= 2 * len(READINGS)


def test_a_receiver_that_was_off_hears_everything(
    office: Office, server: Server, receiver: Receiver
) -> None:
    """The receiver is off while thousands of rows change; then it fails for a while; then it hears.

    DateTimeStart stays where it was until all pages of the window are acknowledged.
    """
    [schedules] = [
        number for number, one in enumerate(READINGS, start=1) if one == "WatchTable: Schedule"
    ]

    def failures() -> int:
        attempts = server.journal("delivery.attempted")
        return sum(
            one["subscription"] == schedules and one["state"] == "exhausted" for one in attempts
        )

    receiver.off()
    since = office.now()
    office.do("UPDATE schedule SET Note = CONCAT(Note, ' (snow)')")
    patient = office.book(3, "2026-12-03 11:00:00")
    until(lambda: failures() >= 1)
    stood_at = server.starts_at(schedules)
    receiver.mood = Mood.FAILS
    receiver.on()
    office.do("UPDATE schedule SET Note = 'closed' LIMIT 1500")
    office.do("UPDATE appointment SET Note = 'snow' WHERE AptNum = %s", patient)
    until(lambda: failures() >= 3)

    assert server.starts_at(schedules) == stood_at
    receiver.mood = Mood.TAKES
    wait_until_all_heard(office, receiver, since)
    until(lambda: server.starts_at(schedules) > stood_at)
    sizes = [len(one.elements) for one in receiver.ledger.taken("Schedule")]
    assert max(sizes) == 1000
    assert len(receiver.ledger.images("Schedule")) == len(
        office.rows("WatchTable: Schedule", since)
    )
    assert receiver.ledger.repeats() == []
    assert receiver.ledger.told_twice() == []
