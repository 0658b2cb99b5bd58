"""`blastdoor reach`: a group, whose own arguments are those of `show`."""

import click

from blastdoor.cli.groups import DefaultGroup


@click.command(
    "reach",
    cls=DefaultGroup,
    package=__name__,
    default="show",
    commands_of={
        "show": "How far a change goes, and what it destroys (the default).",
        "why": "The way from a change to a file or service.",
        "graph": "What depends on what, an edge a line.",
    },
    options_metavar="[--plan FILE]... [--sql FILE]... [--change-set FILE]... [--json]",
    subcommand_metavar="[RANGE] | COMMAND ...",
)
def command() -> None:
    """How far a change can go, and what it can destroy.

    RANGE is A..B, A...B (since they parted) or a revision, which is compared with the protected branch
    (default: HEAD). `blastdoor reach show --help` has the options. With only plans, SQL or change sets it
    needs no repository.
    """
