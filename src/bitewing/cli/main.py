"""The command ``bitewing`` and its subcommands."""

import click

from bitewing import __version__
from bitewing.cli.demo import demo
from bitewing.cli.doctor import doctor
from bitewing.cli.practice import practice_commands
from bitewing.cli.serve import serve
from bitewing.cli.sources import sources
from bitewing.cli.ui_event import ui_event


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bitewing")
def main() -> None:
    """Watch a dental practice's database and deliver every change as a webhook."""


main.add_command(demo)
main.add_command(doctor)
main.add_command(practice_commands)
main.add_command(serve)
main.add_command(sources)
main.add_command(ui_event)
