"""`blastdoor provenance`: a group, whose own arguments are those of `show`."""

import importlib

import click

#: name → what the overview says; each a module here with `command`.
_COMMANDS = {
    "show": "What a history says of AI (the default).",
    "classify": "Answer for commits given as JSON Lines.",
    "tools": "The tools and robots that can be told.",
    "lint": "Hold a range against a project's rule on AI.",
    "attest": "Sign that no AI, or which, was used in your change.",
}


class _Group(click.Group):
    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in _COMMANDS and args[0] not in {"-h", "--help"}):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"blastdoor.cli.provenance.{cmd_name}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a module of ours, named above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.command(
    "provenance",
    cls=_Group,
    options_metavar="[-v] [--json]",
    subcommand_metavar="[REPO] [RANGE] | COMMAND ...",
)
def command() -> None:
    """Which commits AI took part in, by what they, their notes and their records say.

    REPO is a folder (default: this one), RANGE is A..B or a revision (default: HEAD, and all before it). What
    is not marked is not disclosed, which does not mean that no AI was used.
    """
