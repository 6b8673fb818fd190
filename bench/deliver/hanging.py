"""A receiver that takes every connection and every byte, and never answers."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator

from bench.rig import free_port


@contextlib.contextmanager
def hanging() -> Iterator[str]:
    """Run it as a process of its own; give its URL."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "bench.deliver.hanging", str(port)])
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=10)


class _Silent(asyncio.Protocol):
    """Says nothing."""


async def _listen(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Silent, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_listen(int(sys.argv[1])))
