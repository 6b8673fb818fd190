"""Commands: the demo keeps its books, and doctor tells the sick from the well."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.conftest import TODAY, MakePractice, MakeServer
from tests.journeys.patience import until
from tests.journeys.receiving import Receiver
from tests.journeys.rig import PASSWORD_ENV, Practice, Server, run, surroundings
from tests.servers.mariadb import MariaDB

from bitewing.practice.creating import create

DEMO_SECONDS = 60.0
DELIVERY = re.compile(r"^\d\d:\d\d:\d\d +\d+ ms  [A-Z]\w+ +\S.*$")
CHANGES = re.compile(
    r"^changes seen (\d+) = delivered (\d+) \+ waiting (\d+) \+ backing off (\d+) \+ failed (\d+)"
    r" \+ not subscribed (\d+)$"
)
MESSAGES = re.compile(
    r"^messages acknowledged (\d+), received (\d+) \((\d+) repeated\), with (\d+) records$"
)


class Demo:
    """``bitewing demo`` as a process, its lines read as they come."""

    def __init__(self, *words: str) -> None:
        self.lines: list[tuple[float, str]] = []
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bitewing", "demo", *words],
            env={**surroundings({}), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read)
        self._reading.start()

    @property
    def deliveries(self) -> list[float]:
        """Give after how many seconds each delivery was shown."""
        return [at for at, line in list(self.lines) if DELIVERY.match(line)]

    def end(self) -> list[str]:
        """Wait for its end; give its last two lines."""
        code = self.process.wait(DEMO_SECONDS)
        self._reading.join()
        said = [line for _, line in self.lines]
        assert code == 0, said
        assert "Traceback" not in "".join(said)
        return said[-2:]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reading.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append((time.monotonic() - self.began, line.rstrip("\n")))


@pytest.fixture
def demo(request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A demo, started with the words that the test names."""
    demo = Demo(*request.param)
    yield demo
    demo.close()


def check_books(changes: str, messages: str) -> None:
    """Add up the Ledger."""
    counted = CHANGES.match(changes)
    told = MESSAGES.match(messages)
    assert counted is not None, changes
    assert told is not None, messages
    seen, *places = map(int, counted.groups())
    acknowledged, received, repeated, records = map(int, told.groups())
    assert seen == sum(places) > 0
    assert places[1:] == [0, 0, 0, 0]
    assert acknowledged == received <= records
    assert repeated == 0


@pytest.mark.parametrize("demo", [("--seconds", "8")], indirect=True)
def test_the_demo_ends_by_itself_with_a_sound_ledger(demo: Demo) -> None:
    """Somebody tries it for eight seconds: what changed was delivered, to the last one.

    And it was shown as it went; how soon is for people to see, on a machine that is not busy.
    """
    last = demo.end()

    check_books(*last)
    assert demo.deliveries


@pytest.mark.parametrize("demo", [("--rate", "5")], indirect=True)
def test_ctrl_c_ends_the_demo_with_a_sound_ledger(demo: Demo) -> None:
    """Somebody has seen enough; the office stops, what is under way arrives, the books close."""
    until(lambda: len(demo.deliveries) > 5)
    demo.process.send_signal(signal.SIGINT)

    check_books(*demo.end())


@pytest.fixture
def mariadb_of_bogota(mariadb: MariaDB) -> Iterator[None]:
    """A server in a zone that never changes its clocks: five hours behind UTC."""
    mariadb.execute("SET GLOBAL time_zone = '-05:00'")
    yield
    mariadb.execute("SET GLOBAL time_zone = 'SYSTEM'")


@pytest.mark.live
@pytest.mark.usefixtures("mariadb_of_bogota")
def test_doctor_finds_a_healthy_setup_healthy(
    make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """Before the first start, while it runs, and with a receiver that listens: exit code 0."""
    server = make_server(make_practice(time_zone="America/Bogota"))
    before = examine(server)
    server.start_ready()
    server.subscribe(receiver.url("patients"), "WatchTable: Patient")
    during = examine(server)

    for told in (before, during):
        assert told.returncode == 0, told.stdout
        assert told.stdout.splitlines()[-1] == "All is well."
        assert "BAD" not in told.stdout
    assert "The account may only read." in before.stdout
    assert "store: A running bitewing has it." in during.stdout
    assert "receiver of subscription 1: It can be connected to." in during.stdout


@pytest.mark.live
@pytest.mark.usefixtures("mariadb_of_bogota")
def test_doctor_says_what_is_sick_and_how_to_mend_it(
    make_practice: MakePractice, make_server: MakeServer, receiver: Receiver
) -> None:
    """An account that may write, a zone that is wrong, a receiver that is off: 1, and why."""
    practice = make_practice()
    server = make_server(practice)
    server.start_ready()
    server.subscribe(receiver.url("patients"), "WatchTable: Patient")
    receiver.off()
    url = practice.office_url
    server.practices = [Practice(url, url, password_env="", time_zone="Asia/Tokyo")]

    told = examine(server)

    assert told.returncode == 1
    assert told.stdout.splitlines()[-1] == "Something must be mended."
    sick = [line for line in told.stdout.splitlines() if line.startswith("BAD")]
    assert any("The account may write" in line for line in sick)
    assert any("time zone: The server's wall clock is" in line for line in sick)
    assert any("receiver of subscription 1: It cannot be connected to" in line for line in sick)


def test_doctor_tells_of_everything_that_is_missing(tmp_path: Path) -> None:
    """No file, no password, no database, no right to the store: each is a sentence, never more."""
    url = f"sqlite:///{tmp_path / 'practice.db'}"
    create(url, patients=1, seed=1, today=TODAY)
    sound = Server(tmp_path, [Practice(url, url, password_env="")])
    missing = f"sqlite:///{tmp_path / 'nothing.db'}"
    unheard = "mysql://bitewing@127.0.0.1:1/opendental"
    told = {
        "no file": run("doctor", "--config", str(tmp_path / "none.toml"), environment={}),
        "sound": examine(sound),
        "no database": examine(Server(tmp_path, [Practice(missing, missing, password_env="")])),
        "no server": examine(Server(tmp_path, [Practice(unheard, unheard)])),
        "no password": examine(Server(tmp_path, [Practice(unheard, unheard)], environment={})),
        "no store": examine(Server(tmp_path, sound.practices, store=os.devnull + "/bitewing.db")),
    }

    assert {case: one.returncode for case, one in told.items() if one.returncode != 1} == {
        "sound": 0
    }
    assert [one.stderr for one in told.values()] == [""] * len(told)
    assert "none.toml cannot be read: No such file or directory." in told["no file"].stdout
    assert f"bitewing practice create --url {missing}" in told["no database"].stdout
    assert "127.0.0.1:1" in told["no server"].stdout
    assert PASSWORD_ENV in told["no password"].stdout
    assert "/dev/null/bitewing.db" in told["no store"].stdout


def examine(server: Server) -> subprocess.CompletedProcess[str]:
    """Run doctor over a server's configuration."""
    told = run("doctor", "--config", str(server.config), environment=server.environment)
    assert "Traceback" not in told.stdout + told.stderr
    return told
