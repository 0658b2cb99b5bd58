"""`blastdoor explain`: why a verdict is what it is."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import (
    environment_option,
    head_option,
    json_option,
    repository_options,
    target_option,
)

if TYPE_CHECKING:
    from blastdoor.gate import Explained, RuleExplained
    from blastdoor.model import Demand, Opening, Verdict, Vote

_INDENT = "  "


@click.command("explain")
@repository_options
@head_option
@environment_option
@click.option("--to", "candidate", metavar="REV", help="A deployment: all that this revision would bring.")
@target_option
@click.option("--bundle", metavar="FILE", help="Explain a decision that was written down, offline.")
@json_option
def command(
    repo: str,
    state: str | None,
    head: str,
    environment: str,
    candidate: str | None,
    target: str | None,
    bundle: str | None,
    as_json: bool,
) -> int:
    """Each rule, why it applies or not; what counted, what did not and why; and every way out.

    Ends as `check` does.
    """
    from blastdoor.cli.files import read_file  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.patience import patience  # noqa: PLC0415
    from blastdoor.cli.text import plain  # noqa: PLC0415
    from blastdoor.flows import (  # noqa: PLC0415
        Destination,
        Question,
        check,
        check_deployment,
        range_diffs,
        read_bundle,
    )
    from blastdoor.flows.bundle import MAX_BYTES, policy_of  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.gate import exit_status, explain  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    differences: dict[str, tuple[str, ...]] = {}
    if bundle is not None:
        read = read_bundle(read_file(bundle, MAX_BYTES), bundle)
    else:
        with patience("reading the change") as waiting, open_world(repo, state) as local:
            if candidate is None:
                read = check(local.world, Question(head=head, environment=environment)).bundle
                differences = dict(range_diffs(local.world, read.case))
            else:
                to = Destination(candidate=candidate, environment=environment, target=target)
                read = check_deployment(local.world, to, waiting.progress).bundle
    explained = explain(read.case, policy_of(read), read.now)
    if as_json:
        click.echo(canonical_bytes(explained))
    else:
        click.echo("\n".join(lines(explained, read.names)))
        for id_, shown in differences.items():
            click.echo(f"\nwhat changed since {id_} was given")
            click.echo("\n".join(plain(line) for line in shown))
    return exit_status(explained.verdict)


def lines(explained: "Explained", names: Mapping[str, str]) -> Iterator[str]:
    """The explanation as text, line by line."""
    from blastdoor.cli.text import named  # noqa: PLC0415

    for line in _all(explained):
        yield named(line, names)


def _all(explained: "Explained") -> Iterator[str]:
    verdict = explained.verdict
    would = "WOULD " if verdict.mode == "observe" and verdict.verdict != "pass" else ""
    yield f"{would}{verdict.verdict.upper()} for {verdict.environment}, decided at {verdict.decided_at}"
    for part in explained.parts:
        if part.landing:
            yield ""
            yield f"landing {part.landing[:12]}: {part.status}"
        yield "rules"
        for rule in part.rules:
            yield from _rule(rule)
        yield from _votes(part.votes, part.earlier)
        for reason in part.reasons:
            yield f"{_INDENT}✗ {reason.text}"
    others = [reason for reason in verdict.reasons if reason.code not in {"demand", "uncovered"}]
    if others and not explained.parts:
        yield from (f"{_INDENT}✗ {reason.text}" for reason in others)
    yield ""
    yield from _ways_out(verdict)
    for note in verdict.notes:
        yield f"note: {note}"


def _rule(rule: "RuleExplained") -> Iterator[str]:
    mark = {"met": "✓", "unmet": "✗", "forbids": "✗", "not applied": "·", "not in force": "·"}[rule.status]
    yield f"{_INDENT}{mark} {rule.name} (line {rule.line}): {rule.status}"
    yield f"{_INDENT * 3}when {rule.when}" + (f"  [{rule.facts}]" if rule.facts else "")
    for demand in rule.demands:
        yield from _demand(demand)


def _demand(demand: "Demand") -> Iterator[str]:
    mark = "✓" if demand.met else "✗"
    by = f" by {', '.join(demand.by)}" if demand.by else ""
    note = f" ({demand.note})" if isinstance(demand.note, str) else ""
    yield f"{_INDENT * 3}{mark} {demand.requirement}: {demand.have} of {demand.need}{by}{note}"


def _votes(votes: "tuple[Vote, ...]", earlier: tuple[str, ...]) -> Iterator[str]:
    if votes:
        yield "what was said"
    for vote in votes:
        mark = "✓" if vote.counts else "·"
        then = "; given under earlier rules, the demands of now apply" if vote.id in earlier else ""
        yield f"{_INDENT}{mark} {vote.person} {vote.answer} [{vote.id}]: {vote.why}{then}"


def _ways_out(verdict: "Verdict") -> Iterator[str]:
    if verdict.openings:
        yield "ways out"
    for number, opening in enumerate(verdict.openings, 1):
        yield from _way_out(number, opening)
    if not verdict.openings_complete:
        yield f"{_INDENT}and more than these"


def _way_out(number: int, opening: "Opening") -> Iterator[str]:
    yield f"{_INDENT}{number}. " + ("" if opening.certain else "(may open)")
    for step in opening.steps:
        of = f": any {step.count} of {', '.join(step.of)}" if isinstance(step.of, tuple) and step.of else ""
        yield f"{_INDENT * 2}- {step.text}{of}"
