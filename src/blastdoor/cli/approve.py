"""`blastdoor approve`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import (
    environment_option,
    head_option,
    json_option,
    repository_options,
    target_option,
)
from blastdoor.errors import InputError

if TYPE_CHECKING:
    from blastdoor.flows import Spoken

_REFUSED = 11
_SAID = {
    "yes": "says yes",
    "no": "says no",
    "no_ai": "attests that no AI was used",
    "used_ai": "attests that AI was used",
    "not_mine": "denies to be a co-author",
    "withdraw": "takes it back",
    "accept": "accepts",
}


@click.command("approve")
@repository_options
@environment_option
@head_option
@click.option(
    "--key",
    metavar="FILE",
    envvar="BLASTDOOR_KEY",
    help="Your SSH key: a private key file, or a .pub whose key an agent holds.",
)
@click.option("--landed", metavar="P..C", help="About a landing that is on the protected branch already.")
@click.option("--baseline", metavar="REV", help="About beginning with this revision.")
@click.option("--rollback", metavar="REV", help="About going back to this revision.")
@target_option
@click.option("--accept", is_flag=True, help="As a root key: accept these rules.")
@click.option("--reject", is_flag=True, help="Say no instead. A no holds until you withdraw it.")
@click.option("--reason", metavar="TEXT", help="Why not.")
@click.option("--withdraw", metavar="APR_ID", help="Take a yes or a no back.")
@click.option("--as", "person", metavar="PERSON", help="Who you are (your key says so anyway).")
@click.option("--unsigned", is_flag=True, help="Without a signature: shown, and opens nothing.")
@click.option("--anyway", is_flag=True, help="Record it even if it will not count.")
@json_option
def command(
    repo: str,
    state: str | None,
    head: str,
    environment: str,
    key: str | None,
    landed: str | None,
    baseline: str | None,
    rollback: str | None,
    target: str | None,
    accept: bool,
    reject: bool,
    reason: str | None,
    withdraw: str | None,
    person: str | None,
    unsigned: bool,
    anyway: bool,
    as_json: bool,
) -> int:
    """Say yes (or no) to exactly this change, signed with your SSH key.

    What you sign names the repository, the base, the head, the tree and the difference, and the risk you were
    shown. Anything else later needs a new yes, unless it is proven to be the same content. Ends with 11 if
    your yes would not count; nothing is written then.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows import Answer, Question, gather, speak_of  # noqa: PLC0415
    from blastdoor.flows.course import gather_baseline, gather_landed, gather_rollback  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    if unsigned == (key is not None):
        raise InputError("give either --key FILE, or --unsigned with --as PERSON")
    if reject and withdraw is not None:
        raise InputError("--reject says no, --withdraw takes something back: give one of them")
    if reason is not None and not reject:
        raise InputError("--reason goes with --reject: a yes needs none")
    if sum(one is not None for one in (landed, baseline, rollback)) > 1:
        raise InputError("--landed, --baseline and --rollback are about different things: give one of them")
    if accept and (reject or withdraw is not None or key is None):
        raise InputError("--accept is signed by a root key, and says nothing else")
    file = None if key is None else Path(key)
    held = None if file is None else public_key_of(file)
    said = "accept" if accept else "withdraw" if withdraw else "no" if reject else "yes"
    answer = Answer(
        answer=said,  # type: ignore[arg-type]
        key=held,
        person=person,
        reason=reason,
        withdraws=withdraw,
        anyway=anyway,
    )
    with patience("reading the change") as no_more, open_world(repo, state) as local:

        def sign(payload: bytes, namespace: str) -> tuple[str, str]:
            no_more()  # ssh-keygen may ask for a passphrase, or for a touch of the key
            return signer(Path(str(key)))(payload, namespace)

        world = local.world
        if landed is not None:
            gathered = gather_landed(world, landed, environment)
        elif baseline is not None:
            gathered = gather_baseline(world, baseline, environment)
        elif rollback is not None:
            gathered = gather_rollback(world, rollback, environment, target)
        else:
            gathered = gather(world, Question(head=head, environment=environment))
        spoken = speak_of(world, gathered, answer, sign if file else None, local.record)
    show(spoken, as_json=as_json)
    return 0 if spoken.written else _REFUSED


def show(spoken: "Spoken", *, as_json: bool) -> None:
    """Say what became of a statement."""
    from blastdoor.cli.text import named  # noqa: PLC0415
    from blastdoor.formats import canonical_bytes  # noqa: PLC0415

    if as_json:
        document = {
            "v": 1,
            "id": spoken.id,
            "person": spoken.person,
            "written": spoken.written,
            "vote": spoken.vote,
            "verdict": spoken.verdict.verdict,
        }
        click.echo(canonical_bytes(document))
        return
    who = named(spoken.person, spoken.names)
    if not spoken.written:
        click.echo(f"refused: {who}: {named(spoken.vote.why, spoken.names)}")
        click.echo("nothing was written (--anyway records it; it opens nothing)", err=True)
        return
    said = _SAID[spoken.vote.answer]
    click.echo(f"{spoken.id}  {who} {said} to {spoken.verdict.change.head[:12]}")
    if not spoken.vote.counts:
        click.echo(f"it does not count: {named(spoken.vote.why, spoken.names)}")
    click.echo(f"the door now: {spoken.verdict.verdict}")
