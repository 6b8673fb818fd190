"""Filled practices on every kind of database, each captured by a rig of its own."""

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.adversarial.rig import Rig
from tests.servers.mariadb import Database as Place, MariaDB
from tests.sources.opendental.office import NEW_YORK, PASSWORD
from tests.stores.laying import laid

from bitewing.practice import creating
from bitewing.practice.database import connect
from bitewing.sources.opendental.watches import TABLES
from bitewing.stores.sqlite import SqliteStore

PATIENTS = 8
SCHEDULES = 400
Templates = dict[str, str]


@pytest.fixture(scope="session")
def templates() -> Templates:
    """Keep the practices that are copied for each test: engine → name or file."""
    return {}


@pytest.fixture
def innodb(mariadb: MariaDB, templates: Templates, fresh_database: Callable[[], Place]) -> Place:
    """Give a filled practice on InnoDB."""
    return _server_practice("InnoDB", mariadb, templates, fresh_database())


@pytest.fixture
def myisam(mariadb: MariaDB, templates: Templates, fresh_database: Callable[[], Place]) -> Place:
    """Give a filled practice on MyISAM."""
    return _server_practice("MyISAM", mariadb, templates, fresh_database())


@pytest.fixture
def sqlite(templates: Templates, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Give a filled practice in a SQLite file."""
    if "SQLite" not in templates:
        templates["SQLite"] = str(tmp_path_factory.mktemp("template") / "practice.db")
        _fill(f"sqlite:///{templates['SQLite']}", "InnoDB")
    file = tmp_path / "practice.db"
    shutil.copy(templates["SQLite"], file)
    return Place("SQLite", f"sqlite:///{file}")


_SERVERS = [
    pytest.param("innodb", id="InnoDB", marks=pytest.mark.live),
    pytest.param("myisam", id="MyISAM", marks=pytest.mark.live),
]


@pytest.fixture(params=[pytest.param("sqlite", id="SQLite"), *_SERVERS])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on each kind of database; it has been read for the first time."""
    place: Place = request.getfixturevalue(request.param)
    async for made in _rigged(place, _reader_at(request, place), tmp_path):
        yield made


@pytest.fixture(params=_SERVERS)
async def server_rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on each engine of a MariaDB server."""
    place: Place = request.getfixturevalue(request.param)
    async for made in _rigged(place, _reader_at(request, place), tmp_path):
        yield made


@pytest.fixture
async def sqlite_rig(sqlite: Place, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice in a SQLite file."""
    async for made in _rigged(sqlite, sqlite.url, tmp_path):
        yield made


@pytest.fixture
async def innodb_rig(innodb: Place, mariadb: MariaDB, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on InnoDB; the account may only SELECT."""
    async for made in _rigged(innodb, reader_of(mariadb, innodb), tmp_path):
        yield made


@pytest.fixture
async def seeing_rig(innodb: Place, mariadb: MariaDB, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on InnoDB; the account also has the PROCESS right."""
    async for made in _rigged(innodb, reader_of(mariadb, innodb, sees=True), tmp_path):
        yield made


@pytest.fixture
async def myisam_rig(myisam: Place, mariadb: MariaDB, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on MyISAM; the account may only SELECT."""
    async for made in _rigged(myisam, reader_of(mariadb, myisam), tmp_path):
        yield made


@pytest.fixture
async def seeing_myisam_rig(myisam: Place, mariadb: MariaDB, tmp_path: Path) -> AsyncIterator[Rig]:
    """Capture a practice on MyISAM; the account also has the PROCESS right."""
    async for made in _rigged(myisam, reader_of(mariadb, myisam, sees=True), tmp_path):
        yield made


@pytest.fixture
async def new_york_rig(
    new_york: MariaDB, new_york_templates: Templates, tmp_path: Path
) -> AsyncIterator[Rig]:
    """Capture a practice on InnoDB, on a server that keeps New York's time."""
    empty = new_york.create_database()
    place = _server_practice("InnoDB", new_york, new_york_templates, empty)
    async for made in _rigged(place, reader_of(new_york, place), tmp_path):
        yield made


@pytest.fixture(scope="module")
def new_york_templates() -> Templates:
    """What has been filled once on that server."""
    return {}


@pytest.fixture(scope="module")
def new_york() -> Iterator[MariaDB]:
    """A server of its own whose wall clock is set forward in spring and back in autumn."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", NEW_YORK.key)
        server = MariaDB()
        server.start()
    yield server
    server.remove()


def reader_of(server: MariaDB, place: Place, *, sees: bool = False) -> str:
    """Make an account that may only read this database, or see who writes it too; give its URL."""
    name = f"reader_{place.name}"
    url = server.create_account(name, PASSWORD, database=place.name)
    if sees:
        server.execute(f"GRANT PROCESS ON *.* TO '{name}'@'%'")
    return url


def _reader_at(request: pytest.FixtureRequest, place: Place) -> str:
    if place.name == "SQLite":
        return place.url
    return reader_of(request.getfixturevalue("mariadb"), place)


async def _rigged(place: Place, reader: str, directory: Path) -> AsyncIterator[Rig]:
    store = SqliteStore(laid(directory / "store.db"))
    await store.open()
    with connect(place.url) as writer:
        if not writer.is_sqlite:
            writer.run("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        made = Rig(place.url, reader, writer, store)
        await made.start()
        yield made
        if made.ahead:
            await made.set_clock(0)
        await made.source.close()
    await store.close()


def _server_practice(engine: str, server: MariaDB, templates: Templates, place: Place) -> Place:
    if engine not in templates:
        template = server.create_database(f"template_{engine.lower()}")
        _fill(template.url, engine)
        templates[engine] = template.name
    with connect(place.url) as copy:
        for table in TABLES:
            copy.run(f"CREATE TABLE `{table}` LIKE `{templates[engine]}`.`{table}`")
            copy.run(f"INSERT INTO `{table}` SELECT * FROM `{templates[engine]}`.`{table}`")
    return place


def _fill(url: str, engine: str) -> None:
    """Fill a small practice whose rows are all some days old."""
    with connect(url, create=True) as database:
        day = "DATE('now', '-3 days')" if database.is_sqlite else "CURDATE() - INTERVAL 3 DAY"
        [(today,)] = database.rows(f"SELECT {day}")
    creating.create(
        url,
        patients=PATIENTS,
        seed=7,
        today=date.fromisoformat(today),
        engine=engine,
        zone=NEW_YORK,
    )
    with connect(url) as database:
        for table in ("schedule", "scheduleop"):  # most of the rows, and all of them alike
            database.run(f"DELETE FROM {table} WHERE ScheduleNum > {SCHEDULES}")
