"""`blastdoor override give`."""

from pathlib import Path

import click

from blastdoor.cli.options import (
    environment_option,
    json_option,
    key_option,
    repository_options,
    target_option,
)

_REFUSED = 11


@click.command("give")
@repository_options
@environment_option
@target_option
@key_option
@click.option("--to", "revision", metavar="REV", default="HEAD", show_default=True, help="The one revision.")
@click.option("--reason", metavar="TEXT", required=True, help="Why it cannot wait.")
@click.option("--incident", metavar="ID", required=True, help="The incident it is for.")
@click.option("--requested-by", metavar="PERSON", required=True, help="Who asks you for it.")
@click.option("--hours", type=click.IntRange(1, 24), help="For how long. [default: the policy's]")
@json_option
def command(
    repo: str,
    state: str | None,
    environment: str,
    target: str | None,
    key: str,
    revision: str,
    reason: str,
    incident: str,
    requested_by: str,
    hours: int | None,
    as_json: bool,
) -> int:
    """Open the door for one revision, as the second person. A review is owed afterwards.

    Ends with 11 if the door does not open by it; nothing is written then.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.text import named  # noqa: PLC0415
    from blastdoor.flows.override import Emergent, give_override  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    asked = Emergent(
        reason=reason,
        incident=incident,
        requested_by=requested_by,
        revision=revision,
        environment=environment,
        target=target,
        hours=hours,
    )
    file = Path(key)
    with patience("looking at what it brings") as no_more, open_world(repo, state) as local:

        def sign(payload: bytes, namespace: str) -> tuple[str, str]:
            no_more()
            return signer(file)(payload, namespace)

        opened = give_override(local.world, asked, public_key_of(file), sign, local.record)
    if as_json:
        document = {
            "v": 1,
            "id": opened.id,
            "written": opened.written,
            "override": opened.said,
            "verdict": opened.verdict.verdict,
            "notes": opened.verdict.notes,
        }
        click.echo(canonical_bytes(document))
    elif opened.written:
        said = opened.said
        click.echo(
            named(f"{opened.id}  {said.person} opens {environment} for {said.revision[:12]}", opened.names)
        )
        click.echo(f"until {said.expires}; share it: git push origin 'refs/blastdoor/overrides/*'")
    else:
        why = [note for note in opened.verdict.notes if note.startswith(f"override {opened.id}")]
        click.echo(f"refused: the door is at {opened.verdict.verdict} all the same")
        for note in why:
            click.echo(named(note, opened.names))
    return 0 if opened.written else _REFUSED
