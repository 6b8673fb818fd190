"""``bitewing ui-event``: a workstation reports what a person did, as Open Dental's program link."""

import json
import platform
import urllib.error
import urllib.request

import click

from bitewing.cli.hosting import fail
from bitewing.model.errors import BitewingError
from bitewing.settings import Settings, SourceSettings, load

_SECONDS = 10


@click.command("ui-event")
@click.argument("kind", type=click.Choice(["PatientSelected"]))
@click.option("--pat-num", type=click.IntRange(min=1), required=True, help="The patient's PatNum.")
@click.option("--workstation", default=platform.node, help="Default: this machine's name.")
@click.option("--config", type=click.Path(dir_okay=False), required=True, help="The TOML file.")
@click.option("--source", help="Which practice, if the file names several.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def ui_event(
    kind: str, pat_num: int, workstation: str, config: str, source: str | None, *, as_json: bool
) -> None:
    """Tell the running server that a patient was selected here."""
    try:
        settings = load(config)
        request = _request(settings, _chosen(settings, source), kind, pat_num, workstation)
    except BitewingError as error:
        raise fail(error) from None
    answer = _send(request, settings.server.listen)
    count = answer.get("deliveries", 0)
    click.echo(json.dumps(answer) if as_json else f"{kind}: {count} to deliver.")


def _chosen(settings: Settings, name: str | None) -> SourceSettings:
    sources = [source for _, source in settings.sources if name in (None, source.name)]
    if len(sources) != 1:
        known = ", ".join(source.name for _, source in settings.sources) or "none"
        raise click.ClickException(f"Name one practice with --source. Configured: {known}.")
    if not sources[0].customer_keys or not settings.opendental.developer_keys:
        raise click.ClickException(
            "The file must have [opendental] developer_keys and the source's customer_keys."
        )
    return sources[0]


def _request(
    settings: Settings, source: SourceSettings, kind: str, pat_num: int, workstation: str
) -> urllib.request.Request:
    developer = settings.opendental.developer_keys[0].get_secret_value()
    customer = source.customer_keys[0].get_secret_value()
    body = {"UiEventType": kind, "PatNum": pat_num, "Workstation": workstation}
    return urllib.request.Request(
        f"http://{settings.server.listen}/api/ui-events",
        data=json.dumps(body).encode(),
        headers={
            "Authorization": f"ODFHIR {developer}/{customer}",
            "Content-Type": "application/json",
        },
    )


def _send(request: urllib.request.Request, listen: str) -> dict[str, int]:
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - as above
            parsed: dict[str, int] = json.load(answer)
            return parsed
    except urllib.error.HTTPError as error:
        with error:
            problem = json.loads(error.read() or b"{}").get("error", {})
        raise click.ClickException(problem.get("message", f"HTTP {error.code}")) from None
    except OSError as error:
        raise click.ClickException(
            f"No server answers at {listen} ({error}). Start it with `bitewing serve`."
        ) from None
