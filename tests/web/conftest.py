"""A small practice, made once, and the whole program over a copy of it for every test."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.web.office import ZONE, Office, open_office

from bitewing.clock import SystemClock
from bitewing.practice.creating import create


@pytest.fixture(scope="session")
def made_practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the practice that all tests copy."""
    path: Path = tmp_path_factory.mktemp("practice") / "practice.db"
    today = SystemClock().now().astimezone(ZONE).date()
    create(f"sqlite:///{path}", patients=30, seed=11, today=today, zone=ZONE)
    return path


@pytest.fixture
def practice(made_practice: Path, tmp_path: Path) -> Path:
    """Give this test a practice of its own."""
    return Path(shutil.copy(made_practice, tmp_path / "practice.db"))


@pytest.fixture
async def office(tmp_path: Path, practice: Path) -> AsyncIterator[Office]:
    """Build the program as it is configured by default."""
    async with open_office(tmp_path, practice) as opened:
        yield opened
