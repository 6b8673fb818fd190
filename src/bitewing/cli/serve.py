"""``bitewing serve``: the program itself."""

import asyncio

import click

from bitewing.bootstrap import build
from bitewing.cli.hosting import host, listen_on, run_on_loop, stop_on_signals
from bitewing.cli.journal import keep_journal
from bitewing.cli.telling import address_of, fail, let_go_of_broken_streams, say
from bitewing.model.errors import BitewingError, SettingsError
from bitewing.settings import Settings, load


@click.command()
@click.option("--config", type=click.Path(dir_okay=False), required=True, help="The TOML file.")
@click.option("--listen", help="host:port, instead of [server] listen.")
def serve(config: str, listen: str | None) -> None:
    """Watch the configured practices and deliver until Ctrl-C."""
    try:
        settings = _settings(config, listen)
        keep_journal(quiet=False)
        code = run_on_loop(_serve(settings))
    except BitewingError as error:
        raise fail(error) from None
    let_go_of_broken_streams()
    raise SystemExit(code)


def _settings(config: str, listen: str | None) -> Settings:
    """Read the file; the flag wins.

    Raises:
        SettingsError: they cannot be used, or name nothing to watch.
    """
    settings = load(config)
    if listen is not None:
        try:
            server = settings.server.model_validate({"listen": listen})
        except ValueError:
            raise SettingsError("--listen must be host:port, such as 127.0.0.1:8700") from None
        settings = settings.model_copy(update={"server": server})
    if not settings.sources:
        raise SettingsError(
            f"{config} names no practice database. Add one under [[institutions.sources]]."
        )
    return settings


async def _serve(settings: Settings) -> int:
    program = build(settings)
    listening = listen_on(settings.server.host, settings.server.port)
    address = address_of(*listening.getsockname()[:2])
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            await host(
                program,
                listening,
                started=lambda: say(f"bitewing listens on http://{address}"),
                stop=stop,
            )
    except* BitewingError as errors:
        raise _first(errors) from None
    finally:
        listening.close()
    return 0


def _first(errors: BaseExceptionGroup[BitewingError]) -> BitewingError:
    """Give the first error, however deep the task groups have buried it."""
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
