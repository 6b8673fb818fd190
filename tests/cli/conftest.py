"""A small practice, made once, and a copy of it beside the configuration of every test."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bitewing.clock import SystemClock
from bitewing.practice.creating import create


@pytest.fixture(scope="session")
def made_practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the practice that all tests copy."""
    path: Path = tmp_path_factory.mktemp("practice") / "practice.db"
    zone = ZoneInfo("America/Phoenix")
    today = SystemClock().now().astimezone(zone).date()
    create(f"sqlite:///{path}", patients=12, seed=5, today=today, zone=zone)
    return path


@pytest.fixture
def home(made_practice: Path, tmp_path: Path) -> Path:
    """Give a directory with a practice in it."""
    shutil.copy(made_practice, tmp_path / "practice.db")
    return tmp_path
