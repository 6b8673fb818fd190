"""An empty database on each server that the demo practice may live on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.servers.mariadb import Database as Fresh


@dataclass(frozen=True)
class Home:
    """Where a practice may be made: a URL, and the engine that keeps its tables."""

    url: str
    engine: str


@pytest.fixture(
    params=[
        "SQLite",
        pytest.param("InnoDB", marks=pytest.mark.live),
        pytest.param("MyISAM", marks=pytest.mark.live),
    ]
)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Home:
    """Each kind of home in turn, empty."""
    if request.param == "SQLite":
        return Home(f"sqlite:///{tmp_path / 'practice.db'}", "InnoDB")
    make: Callable[[], Fresh] = request.getfixturevalue("fresh_database")
    return Home(make().url, request.param)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A SQLite home for what does not depend on the server."""
    return f"sqlite:///{tmp_path / 'other.db'}"
