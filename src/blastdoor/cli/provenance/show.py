"""`blastdoor provenance [REPO] [RANGE]`."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from blastdoor.cli.options import json_option
from blastdoor.cli.text import plain

if TYPE_CHECKING:
    from blastdoor.flows.provenance import Overview, Range
    from blastdoor.provenance import Classified

_BAR = 30
_TOP = 25
_STATES = (
    ("ai_disclosed", "AI took part, as disclosed"),
    ("automation", "automation"),
    ("no_disclosure", "no disclosure"),
)


@click.command("show")
@click.argument("where", metavar="[REPO] [RANGE]", nargs=-1)
@click.option("-v", "--verbose", is_flag=True, help="The evidence of each commit.")
@json_option
def command(where: tuple[str, ...], verbose: bool, as_json: bool) -> int:
    """What a history says of AI: its commits by state, tool and model.

    REPO is a folder (default: this one), RANGE is A..B or a revision (default: HEAD, and all before it).
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows.provenance import Overview, range_of, read_history  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    repo, revisions = _where(where)
    overview = Overview()
    with open_world(repo, None) as local, tempfile.TemporaryFile("w+", encoding="utf-8") as evidence:
        which = range_of(local.world, revisions)
        with patience("reading the history"):
            for count, one in enumerate(read_history(local.world, which, overview)):
                # Kept in a file: a history may have more evidence than fits in memory, and nothing is
                # printed of one that turns out to be unreadable.
                if as_json:
                    evidence.write(("," if count else "") + _as_json(one))
                elif verbose:
                    evidence.writelines(f"{line}\n" for line in _evidence(one))
        evidence.seek(0)
        _print(overview, which, evidence, as_json=as_json)
    return 0


def _where(where: tuple[str, ...]) -> tuple[str, str]:
    from blastdoor.errors import InputError  # noqa: PLC0415

    if len(where) > 2:
        raise InputError("at most a folder and a range are wanted")
    if len(where) == 2:
        return where[0], where[1]
    if where and Path(where[0]).is_dir():
        return where[0], "HEAD"
    return ".", where[0] if where else "HEAD"


def _as_json(one: "Classified") -> str:
    import msgspec  # noqa: PLC0415

    told = {
        "sha": one.id,
        "state": one.state,
        "tools": one.tools,
        "models": one.models,
        "signals": one.signals,
    }
    return msgspec.json.encode(told).decode("utf-8")


def _evidence(one: "Classified") -> Iterator[str]:
    yield f"{one.id[:12]}  {one.state}  {plain(', '.join(one.tools))}".rstrip()
    for signal in one.signals:
        place = signal.where.replace(f" {one.id}", "")
        yield f"    {signal.strength:6} {signal.kind:9} {plain(place)}: {plain(signal.raw)}"


def _print(overview: "Overview", which: "Range", evidence: IO[str], *, as_json: bool) -> None:
    import shutil  # noqa: PLC0415

    if as_json:
        _print_json(overview, which, evidence)
        return
    shutil.copyfileobj(evidence, sys.stdout)
    if evidence.tell():
        click.echo()
    for line in _table(overview):
        click.echo(line)


def _print_json(overview: "Overview", which: "Range", evidence: IO[str]) -> None:
    import shutil  # noqa: PLC0415

    import msgspec  # noqa: PLC0415

    from blastdoor.provenance import builtin_registry  # noqa: PLC0415

    states = {state: overview.states[state] for state in ("ai_disclosed", "automation", "no_disclosure")}
    told = {
        "v": 1,
        "range": {"head": which.head} | ({"base": which.base} if which.base else {}),
        "registry": builtin_registry().digest,
        "state": overview.state,
        "commits": {"total": overview.total, "attested_none": 0, **states},
        "tools": [{"tool": tool, "commits": count} for tool, count in overview.tools.most_common()],
        "models": [{"model": model, "commits": count} for model, count in overview.models.most_common()],
        "notes": {"read": overview.notes, "unreadable": overview.notes_unreadable},
    }
    if overview.attested:
        told["lines"] = {"attested": overview.attested, "ai": overview.ai}
    sys.stdout.write(msgspec.json.encode(told).decode("utf-8")[:-1] + ',"marked":[')
    shutil.copyfileobj(evidence, sys.stdout)
    sys.stdout.write("]}\n")


def _table(overview: "Overview") -> Iterator[str]:
    total = overview.total
    yield f"{_number(total)} commit{'s' if total != 1 else ''}"
    for state, words in _STATES:
        count = overview.states[state]  # type: ignore[index] # the words of State
        yield f"  {_number(count):>9}  {_share(count, total):>6}  {words}"
    if overview.tools:
        yield ""
        most = overview.tools.most_common(1)[0][1]
        width = max(len(tool) for tool in overview.tools)
        for tool, count in overview.tools.most_common(_TOP):
            bar = "█" * max(1, round(count / most * _BAR))
            yield f"  {tool:{width}}  {_number(count):>9}  {_share(count, total):>6}  {bar}"
        if len(overview.tools) > _TOP:
            yield f"  and {len(overview.tools) - _TOP} more"
    if overview.models:
        models = [f"{plain(model)} ({_number(count)})" for model, count in overview.models.most_common(8)]
        yield ""
        yield f"models: {', '.join(models)}"
    if overview.notes:
        unread = _number(overview.notes_unreadable)
        yield f"notes:  {_number(overview.notes)} read, {unread} of them unreadable"
    if overview.attested:
        lines = f"{_number(overview.ai)} of {_number(overview.attested)}"
        yield f"lines:  {lines} that notes attest were written by tools"
    yield "No disclosure does not mean that there was no AI."


def _number(count: int) -> str:
    return f"{count:,}"


def _share(count: int, total: int) -> str:
    return f"{100 * count / total:.1f} %" if total else ""
