"""``bitewing practice``: a demo practice to watch, instead of a real one."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import click
from rich.progress import Progress as Bar

from bitewing.cli.practice_api import serve_api
from bitewing.cli.practice_options import (
    password_in,
    password_option,
    plain_errors,
    seed_option,
    url_option,
    zone_option,
)
from bitewing.clock import SystemClock
from bitewing.practice import creating, schema
from bitewing.practice.creating import Progress
from bitewing.practice.simulating.action import Action
from bitewing.practice.simulating.simulator import simulate as live


@click.group("practice")
def practice_commands() -> None:
    """Create a demo practice in Open Dental's tables, and let people work in it."""


practice_commands.add_command(serve_api)


@practice_commands.command("create")
@url_option
@click.option("--patients", type=click.IntRange(min=1), default=500, show_default=True)
@seed_option
@click.option(
    "--engine",
    type=click.Choice(creating.ENGINES, case_sensitive=False),
    default=creating.ENGINES[0],
    show_default=True,
    help="How MySQL keeps the tables; most real practices have MyISAM.",
)
@click.option(
    "--version", default=schema.LATEST, show_default=True, help="Whose tables, from 21.1."
)
@click.option("--replace", is_flag=True, help="Remove an Open Dental database that is there.")
@zone_option
@password_option
def create(
    *,
    url: str,
    patients: int,
    seed: int,
    engine: str,
    version: str,
    replace: bool,
    zone: ZoneInfo,
    password_env: str | None,
) -> None:
    """Create Open Dental's tables and fill them with a plausible office."""
    with plain_errors(), _shown_progress() as progress:
        creating.create(
            url,
            patients=patients,
            seed=seed,
            today=SystemClock().now().astimezone(zone).date(),
            engine=engine,
            version=version,
            zone=zone,
            password=password_in(password_env),
            replace=replace,
            progress=progress,
        )
    click.echo(f"The practice has {patients} patients.")


@practice_commands.command("simulate")
@url_option
@click.option("--rate", default=1.0, show_default=True, help="Actions a second.")
@click.option("--seconds", type=float, help="Stop after so long; without it, at Ctrl-C.")
@seed_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@zone_option
@password_option
def simulate(
    *,
    url: str,
    rate: float,
    seconds: float | None,
    seed: int,
    as_json: bool,
    zone: ZoneInfo,
    password_env: str | None,
) -> None:
    """Let people work in a practice: book, move, confirm, treat, cancel, delete."""
    done = 0
    try:
        with plain_errors():
            for action in live(
                url,
                rate=rate,
                seconds=seconds,
                seed=seed,
                clock=SystemClock().now,
                wait=threading.Event().wait,
                zone=zone,
                password=password_in(password_env),
            ):
                done += 1
                click.echo(_as_json(action) if as_json else _as_text(action))
    except KeyboardInterrupt:
        pass  # the usual end where no --seconds are given
    click.echo(f"{done} actions", err=True)


def _as_json(action: Action) -> str:
    return json.dumps(
        {
            "at": action.at.isoformat(timespec="milliseconds"),
            "kind": action.kind,
            "table": action.table,
            "number": action.number,
            "summary": action.summary,
        }
    )


def _as_text(action: Action) -> str:
    return f"{action.at:%H:%M:%S}  {action.summary}"


@contextmanager
def _shown_progress() -> Iterator[Progress]:
    """Show a bar to people, lines to files."""
    if not sys.stderr.isatty():
        yield lambda step, done, total: click.echo(f"{step} ({done}/{total})", err=True)
        return
    with Bar(transient=True) as bar:
        shown = bar.add_task("")
        yield lambda step, done, total: bar.update(
            shown, description=step, completed=done, total=total
        )
