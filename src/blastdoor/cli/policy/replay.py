"""`blastdoor policy replay`."""

from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import environment_option, json_option, repository_options
from blastdoor.cli.policy.files import policy_argument

if TYPE_CHECKING:
    from blastdoor.flows.replay import Replay, Replayed

_SHOWN = 40


@click.command("replay")
@policy_argument
@repository_options
@environment_option
@click.option("--since", metavar="WHEN", default="90.days", show_default=True, help="A date, or 90.days.")
@json_option
def command(policy: str, repo: str, state: str | None, environment: str, since: str, as_json: bool) -> int:
    """What POLICY would have asked of the changes that landed lately, beside the policy in force.

    By the committer's date, which is a claim. Windows, cooling times and limits are left out. Whether a
    change would have waited is told only where approvals are on record.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.policy.files import read_both  # noqa: PLC0415
    from blastdoor.flows.replay import Asked, replay  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    other = read_both(policy, None).policy
    other.environment(environment)
    with patience("replaying") as waiting, open_world(repo, state) as local:
        asked = Asked(policy=other, since=since, environment=environment)
        found = replay(local.world, asked, waiting.progress)
    if as_json:
        document = {
            "v": 1,
            "since": since,
            "changes": len(found.landings),
            "held": found.held,
            "released": found.released,
            "rules": found.rules,
            "landings": found.landings,
        }
        click.echo(canonical_bytes(document))
    else:
        _tell(found, since)
    return 0


def _tell(found: "Replay", since: str) -> None:
    from blastdoor.cli.text import plain  # noqa: PLC0415

    known = sum(one.approved for one in found.landings)
    click.echo(
        f"of {len(found.landings)} changes since {since} it would have held {found.held}, released"
        f" {found.released}; approvals are on record for {known}"
    )
    different = [one for one in found.landings if one.asks or one.spares]
    for one in different[:_SHOWN]:
        click.echo(plain(_row(one)))
    if len(different) > _SHOWN:
        click.echo(f"and {len(different) - _SHOWN} more (--json lists them)")
    for rule, times in found.rules.items():
        click.echo(plain(f"{times:6} x {rule}"))


def _row(one: "Replayed") -> str:
    asks = f" asks {', '.join(one.asks)}" if one.asks else ""
    spares = f" spares {', '.join(one.spares)}" if one.spares else ""
    was = f"{one.now} -> {one.then}" if one.now != one.then else one.now
    return f"{one.commit[:12]}  {one.level:8}  {one.state:13}  {was}{asks}{spares}"
