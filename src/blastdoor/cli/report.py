"""`blastdoor report`."""

from pathlib import Path

import click

from blastdoor.cli.files import read_file
from blastdoor.cli.options import head_option, json_option, key_option, repository_options
from blastdoor.errors import InputError

_MAX_TEXT = 1_000_000


@click.command("report")
@repository_options
@head_option
@key_option
@click.option("--producer", metavar="NAME", help="Who reports (the key says so anyway).")
@click.option(
    "--check", "checks", metavar="NAME=CONCLUSION", multiple=True, help="A check that ran. Repeatable."
)
@click.option("--change-record", metavar="FILE", help="The change record, in Markdown.")
@click.option("--rollback-plan", metavar="FILE", help="The rollback plan.")
@click.option("--rollout", metavar="PERCENTS", help="The stages of the rollout: 5,50,100.")
@json_option
def command(
    repo: str,
    state: str | None,
    head: str,
    key: str,
    producer: str | None,
    checks: tuple[str, ...],
    change_record: str | None,
    rollback_plan: str | None,
    rollout: str | None,
    as_json: bool,
) -> int:
    """Sign what you know of exactly this commit: checks, a change record, a rollback plan, a rollout.

    It is stored beside the approvals and travels with them (refs/blastdoor/reports/*). Ends with 11 if your
    word does not count for that; it is written all the same, and shown as asserted.
    """
    from blastdoor.cli.text import plain  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows.reports import Findings, report  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    given = {"change_record": change_record, "rollback_plan": rollback_plan}
    findings = Findings(
        checks=[_check(text) for text in checks],
        texts=[(kind, read_file(file, _MAX_TEXT)) for kind, file in given.items() if file is not None],
        rollout=_stages(rollout),
    )
    file = Path(key)
    with open_world(repo, state) as local:
        said = report(local.world, head, producer, findings, public_key_of(file), signer(file), local.record)
    if as_json:
        document = {
            "v": 1,
            "id": said.id,
            "counts": not said.problem,
            "why": said.problem,
            "report": said.report,
        }
        click.echo(canonical_bytes(document))
    else:
        click.echo(f"{said.id}  {plain(said.report.producer)} reports on {said.report.head[:12]}")
        if said.problem:
            click.echo(f"asserted: {plain(said.problem)}")
    return 11 if said.problem else 0


def _check(text: str) -> tuple[str, str]:
    name, equals, conclusion = text.rpartition("=")
    if not (name and equals and conclusion):
        raise InputError(f"--check {text!r}: NAME=CONCLUSION is wanted, as unit=success")
    return name, conclusion


def _stages(text: str | None) -> list[int]:
    if text is None:
        return []
    parts = text.split(",")
    if not all(part.strip().isascii() and part.strip().isdigit() and len(part.strip()) < 4 for part in parts):
        raise InputError(f"--rollout {text!r}: stages in percent are wanted, as 5,50,100")
    stages = [int(part) for part in parts]
    if any(not 1 <= stage <= 100 for stage in stages) or sorted(set(stages)) != stages:
        raise InputError(f"--rollout {text!r}: rising stages from 1 to 100 are wanted")
    return stages
