"""Laying an empty store down: its tables are made once a process, and copied from then on."""

import asyncio
import functools
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bitewing.stores.sqlite import SqliteStore


def laid(path: Path) -> str:
    """Give the path of a store that is there, or is from now on: an empty one."""
    if not path.exists():
        path.write_bytes(_empty())
    return str(path)


@functools.cache
def _empty() -> bytes:
    async def make(path: str) -> None:
        store = SqliteStore(path)
        await store.open()
        await store.close()

    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "store.db"
        # In a thread, since whoever asks may be in a loop already.
        with ThreadPoolExecutor(1) as aside:
            aside.submit(asyncio.run, make(str(path))).result()
        return path.read_bytes()
