"""`blastdoor policy`: policies are code."""

import click

from blastdoor.cli.groups import DefaultGroup


@click.group(
    "policy",
    cls=DefaultGroup,
    package="blastdoor.cli.policy",
    default="lint",
    commands_of={
        "lint": "What a policy says by mistake (what `policy` alone does).",
        "test": "Decide the cases under .blastdoor/tests/, offline.",
        "replay": "What a policy would have asked of the changes that landed lately.",
        "import": "From policy-bot's .policy.yml or a CODEOWNERS file.",
    },
    modules={"test": "testing", "import": "importing"},
)
def command() -> None:
    """Policies are code: lint them, test them, and replay them over history before they are enforced."""
