"""A small practice, made once, and the whole program over a copy of it for every test."""

import asyncio
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


@pytest.fixture(scope="session")
def read_store(made_practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Let the program read that practice once; give the directory of its store."""
    directory: Path = tmp_path_factory.mktemp("read")
    shutil.copy(made_practice, directory / "practice.db")

    async def read() -> None:
        async with open_office(directory, directory / "practice.db") as opened:
            await opened.read()

    asyncio.run(read())
    return directory


@pytest.fixture
def read_practice(read_store: Path, practice: Path) -> Path:
    """Give this test a practice beside a store that knows all of it: its first reading is over."""
    for file in read_store.glob("bitewing*"):
        shutil.copy(file, practice.parent)
    return practice


@pytest.fixture
async def office(tmp_path: Path, read_practice: Path) -> AsyncIterator[Office]:
    """Build the program as it is configured by default; its first reading is over."""
    async with open_office(tmp_path, read_practice) as opened:
        yield opened


@pytest.fixture
async def new_office(tmp_path: Path, practice: Path) -> AsyncIterator[Office]:
    """Build it with a store that knows nothing yet."""
    async with open_office(tmp_path, practice) as opened:
        yield opened
