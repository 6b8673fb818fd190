"""``bitewing sources``: how the practices are read, and what a person may do about it."""

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.cli.running import Said, Server, bitewing, configured, patiently, serving

from bitewing.practice.database import connect


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """A server that has read its practice."""
    with serving(configured(home)) as running:
        running.until_ready()
        yield running
        assert running.end() == 0


@pytest.fixture(scope="module")
def unmoved(
    made_practice: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Said]]:
    """Run ``bitewing sources`` against a server of which nobody gets what he asks for."""
    home: Path = tmp_path_factory.mktemp("unmoved")
    shutil.copy(made_practice, home / "practice.db")
    config = configured(home)
    with serving(config) as running:
        running.until_ready()
        rest = "--config", config, "--server", running.url
        yield lambda *arguments: bitewing("sources", *arguments, *rest)
        assert running.end() == 0


@pytest.fixture
def sources(home: Path, server: Server) -> Callable[..., Said]:
    """Run ``bitewing sources`` against the server."""
    config = configured(home)

    def run(*arguments: str) -> Said:
        return bitewing("sources", *arguments, "--config", config, "--server", server.url)

    return run


def events(server: Server) -> list[dict[str, Any]]:
    status, answer = server.ask("GET", "/api/sources/main-office/events")
    assert status == 200
    found: list[dict[str, Any]] = answer["events"]
    return found


def test_each_table_is_listed_with_its_level_and_delay(sources: Callable[..., Said]) -> None:
    """For people in lines, for machines as JSON."""
    said = sources("list")
    parsed = json.loads(sources("list", "--json").out)
    lines = said.out.splitlines()

    assert (said.code, lines[0]) == (0, "main-office: green")
    assert any(line.split()[0] == "Appointment" and "overlap poll" in line for line in lines)
    assert any("ScheduleOp" in line and "sweep only" in line for line in lines)
    assert [one["source"] for one in parsed["sources"]] == ["main-office"]
    assert len(parsed["sources"][0]["watches"]) == len(lines) - 1


def test_a_sweep_finds_what_no_poll_sees(
    home: Path, server: Server, sources: Callable[..., Said]
) -> None:
    """The row is gone; within moments everybody knows."""
    with connect(f"sqlite:///{home / 'practice.db'}") as practice:
        practice.run("DELETE FROM toothinitial WHERE rowid = 1")
    said = sources("sweep", "main-office")

    assert said == Said(0, "Sweep begins.\n", "")
    patiently(lambda: [one["kind"] for one in events(server)] == ["deleted"])


def test_held_deletions_are_shown_with_the_command_that_accepts_them(
    home: Path, server: Server, sources: Callable[..., Said]
) -> None:
    """Typing what the list says lets them be told."""
    with connect(f"sqlite:///{home / 'practice.db'}") as practice:
        [[rows]] = practice.rows("SELECT COUNT(*) FROM patfield")
        practice.run("DELETE FROM patfield")
    sources("sweep", "main-office")
    patiently(lambda: "red" in sources("list").out)
    shown = sources("list").out
    before = events(server)
    accepted = sources("sweep", "main-office", "--accept-deletions")

    assert "bitewing sources sweep main-office --accept-deletions" in shown
    assert (before, accepted.code) == ([], 0)
    patiently(lambda: len(events(server)) == rows)


def test_a_source_is_accepted_and_rewound(sources: Callable[..., Said]) -> None:
    """Said in a word, or answered as JSON."""
    accepted = sources("accept", "main-office")
    rewound = sources("rewind", "main-office", "--to", "2020-01-01T08:00:00")
    parsed = json.loads(sources("rewind", "main-office", "--to", "2019-01-01", "--json").out)

    assert accepted == Said(0, "Accepted.\n", "")
    assert rewound == Said(0, "Rewound.\n", "")
    assert parsed["source"] == "main-office"
    assert "Patient" in parsed["rewound"]


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("sweep", "branch"), 1, "Configured: main-office."),
        (("accept", "branch"), 1, "Configured: main-office."),
        (("rewind", "branch", "--to", "2026-01-01"), 1, "Configured: main-office."),
        (("rewind", "main-office", "--to", "1970-01-01"), 1, "1970"),
        (("rewind", "main-office", "--to", "0001-01-01"), 1, "1970"),
        (("rewind", "main-office", "--to", "yesterday"), 2, "yesterday"),
        (("rewind", "main-office"), 2, "--to"),
        (("sweep",), 2, "NAME"),
    ],
)
def test_what_is_wrong_is_said(
    unmoved: Callable[..., Said], arguments: tuple[str, ...], code: int, expected: str
) -> None:
    """A sentence, and no traceback."""
    said = unmoved(*arguments)

    assert said.code == code
    assert expected in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments", [("list",), ("sweep", "main-office"), ("accept", "main-office")]
)
def test_a_server_that_is_down_is_named(home: Path, arguments: tuple[str, ...]) -> None:
    """And how to start it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    said = bitewing("sources", *arguments, "--config", configured(home, listen=address))

    assert said.code == 1
    assert f"No server answers at http://{address}" in said.err
    assert "bitewing serve" in said.err
