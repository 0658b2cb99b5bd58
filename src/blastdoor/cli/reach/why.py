"""`blastdoor reach why TARGET [RANGE]`."""

from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import json_option, repository_options
from blastdoor.cli.text import plain

if TYPE_CHECKING:
    from blastdoor.flows.reach import Step


@click.command("why")
@click.argument("target")
@click.argument("revisions", metavar="[RANGE]", default="HEAD")
@repository_options
@click.option(
    "--service-graph", metavar="FILE", help="Who calls whom: client,server,count, or Jaeger's JSON."
)
@json_option
def command(
    target: str, revisions: str, repo: str, state: str | None, service_graph: str | None, as_json: bool
) -> int:
    """The shortest way from each changed file to a file, folder or service.

    Ends with 0 if the target is reached, and with 11 if it is not.
    """
    from blastdoor.cli.files import read_file  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.patience import patience  # noqa: PLC0415
    from blastdoor.flows.reach import Inputs, explain  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    given = None if service_graph is None else (service_graph, read_file(service_graph, 50_000_000))
    inputs = Inputs.read(service_graph=given)
    with patience("reading the change"), open_world(repo, state) as local:
        ways = explain(local.world, revisions, target, inputs)
    if as_json:
        import msgspec  # noqa: PLC0415

        told = {
            "target": target,
            "reached": bool(ways),
            "paths": [[step._asdict() for step in way] for way in ways],
        }
        click.echo(msgspec.json.encode(told).decode("utf-8"))
    elif not ways:
        click.echo(f"{plain(target)} is not reached by this change, as far as is known")
    for number, way in enumerate(ways if not as_json else ()):
        if number:
            click.echo()
        for step in way:
            click.echo(_line(step))
    return 0 if ways else 11


def _line(step: "Step") -> str:
    if not step.kind:
        return plain(step.name)
    place = f", line {step.line}" if step.line else ""
    sure = "" if step.confidence == "high" else f" [{step.confidence} confidence]"
    return f"  > {plain(step.name)}  ({step.kind}{place}){sure}"
