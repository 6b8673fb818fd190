"""The practice commands create and simulate, and fail in one sentence."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bitewing.cli.practice import practice_commands
from bitewing.practice.database import connect


def run(*arguments: str, environment: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(practice_commands, arguments, env=environment)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Where a practice may be made."""
    return f"sqlite:///{tmp_path / 'practice.db'}"


def test_create_makes_a_practice(url: str) -> None:
    """The practice is there, and progress was told line by line."""
    result = run("create", "--url", url, "--patients", "12", "--seed", "4")

    assert result.exit_code == 0
    assert result.stdout == "The practice has 12 patients.\n"
    assert "appointments (4/8)" in result.stderr
    with connect(url) as database:
        assert database.rows("SELECT COUNT(*) FROM patient") == [(12,)]


def test_create_refuses_what_is_there_in_one_sentence(url: str) -> None:
    """A second creation fails with code 1 and one line, and --replace allows it."""
    run("create", "--url", url, "--patients", "2")

    refused = run("create", "--url", url, "--patients", "3")
    replaced = run("create", "--url", url, "--patients", "3", "--replace")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("Error: The database already holds")
    assert refused.stderr.count("\n") == 1
    assert replaced.exit_code == 0


def test_simulate_prints_an_object_an_action(url: str) -> None:
    """With --json every line is an object with when, what and which row."""
    run("create", "--url", url, "--patients", "10")

    result = run("simulate", "--url", url, "--rate", "200", "--seconds", "0.5", "--json")

    actions = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert actions
    assert set(actions[0]) == {"at", "kind", "table", "number", "summary"}


def test_a_password_comes_from_the_environment_and_is_never_shown() -> None:
    """A server that cannot be reached is named; its password is not."""
    result = run(
        *("simulate", "--url", "mysql://root@127.0.0.1:1/x", "--password-env", "SECRET"),
        environment={"SECRET": "hunter2"},
    )

    assert result.exit_code == 1
    assert "127.0.0.1" in result.stderr
    assert "hunter2" not in result.output


def test_a_missing_password_variable_is_named(url: str) -> None:
    """A variable that is not set is an error of its own."""
    result = run("create", "--url", url, "--password-env", "NOT_SET_ANYWHERE")

    assert result.exit_code == 1
    assert "NOT_SET_ANYWHERE is not set" in result.stderr


def test_an_unknown_time_zone_is_refused(url: str) -> None:
    """Only zones of the IANA list are taken."""
    result = run("create", "--url", url, "--time-zone", "Mars/Olympus")

    assert result.exit_code == 2
    assert "not a time zone" in result.stderr
