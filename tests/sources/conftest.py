"""Open Dental practices on every server that bitewing reads."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.servers.mariadb import Database, MariaDB
from tests.sources.opendental.office import DentalOffice, practice_at, reader_of


@pytest.fixture
def sqlite_office(tmp_path: Path) -> Iterator[DentalOffice]:
    """Give an empty practice in a SQLite file."""
    with practice_at(f"sqlite:///{tmp_path / 'practice.db'}") as office:
        yield office


@pytest.fixture
def innodb_office(
    mariadb: MariaDB, fresh_database: Callable[[], Database]
) -> Iterator[DentalOffice]:
    """Give an empty practice on MariaDB's InnoDB, read through an account of its own."""
    place = fresh_database()
    with practice_at(place.url, reader=reader_of(mariadb, place), engine="InnoDB") as office:
        yield office


@pytest.fixture
def myisam_office(
    mariadb: MariaDB, fresh_database: Callable[[], Database]
) -> Iterator[DentalOffice]:
    """Give an empty practice on MariaDB's MyISAM, read through an account of its own."""
    place = fresh_database()
    with practice_at(place.url, reader=reader_of(mariadb, place), engine="MyISAM") as office:
        yield office
