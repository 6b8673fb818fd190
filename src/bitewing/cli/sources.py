"""``bitewing sources``: how the practice databases are read, and what a person may do about it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from bitewing.cli.asking import ask, authorization_of, base_of, chosen, load_settings

_Command = Callable[..., None]


def _options(command: _Command) -> _Command:
    """Add what all of these commands take."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON."),
        click.option("--server", help="http://host:port of the running server."),
        click.option(
            "--config", type=click.Path(dir_okay=False), required=True, help="The TOML file."
        ),
    ):
        command = option(command)
    return command


@click.group("sources")
def sources() -> None:
    """Look after the practice databases of a running server."""


@sources.command("list")
@_options
def list_sources(config: str, *, server: str | None, as_json: bool) -> None:
    """Show each source: its light, its tables, and how late a change may be noticed."""
    settings = load_settings(config)
    base = base_of(settings, server)
    answers = [
        one
        for _, source in settings.sources
        for one in ask(f"{base}/api/sources", authorization_of(settings, source))["sources"]
    ]
    if as_json:
        click.echo(json.dumps({"sources": answers}))
        return
    for one in answers:
        click.echo(f"{one['source']}: {one['light']}{': ' if one['detail'] else ''}{one['detail']}")
        for watch in one["watches"]:
            click.echo(
                f"  {watch['watch']:<20} {watch['level']:<36} noticed within "
                f"{watch['delay_seconds']:.1f} s, everything within {watch['sweep_seconds']:.0f} s"
            )


@sources.command()
@click.argument("name")
@click.option(
    "--accept-deletions", is_flag=True, help="Believe that all rows that are gone were deleted."
)
@_options
def sweep(
    name: str, *, accept_deletions: bool, config: str, server: str | None, as_json: bool
) -> None:
    """Compare every row of a source with what is known, now."""
    body = {"accept_deletions": accept_deletions}
    _post(name, "sweep", body, config=config, server=server, as_json=as_json, said="Sweep begins.")


@sources.command()
@click.argument("name")
@_options
def accept(name: str, *, config: str, server: str | None, as_json: bool) -> None:
    """Believe that the database that is there now is the right one."""
    _post(name, "accept", {}, config=config, server=server, as_json=as_json, said="Accepted.")


@sources.command()
@click.argument("name")
@click.option(
    "--to", type=click.DateTime(), required=True, help="This machine's time: 2026-03-01T08:00:00."
)
@_options
def rewind(name: str, *, to: datetime, config: str, server: str | None, as_json: bool) -> None:
    """Let the next poll look back to a moment; what is known already is not announced again."""
    try:
        moment = to.astimezone().isoformat()
    except (OverflowError, ValueError, OSError):
        raise click.ClickException("--to must be 1970 or later, and no later than now.") from None
    body = {"to": moment}
    _post(name, "rewind", body, config=config, server=server, as_json=as_json, said="Rewound.")


def _post(
    name: str,
    deed: str,
    body: dict[str, Any],
    *,
    config: str,
    server: str | None,
    as_json: bool,
    said: str,
) -> None:
    settings = load_settings(config)
    source = chosen(settings, name, hint="that is in the file")
    url = f"{base_of(settings, server)}/api/sources/{source.name}/{deed}"
    answer = ask(url, authorization_of(settings, source), body=body)
    click.echo(json.dumps(answer) if as_json else said)
