"""A fresh store of every kind that bitewing has."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from tests.fakes.reception import FakeReception
from tests.stores.laying import laid
from tests.stores.samples import after_noon

from bitewing.ports.outbox import Reception
from bitewing.ports.store import Store
from bitewing.stores.sqlite import SqliteStore

Making = Callable[[Path, Reception | None], Store]
"""Makes a store in a directory, not yet open, that knows the reception."""

ADAPTERS: dict[str, Making] = {
    "sqlite": lambda directory, reception: SqliteStore(
        laid(directory / "store.db"), reception=reception
    ),
}


@pytest.fixture(params=sorted(ADAPTERS))
def make_receiving(request: pytest.FixtureRequest) -> Making:
    """Give what makes a store that may know a reception."""
    return ADAPTERS[request.param]


@pytest.fixture
def make_store(make_receiving: Making) -> Callable[[Path], Store]:
    """Give what makes a store in a directory, not yet open."""
    return lambda directory: make_receiving(directory, None)


@pytest.fixture
def reception() -> FakeReception:
    """Take over for a minute what goes to Endpoint 1."""
    return FakeReception(after_noon(60))


@pytest.fixture
async def receiving_store(
    make_receiving: Making, tmp_path: Path, reception: FakeReception
) -> AsyncIterator[Store]:
    """Give an empty, open store that knows the reception."""
    made = make_receiving(tmp_path, reception)
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def store(make_store: Callable[[Path], Store], tmp_path: Path) -> AsyncIterator[Store]:
    """Give an empty, open store."""
    made = make_store(tmp_path)
    await made.open()
    yield made
    await made.close()
