"""`blastdoor override report`."""

import click

from blastdoor.cli.options import json_option, repository_options


@click.command("report")
@repository_options
@json_option
def command(repo: str, state: str | None, as_json: bool) -> int:
    """Every override: for what, by whom, and whether its review is given, due or overdue."""
    from blastdoor.cli.text import plain  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows.override import list_overrides  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    with open_world(repo, state) as local:
        given, now = list_overrides(local.world), local.world.now()
    rows = [
        {
            "id": one.id,
            "override": one.said,
            "counts": not one.problem,
            "why": one.problem,
            "review_due": one.due,
            "reviewed_by": one.reviewed_by,
            "finding": one.finding,
            "overdue": one.is_overdue(now),
        }
        for one in given
    ]
    if as_json:
        click.echo(canonical_bytes({"v": 1, "overrides": rows}))
        return 0
    for one in given:
        said = one.said
        state_of = (
            f"reviewed by {one.reviewed_by}: {one.finding}"
            if one.reviewed_by
            else f"does not count: {one.problem}"
            if one.problem
            else f"review OVERDUE since {one.due}"
            if one.is_overdue(now)
            else f"review due {one.due}"
        )
        head = f"{one.id}  {said.given_at}  {said.environment}  {said.revision[:12]}  {said.incident}"
        click.echo(plain(head))
        click.echo(plain(f"    {said.person} for {said.requested_by}: {said.reason}"))
        click.echo(plain(f"    {state_of}"))
    if not given:
        click.echo("no overrides")
    return 0
