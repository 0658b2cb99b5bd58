"""`blastdoor provenance`: a group, whose own arguments are those of `show`."""

import click

from blastdoor.cli.groups import DefaultGroup


@click.command(
    "provenance",
    cls=DefaultGroup,
    package=__name__,
    default="show",
    commands_of={
        "show": "What a history says of AI (the default).",
        "classify": "Answer for commits given as JSON Lines.",
        "tools": "The tools and robots that can be told.",
        "lint": "Hold a range against a project's rule on AI.",
        "attest": "Sign that no AI, or which, was used in your change.",
    },
    options_metavar="[-v] [--json]",
    subcommand_metavar="[REPO] [RANGE] | COMMAND ...",
)
def command() -> None:
    """Which commits AI took part in, by what they, their notes and their records say.

    REPO is a folder (default: this one), RANGE is A..B or a revision (default: HEAD, and all before it). What
    is not marked is not disclosed, which does not mean that no AI was used.
    """
