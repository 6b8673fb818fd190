"""Running the command as people do: a process of its own, its words and its exit code."""

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DEVELOPER_KEY = "NFF6i0KrXrxDkZHt"
CUSTOMER_KEY = "VzkmZEaUWOjnQX2z"
PATIENCE_SECONDS = 40.0
PAUSE_SECONDS = 0.05

CONFIG = """
[server]
listen = "{listen}"

[store]
url = "sqlite:///{store}"

[delivery]
https_only = false
allow_networks = ["127.0.0.0/8"]

[opendental]
developer_keys = ["{developer_key}"]

[[institutions]]
subdomain = "bright-smiles"
name = "Bright Smiles Dental"

[[institutions.sources]]
name = "main-office"
url = "sqlite:///{practice}"
time_zone = "America/Phoenix"
customer_keys = ["{customer_key}"]
"""
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def bitewing(*arguments: str, environment: Mapping[str, str] | None = None) -> Said:
    """Run the command to its end."""
    done = subprocess.run(
        [sys.executable, "-m", "bitewing", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    return Said(done.returncode, done.stdout, done.stderr)


def configured(directory: Path, **places: str) -> str:
    """Write a configuration into the directory; give its path."""
    known = {
        "listen": "127.0.0.1:0",
        "store": str(directory / "bitewing.db"),
        "practice": str(directory / "practice.db"),
        "developer_key": DEVELOPER_KEY,
        "customer_key": CUSTOMER_KEY,
    }
    path = directory / f"bitewing-{len(list(directory.iterdir()))}.toml"
    path.write_text(CONFIG.format(**(known | places)), encoding="utf-8")
    return str(path)


@dataclass(frozen=True, slots=True)
class Server:
    """A running ``bitewing serve``."""

    process: subprocess.Popen[str]
    url: str
    journal: Path

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send a request with the keys; give status and parsed answer."""
        request = urllib.request.Request(  # noqa: S310 - http to the server that we started
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"ODFHIR {DEVELOPER_KEY}/{CUSTOMER_KEY}",
                "Content-Type": "application/json",
            },
        )
        try:
            with _OPENER.open(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")

    def until_ready(self) -> None:
        """Return when ``/ready`` answers 200."""
        try:
            patiently(lambda: self.ask("GET", "/ready")[0] == 200)
        except TimeoutError:
            raise TimeoutError(self.journal.read_text()) from None

    def end(self, kind: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; give the exit code."""
        self.process.send_signal(kind)
        return self.process.wait(PATIENCE_SECONDS)


def patiently(holds: Callable[[], bool]) -> None:
    """Return when it holds."""
    never = threading.Event()
    for _ in range(int(PATIENCE_SECONDS / PAUSE_SECONDS)):
        if holds():
            return
        never.wait(PAUSE_SECONDS)
    raise TimeoutError("it does not come to hold")


@contextmanager
def serving(config: str) -> Iterator[Server]:
    """Start ``bitewing serve`` and return when it says where it listens."""
    journal = Path(config).with_suffix(".log")
    with (
        journal.open("w") as err,
        subprocess.Popen(
            [sys.executable, "-m", "bitewing", "serve", "--config", config],
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert "bitewing listens on http://" in line, journal.read_text()
            yield Server(process, line.split()[-1], journal)
        finally:
            if process.poll() is None:
                process.kill()
