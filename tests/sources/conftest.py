"""Open Dental practices on every server that bitewing reads."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.servers.mariadb import Database, MariaDB
from tests.sources.opendental.office import DentalOffice, office_at, practice_at, reader_of

from bitewing.sources.opendental.watches import TABLES


@pytest.fixture
def sqlite_office(tmp_path: Path) -> Iterator[DentalOffice]:
    """Give an empty practice in a SQLite file."""
    with practice_at(f"sqlite:///{tmp_path / 'practice.db'}") as office:
        yield office


def _server_office(
    server: MariaDB, engine: str, kept: dict[str, Database]
) -> Iterator[DentalOffice]:
    """Make the tables once a worker, since that takes a second; empty them after the test."""
    if engine not in kept:
        kept[engine] = server.create_database()
        with practice_at(kept[engine].url, engine=engine):
            pass
    place = kept[engine]
    with office_at(place.url, reader=reader_of(server, place)) as office:
        yield office
        for table in TABLES:
            office.writer.run(f"DELETE FROM {table}")


@pytest.fixture(scope="session")
def kept_practices() -> dict[str, Database]:
    """Give the practices that are used by one test after another: engine → where."""
    return {}


@pytest.fixture
def innodb_office(mariadb: MariaDB, kept_practices: dict[str, Database]) -> Iterator[DentalOffice]:
    """Give an empty practice on MariaDB's InnoDB, read through an account of its own."""
    yield from _server_office(mariadb, "InnoDB", kept_practices)


@pytest.fixture
def myisam_office(mariadb: MariaDB, kept_practices: dict[str, Database]) -> Iterator[DentalOffice]:
    """Give an empty practice on MariaDB's MyISAM, read through an account of its own."""
    yield from _server_office(mariadb, "MyISAM", kept_practices)
