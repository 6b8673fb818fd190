"""``bitewing practice serve-api``: the demo practice answers Open Dental's REST calls."""

import asyncio
from zoneinfo import ZoneInfo

import click

from bitewing.cli.hosting import listen_on, make_server, run_on_loop, stop_on_signals
from bitewing.cli.practice_options import (
    password_in,
    password_option,
    plain_errors,
    url_option,
    zone_option,
)
from bitewing.cli.telling import address_of, say
from bitewing.clock import SystemClock
from bitewing.practice.serving.app import BASE, App
from bitewing.practice.serving.office import Office

# The keys of every example in Open Dental's manual.
DEVELOPER_KEY = "NFF6i0KrXrxDkZHt"
CUSTOMER_KEY = "VzkmZEaUWOjnQX2z"
MOST_PORTS = 65535


class Address(click.ParamType[tuple[str, int]]):
    """``host:port``."""

    name = "host:port"

    def convert(
        self,
        value: str | tuple[str, int],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, int]:
        """Take it apart."""
        if isinstance(value, tuple):
            return value
        host, colon, port = value.rpartition(":")
        if not (colon and host and port.isdecimal() and int(port) <= MOST_PORTS):
            self.fail(f"{value!r} must be host:port, such as 127.0.0.1:30223.", param, ctx)
        return host.strip("[]"), int(port)


@click.command("serve-api")
@url_option
@click.option(
    "--listen",
    type=Address(),
    default="127.0.0.1:30223",
    show_default=True,
    help="Where; Open Dental's own service has port 30223.",
)
@click.option("--developer-key", default=DEVELOPER_KEY, show_default=True, help="Who is let in.")
@click.option("--customer-key", default=CUSTOMER_KEY, show_default=True, help="And by which key.")
@zone_option
@password_option
def serve_api(
    *,
    url: str,
    listen: tuple[str, int],
    developer_key: str,
    customer_key: str,
    zone: ZoneInfo,
    password_env: str | None,
) -> None:
    """Answer the calls of Open Dental's REST API that book, change and file, until Ctrl-C."""
    office = Office(
        url, SystemClock().now, zone, developer_key, customer_key, password_in(password_env)
    )
    with plain_errors():
        office.open()
        run_on_loop(_serve(App(office.answer), listen))


async def _serve(app: App, listen: tuple[str, int]) -> int:
    listening = listen_on(*listen)
    server, stop = make_server(app), asyncio.Event()
    try:
        with stop_on_signals(stop):
            async with asyncio.TaskGroup() as group:
                group.create_task(server.serve(sockets=[listening]))
                say(
                    "The practice answers on "
                    f"http://{address_of(*listening.getsockname()[:2])}{BASE}"
                )
                await stop.wait()
                server.should_exit = True
    finally:
        listening.close()
    return 0
