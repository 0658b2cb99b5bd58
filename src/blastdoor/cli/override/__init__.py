"""`blastdoor override`: the door for emergencies."""

import click

from blastdoor.cli.groups import DefaultGroup


@click.group(
    "override",
    cls=DefaultGroup,
    package="blastdoor.cli.override",
    default="give",
    commands_of={
        "give": "Open the door for an emergency, as its second person (what `override` alone does).",
        "review": "Say afterwards what was found.",
        "report": "All overrides, and who owes a review.",
    },
)
def command() -> None:
    """The door for emergencies: a second person opens it, for one revision, for hours.

    A review is owed afterwards, by somebody else. Until it is given the override stands in the report; once
    it is overdue, neither of the two can open this door again.
    """
