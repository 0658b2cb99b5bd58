"""A verdict for people: understood in ten seconds, the same words in a terminal and in a pipe."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from blastdoor.cli.text import named, plain
from blastdoor.formats import canonical_bytes
from blastdoor.gate import exit_status
from blastdoor.model import (
    EMPTY_BASE,
    NO_TIER,
    Lines,
    Opening,
    OverrideUsed,
    Provenance,
    Share,
    Signal,
    Verdict,
)

if TYPE_CHECKING:
    from rich.console import Console

_SHOWN = 6
_MOST_LANDINGS = 12
#: Ids of commits are shown so far; nothing else in a place is as long as one.
_SHORT, _ID = 10, 40
_STATE = {
    "ai_disclosed": "AI took part (disclosed)",
    "no_disclosure": "no disclosure of AI (which does not mean that there was none)",
    "automation": "automation (asserted, so it lowers nothing)",
    "attested_none": "attested: no AI",
}
_SAID = {
    "yes": "yes",
    "no": "no",
    "no_ai": "attests: no AI was used",
    "used_ai": "attests: AI was used",
    "not_mine": "denies to be a co-author",
    "withdraw": "takes back",
    "accept": "accepts",
}
_ANSWER_STYLE = {"pass": "bold green", "hold": "bold yellow", "deny": "bold red"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: a label in the margin (or none), a mark (`✓`, `✗`, …), the text."""

    label: str
    mark: str
    text: str
    style: str = ""


def show(verdict: Verdict, names: Mapping[str, str], *, as_json: bool) -> int:
    """Print the verdict, and give the exit status it asks for."""
    if as_json:
        click.echo(canonical_bytes(verdict))
    elif sys.stdout.isatty():
        from rich.console import Console  # noqa: PLC0415 - a pipe should not wait for colours

        draw(verdict, names, Console(highlight=False))
    else:
        click.echo("\n".join(plain_lines(verdict, names)))
    return exit_status(verdict)


def plain_lines(verdict: Verdict, names: Mapping[str, str]) -> Iterator[str]:
    """The verdict as plain text, line by line."""
    for line in lines(verdict, names):
        mark = f"{line.mark} " if line.mark else ""
        label = line.label.ljust(8)
        yield f"{label} {mark}{line.text}".rstrip()


def lines(verdict: Verdict, names: Mapping[str, str]) -> Iterator[Line]:
    """Everything a person needs, in the order they ask for it."""
    yield from _head(verdict)
    for line in (
        *_why(verdict),
        *_landings(verdict),
        *_asks(verdict),
        *_votes(verdict),
        *_way_out(verdict),
        *_notes(verdict),
    ):
        yield Line(line.label, line.mark, named(line.text, names), line.style)


def _head(verdict: Verdict) -> Iterator[Line]:
    change = verdict.change
    base = "nothing" if change.base == EMPTY_BASE else change.base[:10]
    files = "1 file" if change.files == 1 else f"{change.files} files"
    commits = "1 commit" if change.commits == 1 else f"{change.commits} commits"
    door = verdict.verdict.upper()
    if verdict.mode == "observe" and verdict.verdict != "pass":
        door = f"WOULD {door}"
    text = f"{base}..{change.head[:10]} to {verdict.environment} ({commits}, {files})"
    if isinstance(verdict.override, OverrideUsed):
        text += ", by OVERRIDE"
    yield Line(door, "", plain(text), _ANSWER_STYLE[verdict.verdict])


def _why(verdict: Verdict) -> Iterator[Line]:
    yield Line("AI", "", _STATE[verdict.provenance.state] + _share(verdict.provenance))
    marks = [signal for signal in verdict.provenance.signals if signal.marks == "ai"]
    for signal in marks[:3]:
        yield Line("", "", f"{signal.tool}: {_where(signal)}", "dim")
    if len(marks) > 3:
        yield Line("", "", f"and {len(marks) - 3} more marks", "dim")
    reach = verdict.reach
    tier = f", tier {reach.tier}" if reach.tier < NO_TIER else ""
    services = ", ".join(service.name for service in reach.services[:_SHOWN])
    more = f" and {len(reach.services) - _SHOWN} more" if len(reach.services) > _SHOWN else ""
    to = f": {services}{more}" if services else ""
    yield Line("reach", "", f"{reach.level}{tier}{to}", _level_style(reach.level))
    for hit in reach.rules:
        if hit.level == reach.level:
            yield Line("", "", hit.why, "dim")
            if len(hit.witness) > 1:
                yield Line("", "", "  " + " → ".join(hit.witness[:_SHOWN]), "dim")
    for unknown in reach.unknowns[:3]:
        yield Line("", "?", unknown.what, "dim")
    if len(reach.unknowns) > 3:
        yield Line("", "?", f"and {len(reach.unknowns) - 3} more unknowns (--json lists them)", "dim")


