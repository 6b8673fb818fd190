"""``bitewing ui-event``: a workstation reports what a person did, as Open Dental's program link."""

import json
import platform

import click

from bitewing.cli.asking import ask, authorization_of, base_of, chosen, load_settings


@click.command("ui-event")
@click.argument("kind", type=click.Choice(["PatientSelected"]))
@click.option("--pat-num", type=click.IntRange(min=1), required=True, help="The patient's PatNum.")
@click.option("--workstation", default=platform.node, help="Default: this machine's name.")
@click.option("--config", type=click.Path(dir_okay=False), required=True, help="The TOML file.")
@click.option("--source", help="Which practice, if the file names several.")
@click.option(
    "--server", help="http://host:port of the running server. Default: the file's [server] listen."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def ui_event(
    kind: str,
    *,
    pat_num: int,
    workstation: str,
    config: str,
    source: str | None,
    server: str | None,
    as_json: bool,
) -> None:
    """Tell the running server that a patient was selected here."""
    settings = load_settings(config)
    base = base_of(settings, server)
    practice = chosen(settings, source, hint="with --source")
    body = {"UiEventType": kind, "PatNum": pat_num, "Workstation": workstation}
    answer = ask(f"{base}/api/ui-events", authorization_of(settings, practice), body=body)
    count = answer.get("deliveries", 0)
    click.echo(json.dumps(answer) if as_json else f"{kind}: {count} to deliver.")
