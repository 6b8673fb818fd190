"""Every kind of practice that the suite is run against."""

from collections.abc import AsyncIterator

import pytest
from tests.fakes.source import FakeSource
from tests.sources.conformance.office import Office

OFFICES = [
    "fake_office",
    "sqlite_office",
    pytest.param("innodb_office", marks=pytest.mark.live),
    pytest.param("myisam_office", marks=pytest.mark.live),
]
"""Names of fixtures, each of which gives an Office that is not yet opened."""


class FakeOffice(FakeSource):
    """A FakeSource is its own practice."""

    @property
    def source(self) -> FakeSource:
        return self


@pytest.fixture
def fake_office() -> Office:
    """Give an empty practice in memory."""
    return FakeOffice()


@pytest.fixture(params=OFFICES)
async def practice(request: pytest.FixtureRequest) -> AsyncIterator[Office]:
    """Give an empty practice of each kind, opened."""
    office: Office = request.getfixturevalue(request.param)
    await office.source.open()
    yield office
    await office.source.close()
