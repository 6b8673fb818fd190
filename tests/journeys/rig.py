"""The rig: ``bitewing`` as real processes, over practices that it may only read."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.journeys.patience import until

HOST = "127.0.0.1"
DEVELOPER_KEY = "NFF6i0KrXrxDkZHt"
CUSTOMER_KEY = "VzkmZEaUWOjnQX2z"
PASSWORD = "Tr0ub4dor-and-molar-3"
PASSWORD_ENV = "PRACTICE_DB_PASSWORD"
API_ENV = "OPENDENTAL_API_KEY"
READY_SECONDS = 60.0
END_SECONDS = 30.0


def free_port() -> int:
    with socket.socket() as found:
        found.bind((HOST, 0))
        return int(found.getsockname()[1])


@dataclass(frozen=True)
class Practice:
    """A practice database: how its office reaches it, and how bitewing does."""

    office_url: str
    url: str
    name: str = "main-office"
    password_env: str = PASSWORD_ENV
    customer_key: str = CUSTOMER_KEY
    time_zone: str = "America/New_York"
    writer: str = ""

    @property
    def configuration(self) -> str:
        password = f'password_env = "{self.password_env}"' if self.password_env else ""
        if self.writer:
            password += f'\nwriter = {{ url = "{self.writer}", authorization_env = "{API_ENV}" }}'
        return f"""
[[institutions]]
subdomain = "{self.name}"
name = "Bright Smiles"
[[institutions.sources]]
name = "{self.name}"
url = "{self.url}"
{password}
time_zone = "{self.time_zone}"
customer_keys = ["{self.customer_key}"]
"""


@dataclass(frozen=True)
class Answer:
    """What a request was answered."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Server:
    """``bitewing serve``; its output is kept over all its lives, on ``paper`` if that is given.

    ``further`` is put into its configuration as it is; ``program`` is the module that runs.
    """

    directory: Path
    practices: Sequence[Practice]
    environment: dict[str, str] = field(default_factory=lambda: {PASSWORD_ENV: PASSWORD})
    store: str = ""
    paper: Path | None = None
    further: str = ""
    port: int = field(default_factory=free_port)
    program: str = "bitewing"
    process: subprocess.Popen[bytes] | None = None

    @property
    def config(self) -> Path:
        """Write the configuration; give its path."""
        path = self.directory / "bitewing.toml"
        path.write_text(
            f"""
[server]
listen = "{HOST}:{self.port}"
[store]
url = "sqlite:///{self.store or self.directory / "bitewing.db"}"
[delivery]
https_only = false
allow_networks = ["127.0.0.0/8"]
[opendental]
developer_keys = ["{DEVELOPER_KEY}"]
{self.further}
"""
            + "".join(practice.configuration for practice in self.practices)
        )
        return path

    @property
    def output(self) -> str:
        """Give all that was ever said on standard output and standard error."""
        path = self.directory / "output"
        return path.read_text() if path.exists() else ""

    def start(self) -> None:
        """Start the process; it may not be ready yet, or ever."""
        command = [sys.executable, "-m", self.program, "serve", "--config", str(self.config)]
        with (self.paper or self.directory / "output").open("ab") as output:
            self.process = subprocess.Popen(
                command, env=surroundings(self.environment), stdout=output, stderr=output
            )

    def start_ready(self) -> None:
        """Start the process; return when every practice has been read once."""
        self.start()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until(
            lambda: self.is_over or self.readiness() == [],
            READY_SECONDS,
            lambda: (self.readiness(), self.output[-2000:]),
        )
        assert not self.is_over, self.output[-2000:]

    @property
    def is_over(self) -> bool:
        """Whether the process has ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def readiness(self) -> list[str] | None:
        """Give what ``/ready`` misses: nothing when it is; None if nobody answers."""
        try:
            answer = self.call("GET", "/ready")
        except (OSError, http.client.HTTPException):
            return None
        missing: list[str] = answer.json["missing"]
        assert answer.status == (503 if missing else 200)
        return missing

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(END_SECONDS)
        self.process = None

    def stop(self) -> int:
        """Ask it to end; give the exit code."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            return process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(END_SECONDS)
            raise

    def wait_for_end(self) -> int:
        """Wait until it ends by itself; give the exit code."""
        assert self.process is not None
        process, self.process = self.process, None
        return process.wait(END_SECONDS)

    def call(
        self, method: str, path: str, body: object = None, *, key: str = CUSTOMER_KEY
    ) -> Answer:
        """Make one request with that customer's keys."""
        headers = {
            "Authorization": f"ODFHIR {DEVELOPER_KEY}/{key}",
            "Content-Type": "application/json",
        }
        with contextlib.closing(http.client.HTTPConnection(HOST, self.port, timeout=30)) as line:
            line.request(method, path, None if body is None else json.dumps(body), headers)
            answer = line.getresponse()
            return Answer(answer.status, answer.read())

    def subscribe(
        self, url: str, event_name: str, *, key: str = CUSTOMER_KEY, **more: object
    ) -> int:
        """Subscribe, every second if it is to a table; give the SubscriptionNum."""
        family, _, name = event_name.partition(": ")
        pace = {"PollingSeconds": 1} if family == "WatchTable" else {}
        wish = {"EndPointUrl": url, family: name, **pace, **more}
        answer = self.call("POST", "/api/v1/subscriptions", wish, key=key)
        assert answer.status == 201, answer.body
        return int(answer.json["SubscriptionNum"])

    def starts_at(self, subscription: int) -> str:
        """Give a Subscription's DateTimeStart."""
        mine = self.call("GET", "/api/v1/subscriptions").json
        return next(
            str(one["DateTimeStart"]) for one in mine if one["SubscriptionNum"] == subscription
        )

    def journal(self, event: str) -> list[dict[str, Any]]:
        """Give the lines of the journal that tell of such an event."""
        lines = [line for line in self.output.splitlines() if f'"{event}"' in line]
        return [line for line in map(json.loads, lines) if line["event"] == event]


def run(*words: str, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of bitewing to its end."""
    return subprocess.run(
        [sys.executable, "-m", "bitewing", *words],
        env=surroundings(environment),
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def surroundings(environment: Mapping[str, str]) -> dict[str, str]:
    """Give a process's environment: this one's, without settings of anybody else."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("BITEWING_")}
    return {**own, "NO_COLOR": "1", **environment}
