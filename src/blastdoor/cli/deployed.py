"""`blastdoor deployed`."""

from pathlib import Path

import click

from blastdoor.cli.options import (
    environment_option,
    json_option,
    key_option,
    repository_options,
    target_option,
)


@click.command("deployed")
@click.argument("revision")
@repository_options
@environment_option
@target_option
@key_option
@click.option("--also", metavar="REV", multiple=True, help="What else still runs there. Repeatable.")
@click.option("--baseline", is_flag=True, help="Begin with this revision (see `approve --baseline`).")
@click.option("--withdrawn", is_flag=True, help="It must not be gone back to.")
@json_option
def command(
    revision: str,
    repo: str,
    state: str | None,
    environment: str,
    target: str | None,
    key: str,
    also: tuple[str, ...],
    baseline: bool,
    withdrawn: bool,
    as_json: bool,
) -> int:
    """Say what runs in an environment, signed with its deployer's key.

    Coverage of the next deployment starts at the last revision that was fully covered. Ends with 11 if the
    word of this key does not count there; it is written all the same, and shown as asserted.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows.deployed import What, deployed  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    what = What(
        revision=revision,
        environment=environment,
        target=target,
        also=also,
        baseline=baseline,
        withdrawn=withdrawn,
    )
    file = Path(key)
    with patience("looking at what it brings") as no_more, open_world(repo, state) as local:

        def sign(payload: bytes, namespace: str) -> tuple[str, str]:
            no_more()
            return signer(file)(payload, namespace)

        said = deployed(local.world, what, public_key_of(file), sign, local.record)
    if as_json:
        document = {
            "v": 1,
            "id": said.id,
            "counts": not said.problem,
            "why": said.problem,
            "covered": said.deployment.covered,
            "uncovered_because": said.uncovered,
            "deployment": said.deployment,
        }
        click.echo(canonical_bytes(document))
    else:
        for line in _lines(said.id, said.deployment.revision, environment, said.problem, said.uncovered):
            click.echo(line)
    return 11 if said.problem else 0


def _lines(id_: str, revision: str, environment: str, problem: str, uncovered: str) -> list[str]:
    from blastdoor.cli.text import plain  # noqa: PLC0415

    lines = [f"{id_}  {revision[:12]} runs in {plain(environment)}"]
    if uncovered:
        lines.append(f"not covered: {plain(uncovered)}; what it brings is owed a review")
    if problem:
        lines.append(plain(problem))
    return lines
