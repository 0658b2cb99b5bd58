"""`blastdoor policy lint`."""

import click

from blastdoor.cli.options import json_option
from blastdoor.cli.policy.files import people_option, policy_argument, read_both

_REFUSED = 11
_MARKS = {"error": "✗", "warning": "!", "note": "·"}


@click.command("lint")
@policy_argument
@people_option
@json_option
def command(policy: str, people: str | None, as_json: bool) -> int:
    """Rules that never apply, groups too small, patterns that match nothing, known holes.

    POLICY is a policy.yaml or the folder that holds it; people.yaml is taken from beside it. Ends with 11
    if there is an error or a warning.
    """
    from blastdoor.cli.text import plain  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.formats import canonical_bytes, moment_text  # noqa: PLC0415
    from blastdoor.policy import lint  # noqa: PLC0415
    from blastdoor.wiring import clock  # noqa: PLC0415

    today = moment_text(clock())[:10]
    read = read_both(policy, people)
    found = lint(read.policy, read.people.on(today), today)
    if as_json:
        click.echo(canonical_bytes({"v": 1, "file": read.file, "findings": found}))
    else:
        for one in found:
            where = f"{read.file}:{one.line}" if one.line else read.file
            click.echo(plain(f"{_MARKS[one.severity]} {where}: {one.severity}: {one.what}"))
            click.echo(plain(f"    {one.hint}"))
        click.echo(f"{len(read.policy.rules)} rules, {len(found)} findings", err=True)
    return _REFUSED if any(one.severity != "note" for one in found) else 0
