"""Every kind of practice that the suite writes into."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.practice.looking import copy
from tests.sources.conformance.writing.practices import FakePractice, Practice, served


@pytest.fixture(params=["fake", "SQLite", pytest.param("MariaDB", marks=pytest.mark.live)])
async def practice(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Practice]:
    """Give a practice with patients 1 to 25, providers 1 to 4 and rooms 1 to 4."""
    if request.param == "fake":
        yield FakePractice()
        return
    url = f"sqlite:///{tmp_path / 'practice.db'}"
    if request.param == "MariaDB":
        url = request.getfixturevalue("fresh_database")().url
    copy(url)
    async with served(url) as practice:
        yield practice
