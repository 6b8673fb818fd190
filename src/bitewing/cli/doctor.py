"""``bitewing doctor``: says in plain words what is wrong, and how to mend it."""

import asyncio
import dataclasses
import json
import os

import click

from bitewing.bootstrap import examine_all
from bitewing.cli.hosting import run_on_loop
from bitewing.model.errors import BitewingError
from bitewing.model.health import Finding, Light
from bitewing.settings import load

_SIGNS = {Light.GREEN: "ok  ", Light.STARTING: "note", Light.RED: "BAD "}


@click.command()
@click.option("--config", type=click.Path(dir_okay=False), required=True, help="The TOML file.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor(config: str, *, as_json: bool) -> None:
    """Examine the configuration, the practice databases, the store and the receivers."""
    raise SystemExit(run_on_loop(_examine(config, as_json=as_json)))


async def _examine(config: str, *, as_json: bool) -> int:
    try:
        settings = load(config)
        findings = [Finding(Light.GREEN, "configuration", f"{config} is well formed.")]
        async with asyncio.timeout(120):
            findings += await examine_all(settings, os.environ)
    except BitewingError as error:
        findings = [Finding(Light.RED, "configuration", str(error))]
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in findings], indent=2))
    else:
        for one in findings:
            click.echo(_line(one))
    is_bad = any(one.light is Light.RED for one in findings)
    if not as_json:
        click.echo("Something must be mended." if is_bad else "All is well.")
    return 1 if is_bad else 0


def _line(finding: Finding) -> str:
    mend = f"\n       → {finding.mend}" if finding.mend else ""
    return f"{_SIGNS[finding.light]} {finding.subject}: {finding.detail}{mend}"
