"""``--help``: every command says what it does."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from tests.cli.running import bitewing

from bitewing import __version__
from bitewing.cli.main import SUMMARIES, main


def commands(group: click.Group, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Give every command and subcommand as it is typed."""
    found: list[tuple[str, ...]] = []
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((*above, name))
        if isinstance(command, click.Group):
            found += commands(command, (*above, name))
    return found


def test_the_program_says_what_it_is_for_and_what_it_can_do() -> None:
    """``python -m bitewing`` equals ``bitewing``."""
    said = bitewing("--help")

    assert said.code == 0
    assert said.out.startswith("Usage: bitewing [OPTIONS] COMMAND")
    assert "deliver every change" in said.out
    for name in ("serve", "ui-event", "doctor", "demo", "practice"):
        assert f"\n  {name} " in said.out


def test_the_version_is_told() -> None:
    """In one line."""
    assert bitewing("--version").out == f"bitewing, version {__version__}\n"


@pytest.mark.parametrize("name", sorted(SUMMARIES))
def test_the_list_says_of_a_command_what_it_says_of_itself(name: str) -> None:
    """Without loading it: its own help begins with the sentence."""
    command = main.get_command(click.Context(main), name)

    assert command is not None
    assert (command.help or "").replace("\n", " ").startswith(SUMMARIES[name])


def test_asking_does_not_load_the_program() -> None:
    """Neither the faces nor the capture are needed to print the help or to ask the server."""
    code = (
        "import sys; import bitewing.cli.main, bitewing.cli.sources; "
        "sys.exit(any(name in sys.modules for name in ('fastapi', 'bitewing.bootstrap')))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("command", commands(main), ids=" ".join)
def test_every_command_says_what_it_does(command: tuple[str, ...]) -> None:
    """A sentence, and its options under their names."""
    result = CliRunner().invoke(main, [*command, "--help"])
    found: click.Command = main
    for name in command:
        assert isinstance(found, click.Group)
        below = found.get_command(click.Context(found), name)
        assert below is not None
        found = below

    assert result.exit_code == 0
    assert found.help and found.help.strip().endswith(".")
    for parameter in found.params:
        if isinstance(parameter, click.Option):
            assert parameter.opts[0] in result.output


def test_a_command_that_there_is_not_is_a_usage_error() -> None:
    """Exit code 2, as everywhere."""
    said = bitewing("sreve")

    assert said.code == 2
    assert "No such command 'sreve'" in said.err
