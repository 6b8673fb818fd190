"""An institution whose practice can be written into, and one whose cannot."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.sources.conformance.writing.practices import served
from tests.web.nexhealth.writes.booking import Desk
from tests.web.office import OTHER_API_KEY, ZONE, open_office


@pytest.fixture
async def desk(tmp_path: Path, read_practice: Path) -> AsyncIterator[Desk]:
    """The program beside the practice's own API; both are read, nothing runs by itself."""
    async with (
        served(f"sqlite:///{read_practice}", ZONE) as api,
        open_office(tmp_path, read_practice, writer=api.address) as office,
    ):
        await office.read()
        yield await Desk.of(office, api)


@pytest.fixture
async def unwritten(tmp_path: Path, read_practice: Path) -> AsyncIterator[Desk]:
    """An institution whose practice is only read."""
    async with (
        served(f"sqlite:///{read_practice}", ZONE) as api,
        open_office(tmp_path, read_practice) as office,
    ):
        await office.read()
        yield await Desk.of(office, api, OTHER_API_KEY, "dark-smiles")
