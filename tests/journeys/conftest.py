"""What every journey may ask for: practices, servers over them, a receiver; and a clean end."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.journeys.receiving import Receiver
from tests.journeys.rig import CUSTOMER_KEY, DEVELOPER_KEY, PASSWORD, Practice, Server
from tests.practice.copying import put
from tests.servers.mariadb import MariaDB

TODAY = date(2026, 11, 2)
"""The rows that a practice begins with are older than this, so that all newer ones are ours."""
SECRETS = (CUSTOMER_KEY, DEVELOPER_KEY, PASSWORD)
MakePractice = Callable[..., Practice]
MakeServer = Callable[..., Server]


@pytest.fixture(params=["InnoDB", "MyISAM"])
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines that Open Dental runs on."""
    return str(request.param)


@pytest.fixture
def make_practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakePractice]:
    """Make practices, on the private MariaDB each with an account that may SELECT and no more.

    The server is started when the first practice needs it; one on SQLite is a file.
    """
    made: list[str] = []

    def make(engine: str = "InnoDB", *, patients: int = 12, **more: str) -> Practice:
        if engine == "SQLite":
            url = f"sqlite:///{tmp_path / 'practice.db'}"
            put(url, patients=patients, seed=7, today=TODAY)
            return Practice(url, url, password_env="", **more)
        mariadb: MariaDB = request.getfixturevalue("mariadb")
        practice = settle(mariadb, engine, patients=patients, **more)
        made.append(practice.office_url.rpartition("/")[2])
        return practice

    yield make
    for name in made:
        request.getfixturevalue("mariadb").drop_database(name)


def settle(server: MariaDB, engine: str, *, patients: int = 12, **more: str) -> Practice:
    """Make a practice on this server and an account that may only read it."""
    database = server.create_database()
    put(database.url, patients=patients, seed=7, today=TODAY, engine=engine)
    account = f"watch_{database.name}"
    server.create_account(account, PASSWORD, database=database.name)
    return Practice(database.url, server.url(database.name, account), **more)


@pytest.fixture
def make_server(tmp_path: Path) -> Iterator[MakeServer]:
    """Make servers; when the test is over each ends in good order, having kept its secrets."""
    made: list[Server] = []

    def make(*practices: Practice, **more: object) -> Server:
        directory = tmp_path / f"server-{len(made)}"
        directory.mkdir()
        made.append(Server(directory, practices, **more))  # type: ignore[arg-type] # a test's own words
        return made[-1]

    yield make
    codes = [server.stop() for server in made]
    for server in made:
        assert "Traceback" not in server.output
        assert [secret for secret in SECRETS if secret in server.output] == []
    assert codes == [0] * len(made)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes everything until it is told otherwise; no repeat is ever altered."""
    receiver = Receiver()
    receiver.on()
    yield receiver
    receiver.off()
    assert receiver.ledger.altered_repeats() == []
    assert receiver.ledger.gone_back() == []
    assert receiver.ledger.side_by_side == 0


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver of NexHealth's messages, of which several to one may be under way at once."""
    made = Receiver()
    made.on()
    yield made
    made.off()
    assert made.ledger.altered_repeats() == []
