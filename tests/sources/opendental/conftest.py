"""Practices whose Source is closed after the test."""

from collections.abc import AsyncIterator, Callable

import pytest
from tests.servers.mariadb import Database, MariaDB
from tests.sources.opendental.office import DentalOffice, practice_at, reader_of

_SERVERS = [
    pytest.param("innodb_office", id="InnoDB", marks=pytest.mark.live),
    pytest.param("myisam_office", id="MyISAM", marks=pytest.mark.live),
]


@pytest.fixture(params=[pytest.param("sqlite_office", id="SQLite"), *_SERVERS])
async def office(request: pytest.FixtureRequest) -> AsyncIterator[DentalOffice]:
    """Give an empty practice on each kind of database."""
    office: DentalOffice = request.getfixturevalue(request.param)
    yield office
    await office.source.close()


@pytest.fixture(params=_SERVERS)
async def server_office(request: pytest.FixtureRequest) -> AsyncIterator[DentalOffice]:
    """Give an empty practice on each engine of a MariaDB server."""
    office: DentalOffice = request.getfixturevalue(request.param)
    yield office
    await office.source.close()


@pytest.fixture(
    params=[
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
async def own_office(
    request: pytest.FixtureRequest, mariadb: MariaDB, fresh_database: Callable[[], Database]
) -> AsyncIterator[DentalOffice]:
    """Give an empty practice on each engine, whose tables the test may alter."""
    place = fresh_database()
    reader = reader_of(mariadb, place)
    with practice_at(place.url, reader=reader, engine=request.param) as office:
        yield office
        await office.source.close()


@pytest.fixture
async def transactional_office(innodb_office: DentalOffice) -> AsyncIterator[DentalOffice]:
    """Give an empty practice whose engine has transactions."""
    yield innodb_office
    await innodb_office.source.close()


@pytest.fixture
async def locking_office(myisam_office: DentalOffice) -> AsyncIterator[DentalOffice]:
    """Give an empty practice whose engine locks whole tables."""
    yield myisam_office
    await myisam_office.source.close()


@pytest.fixture
async def file_office(sqlite_office: DentalOffice) -> AsyncIterator[DentalOffice]:
    """Give an empty practice in a SQLite file."""
    yield sqlite_office
    await sqlite_office.source.close()
