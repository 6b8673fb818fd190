"""Telling: what commands say to whoever typed them, on streams that may be full or gone."""

import sys

import click


def say(text: str) -> None:
    """Tell whoever reads standard output; nobody has to."""
    try:
        click.echo(text)
    except OSError:
        # A full disk, or a pipe whose reader has left: at its end the interpreter would try
        # once more, and give that as the exit code.
        sys.stdout = None


def fail(error: Exception) -> click.ClickException:
    """Make an error of ours the command's one sentence on standard error, exit code 1."""
    return click.ClickException(str(error))


def let_go_of_broken_streams() -> None:
    """Leave what a full disk or a gone console does not take: it is no reason to end badly.

    The interpreter flushes both once more when it ends, and would make exit code 120 of it.
    """
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except (OSError, ValueError, AttributeError):
            setattr(sys, name, None)


def address_of(host: str, port: int) -> str:
    """Write an address as URLs have it: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
