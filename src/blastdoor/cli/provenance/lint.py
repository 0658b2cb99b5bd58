"""`blastdoor provenance lint`."""

from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import json_option

if TYPE_CHECKING:
    from blastdoor.flows import World

_REFUSED = 11


@click.command("lint")
@click.argument("revisions", metavar="[RANGE]", required=False)
@click.option(
    "--repo", metavar="DIR", default=".", show_default=True, help="The repository, or a folder in it."
)
@click.option(
    "--preset",
    type=click.Choice(["disclose", "kernel", "forbid", "no-co-author", "attest"]),
    default="disclose",
    show_default=True,
    help="The rule: AI disclosed by a trailer, in the kernel's form, none, none as co-author, or attested.",
)
@json_option
def command(revisions: str | None, repo: str, preset: str, as_json: bool) -> int:
    """Hold every commit of a range against a project's rule on AI, for CI.

    RANGE is A..B or a revision; by default what HEAD has and the protected branch has not. Ends with 0 if all
    is well, 11 if something is refused, 2 if it could not be read.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.text import plain  # noqa: PLC0415
    from blastdoor.flows.provenance import change_range, lint, range_of  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    with patience("reading the commits"), open_world(repo, None) as local:
        world = local.world
        which = range_of(world, revisions) if revisions else change_range(world)
        # Authors attest to a change, so only to the range that is one.
        attested = preset == "attest" and not revisions and _is_attested(world)
        total, found = lint(world, which, preset, attested=attested)  # type: ignore[arg-type] # click checked it
    if as_json:
        import msgspec  # noqa: PLC0415

        told = {"v": 1, "preset": preset, "commits": total, "findings": found}
        click.echo(msgspec.json.encode(told))
    else:
        for one in found:
            evidence = f": {plain(one.raw)}" if one.raw else ""
            click.echo(f"{one.commit[:12]}  {one.what}{evidence}")
        refused = len({one.commit for one in found})
        click.echo(f"{preset}: {refused} of {total} commits refused", err=True)
    return _REFUSED if found else 0


def _is_attested(world: "World") -> bool:
    from blastdoor.flows import Question, gather  # noqa: PLC0415
    from blastdoor.gate import settle  # noqa: PLC0415

    return settle(gather(world, Question()).case).provenance.state == "attested_none"
