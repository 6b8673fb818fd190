"""Asking: how a command asks the running server, in the name of a configured practice."""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import click

from bitewing.cli.telling import address_of, fail
from bitewing.model.errors import BitewingError
from bitewing.settings import Settings, load
from bitewing.settings.practices import SourceSettings
from bitewing.settings.sections import ServerSettings

_SECONDS = 10
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server may listen on


def load_settings(config: str) -> Settings:
    """Read the file, or end with the sentence that says what is wrong with it."""
    try:
        return load(config)
    except BitewingError as error:
        raise fail(error) from None


def base_of(settings: Settings, server: str | None) -> str:
    """Give where the server is: as named on the command line, or as configured."""
    if server is None:
        return _own(settings.server)
    base = server.rstrip("/")
    if urllib.parse.urlsplit(base).scheme not in {"http", "https"}:
        raise click.ClickException("--server must be http://host:port, such as http://front:8700")
    return base


def chosen(settings: Settings, name: str | None, *, hint: str) -> SourceSettings:
    """Give the practice of that name, or the only one; ``hint`` says how to name one."""
    sources = [source for _, source in settings.sources if name in (None, source.name)]
    if len(sources) != 1:
        known = ", ".join(source.name for _, source in settings.sources) or "none"
        raise click.ClickException(f"Name one practice {hint}. Configured: {known}.")
    return sources[0]


def authorization_of(settings: Settings, source: SourceSettings) -> str:
    """Give the header with which the practice's own keys ask."""
    if not source.customer_keys or not settings.opendental.developer_keys:
        raise click.ClickException(
            "The file must have [opendental] developer_keys and the source's customer_keys."
        )
    developer = settings.opendental.developer_keys[0].get_secret_value()
    return f"ODFHIR {developer}/{source.customer_keys[0].get_secret_value()}"


def ask(
    url: str, authorization: str, *, body: dict[str, Any] | None = None, method: str | None = None
) -> dict[str, Any]:
    """Ask, and give the JSON object of the answer; a refusal ends the command with its words."""
    base = "{0.scheme}://{0.netloc}".format(urllib.parse.urlsplit(url))
    request = urllib.request.Request(  # noqa: S310 - http or https, checked
        url,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": authorization, "Content-Type": "application/json"},
        method=method,
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


def _own(server: ServerSettings) -> str:
    """Give the address at which a server on this machine is reached."""
    return f"http://{address_of(_ANYWHERE.get(server.host, server.host), server.port)}"


def _object(body: bytes, base: str) -> dict[str, Any]:
    try:
        parsed = json.loads(body)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise click.ClickException(f"What answers at {base} is not bitewing.")
    return parsed
