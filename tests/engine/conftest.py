"""The engine over a real store in a fresh file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.engine.flow import Flow
from tests.stores.laying import laid

from bitewing.ports.store import Store
from bitewing.stores.sqlite import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Give an empty, open store."""
    made = SqliteStore(laid(tmp_path / "store.db"))
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def flow(store: Store) -> AsyncIterator[Flow]:
    """Give the engine over an empty practice, not yet read."""
    made = Flow(store)
    yield made
    made.crash()


@pytest.fixture
async def watching(flow: Flow) -> Flow:
    """Give the engine after the first reading of a practice with three appointments."""
    for number in (1, 2, 3):
        flow.source.insert("Appointment", number, note="old")
    flow.pass_time(60)
    await flow.read_first()
    flow.pass_time(60)
    return flow
