"""``bitewing serve``: starts, says where it listens, becomes ready, and ends in good order."""

import json
import os
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.cli.running import PATIENCE_SECONDS, configured, patiently, serving

from bitewing.practice.database import connect


class SlowReceiver(HTTPServer):
    """Takes a Message at once and answers when it may."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.arrived = threading.Event()
        self.may_answer = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/events"


class _Answering(BaseHTTPRequestHandler):
    server: SlowReceiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.arrived.set()
        self.server.may_answer.wait(PATIENCE_SECONDS)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - theirs
        """Keep quiet."""


@pytest.fixture
def receiver() -> Iterator[SlowReceiver]:
    """A receiver on a thread of its own."""
    with SlowReceiver() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.may_answer.set()
        made.shutdown()
        thread.join()


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT], ids=lambda kind: kind.name)
def test_it_serves_until_it_is_told_to_stop(home: Path, kind: signal.Signals) -> None:
    """Exit code 0, and nothing on the way that looks like an accident."""
    with serving(configured(home)) as server:
        server.until_ready()
        health = server.ask("GET", "/health")

        code = server.end(kind)

    assert health == (200, {"status": "alive"})
    assert code == 0
    assert "Traceback" not in server.journal.read_text()


def test_the_journal_is_one_json_object_a_line(home: Path) -> None:
    """Where standard error is no terminal, machines read it."""
    with serving(configured(home)) as server:
        server.until_ready()
        server.end()

    lines = [json.loads(line) for line in server.journal.read_text().splitlines()]
    assert "first_reading.finished" in {line["event"] for line in lines}


def test_a_delivery_under_way_is_settled_before_the_end(home: Path, receiver: SlowReceiver) -> None:
    """SIGTERM while a receiver is at work: its answer still counts."""
    with serving(configured(home)) as server:
        server.until_ready()
        wish = {"EndPointUrl": receiver.url, "WatchTable": "Patient", "PollingSeconds": 1}
        assert server.ask("POST", "/api/v1/subscriptions", wish)[0] == 201
        with connect(f"sqlite:///{home / 'practice.db'}") as practice:
            practice.run("UPDATE patient SET Email = 'a@b.c' WHERE PatNum = 2")
        assert receiver.arrived.wait(PATIENCE_SECONDS)

        server.process.send_signal(signal.SIGTERM)
        _until_nobody_listens(server.url)
        receiver.may_answer.set()
        code = server.process.wait(PATIENCE_SECONDS)

    attempts = [line for line in server.journal.read_text().splitlines() if "attempted" in line]
    assert code == 0
    assert [json.loads(line)["state"] for line in attempts] == ["delivered"]


def test_a_caller_who_never_ends_a_request_does_not_keep_it(home: Path) -> None:
    """Half a request is given up after a few seconds."""
    with serving(configured(home)) as server:
        parts = urlsplit(server.url)
        with socket.create_connection((str(parts.hostname), parts.port or 0)) as caller:
            head = (
                "POST /api/v1/subscriptions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
                "Content-Type: application/json\r\n"
                "Authorization: ODFHIR NFF6i0KrXrxDkZHt/VzkmZEaUWOjnQX2z\r\n\r\n{"
            )
            caller.sendall(head.encode())
            server.ask("GET", "/health")  # answered after the half request has been begun

            code = server.end()

    assert code == 0
    assert "Traceback" not in server.journal.read_text()


def test_a_database_that_is_down_at_the_start_is_waited_for(home: Path) -> None:
    """It serves all the same, says why it is not ready, and needs no restart."""
    with serving(configured(home, practice=str(home / "later.db"))) as server:
        before = server.ask("GET", "/ready")
        patiently(lambda: "there is no such file" in server.journal.read_text())
        wish = {"EndPointUrl": "http://127.0.0.1:2097/", "WatchTable": "Patient"}
        created = server.ask("POST", "/api/v1/subscriptions", wish | {"PollingSeconds": 5})
        os.link(home / "practice.db", home / "later.db")
        server.until_ready()
        code = server.end()

    assert before[0] == 503
    assert "main-office" in before[1]["missing"][0]
    assert created[0] == 201
    assert code == 0


def test_what_was_read_is_remembered(home: Path) -> None:
    """A second start finds the store, its subscriptions and the first reading."""
    config = configured(home)
    with serving(config) as server:
        server.until_ready()
        wish = {"EndPointUrl": "http://127.0.0.1:2097/", "UiEventType": "PatientSelected"}
        server.ask("POST", "/api/v1/subscriptions", wish)
        server.end()

    shutil.copy(server.journal, home / "first.log")
    with serving(config) as server:
        server.until_ready()
        listed = server.ask("GET", "/api/v1/subscriptions")
        server.end()

    assert [one["SubscriptionNum"] for one in listed[1]] == [1]
    assert "first_reading.finished" not in server.journal.read_text()


def _until_nobody_listens(url: str) -> None:
    parts, never = urlsplit(url), threading.Event()
    for _ in range(200):
        try:
            socket.create_connection((str(parts.hostname), parts.port or 0)).close()
        except ConnectionRefusedError:
            return
        never.wait(0.05)
    raise TimeoutError("it still listens")
