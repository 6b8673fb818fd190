"""``bitewing ui-event``: a workstation reports what a person did, as Open Dental's program link."""

import http.client
import json
import platform
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import click

from bitewing.cli.hosting import address_of, fail
from bitewing.model.errors import BitewingError
from bitewing.settings import ServerSettings, Settings, SourceSettings, load

_SECONDS = 10
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server may listen on


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
    try:
        settings = load(config)
    except BitewingError as error:
        raise fail(error) from None
    base = _checked(server) if server else _own(settings.server)
    body: dict[str, str | int] = {
        "UiEventType": kind,
        "PatNum": pat_num,
        "Workstation": workstation,
    }
    authorization = _authorization(settings, _chosen(settings, source))
    answer = _send(base, body, authorization)
    count = answer.get("deliveries", 0)
    click.echo(json.dumps(answer) if as_json else f"{kind}: {count} to deliver.")


def _checked(server: str) -> str:
    base = server.rstrip("/")
    if urllib.parse.urlsplit(base).scheme not in {"http", "https"}:
        raise click.ClickException("--server must be http://host:port, such as http://front:8700")
    return base


def _own(server: ServerSettings) -> str:
    """Give the address at which a server on this machine is reached."""
    return f"http://{address_of(_ANYWHERE.get(server.host, server.host), server.port)}"


def _chosen(settings: Settings, name: str | None) -> SourceSettings:
    sources = [source for _, source in settings.sources if name in (None, source.name)]
    if len(sources) != 1:
        known = ", ".join(source.name for _, source in settings.sources) or "none"
        raise click.ClickException(f"Name one practice with --source. Configured: {known}.")
    return sources[0]


def _authorization(settings: Settings, source: SourceSettings) -> str:
    if not source.customer_keys or not settings.opendental.developer_keys:
        raise click.ClickException(
            "The file must have [opendental] developer_keys and the source's customer_keys."
        )
    developer = settings.opendental.developer_keys[0].get_secret_value()
    return f"ODFHIR {developer}/{source.customer_keys[0].get_secret_value()}"


def _send(base: str, body: dict[str, str | int], authorization: str) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - http or https, checked
        f"{base}/api/ui-events",
        data=json.dumps(body).encode(),
        headers={"Authorization": authorization, "Content-Type": "application/json"},
    )
    # The keys are for our own server; a proxy that the environment names must not see them.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            return _object(answer.read(), base)
    except urllib.error.HTTPError as error:
        with error:
            problem = _object(error.read(), base).get("error", {})
        raise click.ClickException(problem.get("message", f"HTTP {error.code}")) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(
            f"No server answers at {base} ({reason}). Start it with `bitewing serve`."
        ) from None


def _object(body: bytes, base: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise click.ClickException(f"What answers at {base} is not bitewing.")
    return parsed