def _share(provenance: Provenance) -> str:
    """How much of the change it is, where that says more than the state."""
    commits, lines = provenance.commits, provenance.lines
    said = []
    if isinstance(commits, Share) and 0 < commits.ai_disclosed < commits.total:
        said.append(f"{commits.ai_disclosed} of {commits.total} commits")
    if isinstance(lines, Lines):
        said.append(f"{lines.ai} of the {lines.attested} lines that notes attest")
    return f": {', '.join(said)}" if said else ""


def _where(signal: Signal) -> str:
    where = " ".join(word[:_SHORT] if len(word) >= _ID else word for word in signal.where.split(" "))
    removed = ""
    if isinstance(signal.removed_in, str):
        removed = f"; mark removed in {signal.removed_in[:_SHORT]}"
    return f"{signal.raw} ({where}{removed})"


def _level_style(level: str) -> str:
    return {"critical": "red", "high": "yellow"}.get(level, "")


_LANDING = {
    "covered": ("✓", "green"),
    "uncovered": ("✗", "red"),
    "owed": ("!", "yellow"),
    "unchanged": ("-", "dim"),
}


def _landings(verdict: Verdict) -> Iterator[Line]:
    """The landings of a deployment, those that hold it first."""
    if not isinstance(verdict.landings, tuple):
        return
    order = list(_LANDING)
    ranked = sorted(verdict.landings, key=lambda one: order.index(one.status) != 1)
    label = "landings"
    for one in ranked[:_MOST_LANDINGS]:
        mark, style = _LANDING[one.status]
        by = sorted({vote.person for vote in one.votes if vote.counts and vote.answer == "yes"})
        also = f", {one.steps} steps" if one.steps > 1 else ""
        text = f"{one.commit[:_SHORT]} {one.status}{also}" + (f" ({', '.join(by)})" if by else "")
        yield Line(label, mark, text, style)
        label = ""
    if len(ranked) > _MOST_LANDINGS:
        counts = [f"{sum(one.status == status for one in ranked)} {status}" for status in order]
        yield Line("", "", f"of {len(ranked)}: {', '.join(counts)} (--json lists them)", "dim")


def _asks(verdict: Verdict) -> Iterator[Line]:
    label = "asks"
    for demand in verdict.demands:
        by = f" ({', '.join(demand.by)})" if demand.by else ""
        rule = "every change" if demand.rule == "default" else demand.rule
        note = f"; {demand.note}" if isinstance(demand.note, str) else ""
        text = f"{rule}: {demand.requirement}: {demand.have} of {demand.need}{by}{note}"
        yield Line(label, "✓" if demand.met else "✗", text, "green" if demand.met else "red")
        label = ""
    for reason in verdict.reasons:
        if reason.code != "demand":
            rule = f"{reason.rule}: " if isinstance(reason.rule, str) else ""
            yield Line(label, "✗", f"{rule}{reason.text}", "red")
            label = ""


def _votes(verdict: Verdict) -> Iterator[Line]:
    label = "votes"
    for vote in verdict.votes:
        counts = vote.counts and vote.answer != "withdraw"
        said = _SAID[vote.answer]
        mark = "-" if not counts else ("✗" if vote.answer == "no" else "✓")
        yield Line(label, mark, f"{vote.person}: {said}, {vote.why}  [{vote.id}]", "" if counts else "dim")
        label = ""
    unmapped = [one.id for one in verdict.contributors if one.kind == "unmapped"]
    if unmapped:
        yield Line(label, "?", f"hands that no one in the roster answers to: {', '.join(unmapped)}", "dim")


def _way_out(verdict: Verdict) -> Iterator[Line]:
    label = "to open"
    for opening in verdict.openings:
        yield Line(label, "→", _steps(opening))
        label = "or"
    if not verdict.openings_complete:
        yield Line("", "", "there are more ways than these", "dim")


def _steps(opening: Opening) -> str:
    steps = []
    for step in opening.steps:
        text = step.text
        if isinstance(step.of, tuple):
            shown = ", ".join(step.of[:_SHOWN])
            rest = f" and {len(step.of) - _SHOWN} more" if len(step.of) > _SHOWN else ""
            text += f" ({shown}{rest})"
        steps.append(text)
    sure = "" if opening.certain else " (may open)"
    return "; ".join(steps) + sure


def _notes(verdict: Verdict) -> Iterator[Line]:
    label = "note"
    for note in verdict.notes:
        yield Line(label, "", note, "dim")
        label = ""


def draw(verdict: Verdict, names: Mapping[str, str], console: "Console") -> None:
    """The verdict as a table with colours, on a rich Console."""
    from rich.table import Table  # noqa: PLC0415 - a pipe should not wait for colours
    from rich.text import Text  # noqa: PLC0415

    first, *rest = lines(verdict, names)
    console.print(Text.assemble((f" {first.label} ", f"{first.style} reverse"), "  ", first.text))
    table = Table.grid(padding=(0, 1))
    table.add_column(style="bold")
    table.add_column()
    table.add_column(overflow="fold")
    for line in rest:
        table.add_row(line.label, Text(line.mark, style=line.style), Text(line.text, style=line.style))
    console.print(table)
