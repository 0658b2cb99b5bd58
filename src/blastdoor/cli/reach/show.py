"""`blastdoor reach [RANGE]`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import click

from blastdoor.cli.files import read_file, write_file
from blastdoor.cli.options import json_option, repository_options
from blastdoor.cli.text import plain

if TYPE_CHECKING:
    from blastdoor.flows.reach import Inputs
    from blastdoor.model import Operation, Reach
    from blastdoor.reach.operations.plan import Summary

_MAX_PLAN = 256_000_000
_MAX_OTHER = 50_000_000
_SHOWN = 12
_COLOURS = {"critical": "red", "high": "yellow", "medium": "cyan", "low": "green", "none": "green"}
_QUIET = {"no-op", "read"}
_T = TypeVar("_T")


@click.command("show")
@click.argument("revisions", metavar="[RANGE]", required=False)
@repository_options
@click.option(
    "--plan", "plans", metavar="FILE", multiple=True, help="A Terraform plan: terraform show -json."
)
@click.option("--sql", "scripts", metavar="FILE", multiple=True, help="SQL that will be run.")
@click.option("--dialect", metavar="NAME", default="", help="Of the SQL: postgres, mysql, sqlite, tsql, ...")
@click.option(
    "--change-set", "change_sets", metavar="FILE", multiple=True, help="A CloudFormation change set."
)
@click.option(
    "--service-graph", metavar="FILE", help="Who calls whom: client,server,count, or Jaeger's JSON."
)
@click.option("--picture", metavar="FILE.svg", help="Draw the way from the change to the services.")
@json_option
def command(
    revisions: str | None,
    repo: str,
    state: str | None,
    plans: tuple[str, ...],
    scripts: tuple[str, ...],
    dialect: str,
    change_sets: tuple[str, ...],
    service_graph: str | None,
    picture: str | None,
    as_json: bool,
) -> int:
    """How far a change goes, what it destroys, and by which rules that has its level.

    Plans, SQL and change sets are taken as somebody says them: they raise a level, and never lower one.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows.reach import Inputs, measure_inputs, measure_range  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    with patience("reading plans and scripts"):
        inputs = Inputs.read(
            plans=[(name, read_file(name, _MAX_PLAN)) for name in plans],
            scripts=[(name, read_file(name, _MAX_OTHER)) for name in scripts],
            dialect=dialect,
            change_sets=[(name, read_file(name, _MAX_OTHER)) for name in change_sets],
            service_graph=None
            if service_graph is None
            else (service_graph, read_file(service_graph, _MAX_OTHER)),
        )
    if revisions is None and not inputs.is_empty and repo == ".":
        reach = measure_inputs(inputs)
    else:
        with patience("reading the change"), open_world(repo, state) as local:
            reach = measure_range(local.world, revisions or "HEAD", inputs).reach
    if picture is not None:
        from blastdoor.reach.picture import draw  # noqa: PLC0415

        write_file(picture, draw(reach).encode())
    if as_json:
        click.echo(_json(reach, inputs))
    else:
        for line in _lines(reach, inputs):
            click.echo(line)
    return 0


def _json(reach: "Reach", inputs: "Inputs") -> str:
    import msgspec  # noqa: PLC0415

    told = msgspec.to_builtins(reach)
    if inputs.plans:
        told["plans"] = [{"file": name, **_summary(summary)} for name, summary in inputs.plans]
    return msgspec.json.encode(told).decode("utf-8")


def _summary(summary: "Summary") -> dict[str, int]:
    return {
        "add": summary.add,
        "change": summary.change,
        "destroy": summary.destroy,
        "import": summary.imports,
        "forget": summary.forget,
    }


def _lines(reach: "Reach", inputs: "Inputs") -> Iterator[str]:
    tier = f", tier {reach.tier}" if reach.services else ""
    yield click.style(f"{reach.level}{tier}", fg=_COLOURS[reach.level], bold=True)
    for name, summary in inputs.plans:
        yield f"  {plain(name)}: {_counted(summary)}"
    for hit in reach.rules:
        yield f"  {click.style(f'{hit.level:8}', fg=_COLOURS[hit.level])} {hit.id}: {plain(hit.why)}"
        if len(hit.witness) > 1:
            yield f"           {plain(_way(hit.witness))}"
    yield from _services(reach)
    yield from _operations(reach.operations)
    for unknown in _first(reach.unknowns):
        yield f"  {click.style('?', fg='yellow')} {plain(unknown.what)}"
        yield f"    {plain(unknown.step)}"
    yield from _rest(len(reach.unknowns), "unknowns")
    if reach.coverage.total:
        share = 100 * reach.coverage.understood // reach.coverage.total
        yield (
            f"files: {reach.files.changed} changed, {reach.files.reached} reached; "
            f"{reach.coverage.understood} of {reach.coverage.total} in the tree understood ({share} %)"
        )


def _counted(summary: "Summary") -> str:
    imports = f"{summary.imports} to import, " if summary.imports else ""
    forget = f", {summary.forget} to forget" if summary.forget else ""
    return f"{imports}{summary.add} to add, {summary.change} to change, {summary.destroy} to destroy{forget}"


def _services(reach: "Reach") -> Iterator[str]:
    from blastdoor.model import Order  # noqa: PLC0415

    if not reach.services:
        return
    yield "services"
    for one in _first(reach.services):
        known = "" if one.tier_known else " (not known)"
        yield f"  {plain(one.name)}  tier {one.tier}{known}, {_steps(one.distance)}: {plain(_way(one.path))}"
    yield from _rest(len(reach.services), "services")
    terms = reach.order.terms if isinstance(reach.order, Order) else ()
    sums = " + ".join(f"{plain(term.service)} {term.points}" for term in terms[:_SHOWN])
    if sums:
        points = sum(term.points for term in terms)
        yield f"  order within the level: {points} = {sums}{' + ...' if len(terms) > _SHOWN else ''}"


def _operations(operations: "tuple[Operation, ...]") -> Iterator[str]:
    told = [one for one in operations if one.action not in _QUIET]
    if told:
        yield "operations"
    for one in sorted(told, key=lambda each: not each.irreversible)[: 3 * _SHOWN]:
        lost = click.style(" cannot be undone", fg="red") if one.irreversible else ""
        yield f"  {one.action} {plain(one.resource)}{lost}: {plain(one.why)}"
    if len(told) > 3 * _SHOWN:
        yield f"  and {len(told) - 3 * _SHOWN} more operations (--json lists them)"


def _first(found: "tuple[_T, ...]") -> "tuple[_T, ...]":
    return found[:_SHOWN]


def _rest(count: int, what: str) -> Iterator[str]:
    if count > _SHOWN:
        yield f"  and {count - _SHOWN} more {what} (--json lists them)"


def _steps(distance: int) -> str:
    return "its own files" if distance == 0 else "1 step" if distance == 1 else f"{distance} steps"


def _way(path: tuple[str, ...]) -> str:
    shown = path if len(path) <= 7 else (*path[:3], "...", *path[-3:])
    return " > ".join(shown)
