"""What every test may ask for: a private MariaDB and fresh databases on it."""

import gc
import os
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.servers.mariadb import Database, MariaDB, MariaDBMissingError

# How fast examples are made says how busy the machine is, and nothing about the code.
settings.register_profile("bitewing", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("bitewing")


# Nobody here is known to the authorities of this machine, and to read them takes a quarter of the
# time in which a program is built.
os.environ["SSL_CERT_FILE"] = os.environ["SSL_CERT_DIR"] = os.devnull


def pytest_collection_finish() -> None:
    """Spare the garbage collector what lives as long as the tests: everything that is there now."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDB]:
    """One private server per worker process; fails, never skips, where there is none."""
    server = MariaDB()
    try:
        server.start()
        yield server
    except MariaDBMissingError as error:
        pytest.fail(f'{error}, or leave such tests out with -m "not live"')
    finally:
        server.remove()


@pytest.fixture
def fresh_database(mariadb: MariaDB) -> Iterator[Callable[[], Database]]:
    """Make empty databases on the private server; they are dropped after the test."""
    made: list[Database] = []

    def make() -> Database:
        made.append(mariadb.create_database())
        return made[-1]

    yield make
    for database in made:
        mariadb.drop_database(database.name)
