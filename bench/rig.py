"""The rig: a real server process, a receiver in this one, and a ledger that must add up."""

import asyncio
import contextlib
import json
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers.mariadb import MariaDB

AUTHORIZATION = "ODFHIR NFF6i0KrXrxDkZHt/VzkmZEaUWOjnQX2z"
READY_SECONDS = 120.0


def machine() -> str:
    """Say on what this was measured."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "unknown processor",
    )
    return f"{model}, {os.cpu_count()} cores, Linux, CPython {platform.python_version()}"


def percentiles(values: Sequence[float]) -> str:
    """Give p50, p99 and the worst, in milliseconds."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered):7.1f}  p99 {p99:7.1f}  max {ordered[-1]:7.1f} ms"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Server:
    """`bitewing serve` as a process of its own."""

    url: str
    directory: Path
    version: str = "24.4.30"
    ready_seconds: float = READY_SECONDS
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        config = self.directory / "bitewing.toml"
        config.write_text(
            f"""
[server]
listen = "127.0.0.1:{self.port}"
[store]
url = "sqlite:///{self.directory}/bitewing.db"
[delivery]
https_only = false
allow_networks = ["127.0.0.0/8"]
[opendental]
developer_keys = ["NFF6i0KrXrxDkZHt"]
version = "{self.version}"
[[institutions]]
subdomain = "bench"
name = "Bench"
[[institutions.sources]]
name = "bench"
url = "{self.url}"
time_zone = "America/New_York"
customer_keys = ["VzkmZEaUWOjnQX2z"]
"""
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bitewing", "serve", "--config", str(config)],
            stdout=subprocess.DEVNULL,
            stderr=(self.directory / "journal").open("ab"),
        )
        self._wait_until_ready()

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=30)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)

    @property
    def peak_megabytes(self) -> float:
        """The most memory that the process has had so far."""
        if self._process is None:
            return 0.0
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if "VmHWM" in line)
        return int(kilobytes) / 1024

    def post(self, path: str, body: dict[str, object]) -> None:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Authorization": AUTHORIZATION, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310 - as above
            pass

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self.ready_seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ready", timeout=5).close()
                return
            time.sleep(0.1)
        raise RuntimeError((self.directory / "journal").read_text()[-2000:])


@contextlib.contextmanager
def serving(url: str) -> Iterator[Server]:
    """Run a server over this practice database."""
    with tempfile.TemporaryDirectory(prefix="bitewing-bench-") as directory:
        server = Server(url, Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextlib.contextmanager
def mariadb(options: Sequence[str] = ()) -> Iterator[MariaDB]:
    """Run a private MariaDB."""
    server = MariaDB(options)
    server.start()
    try:
        yield server
    finally:
        server.remove()


async def until(holds: asyncio.Event, seconds: float) -> None:
    """Wait, but not for ever."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await holds.wait()


def close_ledger(*, sent: int, delivered: int, waiting: int, failed: int) -> None:
    """Void the run if something is missing or was there twice."""
    line = f"ledger: sent {sent} = delivered {delivered} + waiting {waiting} + failed {failed}"
    if sent != delivered + waiting + failed:
        raise SystemExit(f"{line}   VOID")
    print(line)
