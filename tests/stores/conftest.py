"""A fresh store of every kind that bitewing has."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bitewing.ports.store import Store
from bitewing.stores.sqlite import SqliteStore

ADAPTERS: dict[str, Callable[[Path], Store]] = {
    "sqlite": lambda directory: SqliteStore(str(directory / "store.db")),
}


@pytest.fixture(params=sorted(ADAPTERS))
def make_store(request: pytest.FixtureRequest) -> Callable[[Path], Store]:
    """Give what makes a store in a directory, not yet open."""
    return ADAPTERS[request.param]


@pytest.fixture
async def store(make_store: Callable[[Path], Store], tmp_path: Path) -> AsyncIterator[Store]:
    """Give an empty, open store."""
    made = make_store(tmp_path)
    await made.open()
    yield made
    await made.close()
