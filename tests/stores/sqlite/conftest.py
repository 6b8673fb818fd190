"""A fresh SQLite store."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bitewing.stores.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Give where the store is."""
    return str(tmp_path / "store.db")


@pytest.fixture
async def sqlite_store(path: str) -> AsyncIterator[SqliteStore]:
    """Give an empty, open store."""
    store = SqliteStore(path)
    await store.open()
    yield store
    await store.close()
