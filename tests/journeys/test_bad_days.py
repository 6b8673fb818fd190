"""Bad days: the database is not there, goes away, or lets nobody in; nothing is lost by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.conftest import MakePractice, MakeServer, settle
from tests.journeys.office import Office
from tests.journeys.patience import until
from tests.journeys.receiving import Receiver
from tests.journeys.rig import PASSWORD, PASSWORD_ENV
from tests.servers.mariadb import MariaDB

pytestmark = pytest.mark.live
FULL = Path("/dev/full")
DOWN_KEY = "RG93bnRvd25LZXk4"
APPOINTMENT = "WatchTable: Appointment"


@pytest.fixture
def own_mariadb() -> Iterator[MariaDB]:
    """A server that this test alone may kill."""
    server = MariaDB()
    server.start()
    yield server
    server.remove()


def test_a_database_that_is_down_at_the_start(
    own_mariadb: MariaDB, make_server: MakeServer, receiver: Receiver
) -> None:
    """The office's server is started later than we are: we say so, and begin when it is there."""
    practice = settle(own_mariadb, "InnoDB")
    server = make_server(practice)
    own_mariadb.stop()
    server.start()
    until(lambda: server.journal("source.failed"))
    assert server.call("GET", "/health").status == 200
    [reason] = server.readiness() or []
    assert f"127.0.0.1:{own_mariadb.port}" in reason
    assert reason.endswith("Is the server running, and is the address right?")

    own_mariadb.start()
    server.wait_until_ready()
    server.subscribe(receiver.url("appointments"), APPOINTMENT)
    with Office(practice.office_url) as office:
        booked = office.book(1, "2026-12-01 08:00:00")
    until(lambda: booked in receiver.ledger.images(APPOINTMENT))
    assert len(server.journal("source.recovered")) == 1


def test_a_database_that_is_killed_in_the_middle_of_the_day(
    own_mariadb: MariaDB, make_server: MakeServer, receiver: Receiver
) -> None:
    """The office's server loses power, and comes back.

    What was committed before, after, and just before anybody could read it, arrives once.
    """
    practice = settle(own_mariadb, "InnoDB")
    server = make_server(practice)
    server.start_ready()
    server.subscribe(receiver.url("appointments"), APPOINTMENT)
    with Office(practice.office_url) as office:
        since = office.now()
        book_an_hour(office, 8)
        until(lambda: receiver.ledger.images(APPOINTMENT))
        book_an_hour(office, 9)
    own_mariadb.kill()
    until(lambda: server.journal("source.failed"))
    own_mariadb.start()
    with Office(practice.office_url) as office:
        book_an_hour(office, 10)
        until(lambda: len(receiver.ledger.images(APPOINTMENT)) == 180)
        assert office.differences(receiver.ledger, since) == []
    assert receiver.ledger.told_twice() == []
    assert server.readiness() == []


def book_an_hour(office: Office, hour: int) -> None:
    """Book as fast as a person with a script can, so that some of it was never read."""
    for minute in range(60):
        office.book(1, f"2026-12-01 {hour:02}:{minute:02}:00")


def test_a_practice_that_is_down_silences_no_other(
    own_mariadb: MariaDB,
    make_practice: MakePractice,
    make_server: MakeServer,
    receiver: Receiver,
) -> None:
    """Of two offices one has lost its server; the other hears as ever, and so does our caller.

    A row that cannot be read back just now is an error that says so, without a word of the other.
    """
    down = settle(own_mariadb, "InnoDB", name="downtown", customer_key=DOWN_KEY)
    practice = make_practice()
    server = make_server(practice, down)
    server.start_ready()
    server.subscribe(receiver.url("up"), APPOINTMENT)
    server.subscribe(receiver.url("down"), APPOINTMENT, key=DOWN_KEY)
    own_mariadb.kill()
    until(lambda: server.journal("source.failed"))

    with Office(practice.office_url) as office:
        booked = office.book(1, "2026-12-01 08:00:00")
    until(lambda: booked in receiver.ledger.images(APPOINTMENT))

    unread = server.call("GET", "/api/v1/appointments/1", key=DOWN_KEY)
    assert unread.status in {503, 504}
    assert "main-office" not in unread.body.decode()
    assert server.call("GET", f"/api/v1/appointments/{booked}").json["AptNum"] == booked
    assert {one.path for one in receiver.ledger.arrivals} == {"/up"}
    assert [one["source"] for one in server.journal("source.failed")] == ["downtown"]


def test_a_wrong_password_is_named_and_mended_by_a_restart(
    make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """The password is wrong: we say which account and where to look, and go on trying.

    It is an environment variable, so only a restart can correct it; then the day goes on, and a
    Subscription made meanwhile hears of it.
    """
    server = make_server(make_practice(), environment={PASSWORD_ENV: "not the password"})
    server.start()
    until(lambda: server.journal("source.failed"))
    [reason] = server.readiness() or []
    assert "Access denied for user" in reason
    assert reason.endswith(
        "The server refuses the account or its password; check the url and password_env."
    )
    server.subscribe(receiver.url("appointments"), APPOINTMENT)
    assert server.stop() == 0

    server.environment = {PASSWORD_ENV: PASSWORD}
    server.start_ready()
    with Office(server.practices[0].office_url) as office:
        booked = office.book(1, "2026-12-01 08:00:00")

    until(lambda: booked in receiver.ledger.images(APPOINTMENT))


@pytest.mark.skipif(not FULL.exists(), reason="there is no file here that is always full")
def test_a_full_disk_below_the_journal_stops_nothing(
    make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """What we say goes to a file on a disk that is full: we work on without a word."""
    practice = make_practice()
    server = make_server(practice, paper=FULL)
    server.start_ready()
    server.subscribe(receiver.url("appointments"), APPOINTMENT)

    with Office(practice.office_url) as office:
        booked = office.book(1, "2026-12-01 08:00:00")

    until(lambda: booked in receiver.ledger.images(APPOINTMENT))


def test_an_account_that_loses_a_right_delays_and_loses_nothing(
    mariadb: MariaDB, make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """Somebody revokes the account's rights in the middle of the day, and grants them again."""
    practice = make_practice()
    server = make_server(practice)
    server.start_ready()
    server.subscribe(receiver.url("appointments"), APPOINTMENT)
    name = practice.office_url.rpartition("/")[2]

    mariadb.execute(f"REVOKE SELECT ON `{name}`.* FROM 'watch_{name}'@'%'")
    # A connection that is open keeps what it was once allowed.
    mariadb.execute(f"KILL USER 'watch_{name}'@'%'")
    until(lambda: "Grant the account SELECT" in str(server.journal("source.failed")))
    with Office(practice.office_url) as office:
        since = office.now()
        booked = office.book(1, "2026-12-01 08:00:00")
        mariadb.execute(f"GRANT SELECT ON `{name}`.* TO 'watch_{name}'@'%'")
        until(lambda: booked in receiver.ledger.images(APPOINTMENT))

        assert office.differences(receiver.ledger, since) == []
