"""`blastdoor override review`."""

from pathlib import Path

import click

from blastdoor.cli.options import json_option, key_option, repository_options


@click.command("review")
@click.argument("override", metavar="OVR_ID")
@repository_options
@key_option
@click.option("--finding", metavar="TEXT", required=True, help="What you found.")
@json_option
def command(override: str, repo: str, state: str | None, key: str, finding: str, as_json: bool) -> int:
    """Sign the review of an override: what you found, looking at it afterwards."""
    from blastdoor.flows.override import review_override  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    file = Path(key)
    with open_world(repo, state) as local:
        made = review_override(
            local.world, override, finding, public_key_of(file), signer(file), local.record
        )
    click.echo(canonical_bytes(made) if as_json else f"{override} is reviewed by {made.person}")
    return 0
