"""``bitewing serve``: the program itself."""

import asyncio

import click

from bitewing.bootstrap import build
from bitewing.cli.hosting import (
    fail,
    host,
    keep_journal,
    listen_on,
    run_on_loop,
    stop_on_signals,
)
from bitewing.model.errors import BitewingError
from bitewing.settings import Settings, load


@click.command()
@click.option("--config", type=click.Path(dir_okay=False), required=True, help="The TOML file.")
@click.option("--listen", help="host:port, instead of [server] listen.")
def serve(config: str, listen: str | None) -> None:
    """Watch the configured practices and deliver until Ctrl-C."""
    try:
        settings = load(config)
        if listen is not None:
            server = settings.server.model_validate({"listen": listen})
            settings = settings.model_copy(update={"server": server})
        if not settings.sources:
            raise click.ClickException(
                f"{config} names no practice database. Add one under [[institutions.sources]]."
            )
        keep_journal(quiet=False)
        raise SystemExit(run_on_loop(_serve(settings)))
    except BitewingError as error:
        raise fail(error) from None
    except ValueError:
        raise click.ClickException("--listen must be host:port, such as 127.0.0.1:8700") from None


async def _serve(settings: Settings) -> int:
    program = build(settings)
    listening = listen_on(settings.server.host, settings.server.port)
    address = "{}:{}".format(*listening.getsockname()[:2])
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            await host(
                program,
                listening,
                started=lambda: click.echo(f"bitewing listens on http://{address}"),
                stop=stop,
            )
    except* BitewingError as errors:
        raise errors.exceptions[0] from None
    finally:
        listening.close()
    return 0
