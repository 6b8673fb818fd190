"""The command ``bitewing``; each subcommand is loaded when it is typed, so that asking is quick."""

from importlib import import_module

import click

from bitewing import __version__

_PLACES = {
    "demo": ("bitewing.cli.demo", "demo"),
    "doctor": ("bitewing.cli.doctor", "doctor"),
    "practice": ("bitewing.cli.practice", "practice_commands"),
    "serve": ("bitewing.cli.serve", "serve"),
    "sources": ("bitewing.cli.sources", "sources"),
    "ui-event": ("bitewing.cli.ui_event", "ui_event"),
}
SUMMARIES = {
    "demo": "Live a working day in a made-up practice and show each delivery.",
    "doctor": "Examine the configuration, the practice databases, the store and the receivers.",
    "practice": "Create a demo practice in Open Dental's tables, and let people work in it.",
    "serve": "Watch the configured practices and deliver until Ctrl-C.",
    "sources": "Look after the practice databases of a running server.",
    "ui-event": "Tell the running server that a patient was selected here.",
}
"""What ``bitewing --help`` says of each, without loading any of them."""


class _Commands(click.Group):
    """Subcommands by the place of their code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click gives it
        return sorted(_PLACES)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002 - click gives it
        cmd_name: str,
    ) -> click.Command | None:
        if cmd_name not in _PLACES:
            return None
        module, name = _PLACES[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="bitewing")
def main() -> None:
    """Watch a dental practice's database and deliver every change as a webhook."""
