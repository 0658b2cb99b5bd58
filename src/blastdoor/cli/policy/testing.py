"""`blastdoor policy test`."""

import click

from blastdoor.cli.options import json_option
from blastdoor.cli.policy.files import people_option, policy_argument, read_both
from blastdoor.errors import InputError

_REFUSED = 11
_MAX = 1_000_000


@click.command("test")
@policy_argument
@people_option
@click.option(
    "--cases", metavar="FILE", multiple=True, help="Cases. Repeatable. [default: tests/*.yaml beside it]"
)
@json_option
def command(policy: str, people: str | None, cases: tuple[str, ...], as_json: bool) -> int:
    """Decide the cases beside a policy, offline, and say which come out otherwise than expected.

    Everybody gets a key for the occasion. Ends with 11 if one came out otherwise.
    """
    from blastdoor.cli.files import read_file  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.text import plain  # noqa: PLC0415
    from blastdoor.flows.trials import run_trials  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes, moment_text  # noqa: PLC0415
    from blastdoor.wiring import clock, new_key  # noqa: PLC0415

    read = read_both(policy, people)
    files = list(cases) or [str(file) for file in sorted((read.folder / "tests").glob("*.yaml"))]
    if not files:
        raise InputError(
            f"no cases were found under {read.folder / 'tests'}",
            hint="docs/spec/policy-tests.md has the format",
        )
    now = moment_text(clock())
    outcomes = [
        outcome
        for file in files
        for outcome in run_trials(read_file(file, _MAX), file, read.policy, read.people, now, new_key)
    ]
    failed = [one for one in outcomes if one.problem]
    if as_json:
        click.echo(canonical_bytes({"v": 1, "cases": outcomes, "failed": len(failed)}))
    else:
        for one in outcomes:
            mark = "✗" if one.problem else "✓"
            click.echo(plain(f"{mark} {one.file}:{one.line}: {one.name}: {one.problem or one.verdict}"))
        click.echo(f"{len(outcomes)} cases, {len(failed)} failed", err=True)
    return _REFUSED if failed or not outcomes else 0
