"""The options that the commands about a practice share, and how they fail."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from bitewing.model.errors import BitewingError
from bitewing.practice.creating import HOME_ZONE


class Zone(click.ParamType[ZoneInfo]):
    """A time zone by its IANA name."""

    name = "zone"

    def convert(
        self, value: str | ZoneInfo, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        """Find the zone."""
        if isinstance(value, ZoneInfo):
            return value
        try:
            return ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            self.fail(f"{value!r} is not a time zone such as America/New_York.", param, ctx)


url_option = click.option(
    "--url",
    required=True,
    help="mysql://user@host:port/name, mariadb://… or sqlite:///practice.db",
)
password_option = click.option(
    "--password-env", metavar="NAME", help="Take the database's password from this variable."
)
seed_option = click.option(
    "--seed", default=1, show_default=True, help="The same seed does the same."
)
zone_option = click.option(
    "--time-zone",
    "zone",
    type=Zone(),
    default=HOME_ZONE.key,
    show_default=True,
    help="The office's.",
)


def password_in(variable: str | None) -> str | None:
    """Give the password that an environment variable holds; None if none is named."""
    if variable is None:
        return None
    if variable not in os.environ:
        raise click.ClickException(f"The environment variable {variable} is not set.")
    return os.environ[variable]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show what went wrong in one sentence, without a trace."""
    try:
        yield
    except BitewingError as error:
        raise click.ClickException(str(error)) from error
