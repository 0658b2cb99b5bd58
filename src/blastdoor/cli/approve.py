"""`blastdoor approve`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import environment_option, head_option, json_option, repository_options
from blastdoor.errors import InputError

if TYPE_CHECKING:
    from blastdoor.flows import Answer, Spoken

_REFUSED = 11
_SAID = {
    "yes": "says yes",
    "no": "says no",
    "no_ai": "attests that no AI was used",
    "used_ai": "attests that AI was used",
    "withdraw": "takes it back",
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
    from blastdoor.flows import Question, speak  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    if unsigned == (key is not None):
        raise InputError("give either --key FILE, or --unsigned with --as PERSON")
    if reject and withdraw is not None:
        raise InputError("--reject says no, --withdraw takes something back: give one of them")
    if reason is not None and not reject:
        raise InputError("--reason goes with --reject: a yes needs none")
    file = None if key is None else Path(key)
    held = None if file is None else public_key_of(file)
    answer = _answer(held, person, reject, reason, withdraw, anyway)
    with patience("reading the change") as no_more, open_world(repo, state) as local:

        def sign(payload: bytes) -> tuple[str, str]:
            no_more()  # ssh-keygen may ask for a passphrase, or for a touch of the key
            return signer(Path(str(key)))(payload)

        question = Question(head=head, environment=environment)
        spoken = speak(local.world, question, answer, sign if file else None, local.record)
    show(spoken, as_json=as_json)
    return 0 if spoken.written else _REFUSED


def _answer(
    key: str | None, person: str | None, reject: bool, reason: str | None, withdraw: str | None, anyway: bool
) -> "Answer":
    from blastdoor.flows import Answer  # noqa: PLC0415

    return Answer(
        answer="withdraw" if withdraw else "no" if reject else "yes",
        key=key,
        person=person,
        reason=reason,
        withdraws=withdraw,
        anyway=anyway,
    )


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
