"""``bitewing ui-event``: a workstation tells the running server what a person did."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.running import Said, Server, bitewing, configured, serving


def report(config: str, *arguments: str, environment: dict[str, str] | None = None) -> Said:
    """Say that patient 2 was selected at MOLLYR."""
    return bitewing(
        *("ui-event", "PatientSelected", "--pat-num", "2", "--workstation", "MOLLYR"),
        *("--config", config, *arguments),
        environment=environment,
    )


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A server with one listener for UI events."""
    with serving(configured(home)) as running:
        wish = {"EndPointUrl": "http://127.0.0.1:2097/", "UiEventType": "PatientSelected"}
        assert running.ask("POST", "/api/v1/subscriptions", wish)[0] == 201
        yield running
        assert running.end() == 0


def test_it_says_how_many_will_hear_of_it(home: Path, server: Server) -> None:
    """Once; the same patient again is no news. For machines there is --json."""
    config = configured(home)

    first = report(config, "--server", server.url)
    again = report(config, "--server", f"{server.url}/", "--json")

    assert first == Said(0, "PatientSelected: 1 to deliver.\n", "")
    assert (again.code, json.loads(again.out)) == (0, {"deliveries": 0})


def test_it_finds_the_server_by_the_same_file(home: Path) -> None:
    """[server] listen says where; a server that listens everywhere is reached here."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    config = configured(home, listen=f"0.0.0.0:{port}")
    with serving(config):
        said = report(config)

    assert said == Said(0, "PatientSelected: 0 to deliver.\n", "")


def test_a_proxy_in_the_environment_is_not_asked(home: Path, server: Server) -> None:
    """The keys are for our own server alone."""
    proxies = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

    said = report(configured(home), "--server", server.url, environment=proxies)

    assert said.code == 0


def test_what_the_server_refuses_is_said_in_its_words(home: Path, server: Server) -> None:
    """A wrong key, and a patient that there is not."""
    wrong = configured(home, customer_key="wrongWRONGwrong1")

    key = report(wrong, "--server", server.url)
    patient = report(configured(home), "--server", server.url, "--pat-num", "987654321")

    assert key == Said(
        1, "", "Error: The customer key is not valid, or not assigned to an office.\n"
    )
    assert patient == Said(1, "", "Error: Patient not found\n")


def test_a_server_that_is_down_is_named(home: Path) -> None:
    """And how to start it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"127.0.0.1:{probe.getsockname()[1]}"

    said = report(configured(home, listen=address))

    assert said.code == 1
    assert f"No server answers at http://{address}" in said.err
    assert "bitewing serve" in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\n<hi>",
        b'HTTP/1.1 400 No\r\nContent-Length: 4\r\n\r\n"no"',
        b"",
    ],
    ids=["no HTTP", "no JSON", "an error page", "no object", "nothing"],
)
def test_something_else_that_answers_is_no_accident(home: Path, answer: bytes) -> None:
    """A sentence, whatever listens there."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"http://127.0.0.1:{other.getsockname()[1]}"
        thread = threading.Thread(target=_answer_once, args=(other, answer))
        thread.start()

        said = report(configured(home), "--server", address)
        thread.join()

    assert said.code == 1
    assert said.err.startswith("Error: ") and address in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("change", "arguments", "expected"),
    [
        (("customer_keys", "# "), (), "must have [opendental] developer_keys and the source's"),
        (("", ""), ("--source", "branch"), "Name one practice with --source. Configured: main-of"),
        (("", ""), ("--server", "front:8700"), "--server must be http://host:port"),
    ],
)
def test_what_it_needs_and_lacks_is_named(
    home: Path, change: tuple[str, str], arguments: tuple[str, ...], expected: str
) -> None:
    """Before anything is sent."""
    path = Path(configured(home))
    path.write_text(path.read_text().replace(*change) if change[0] else path.read_text())

    said = report(str(path), *arguments)

    assert said.code == 1
    assert expected in said.err


def _answer_once(other: socket.socket, answer: bytes) -> None:
    connection, _ = other.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(answer)
