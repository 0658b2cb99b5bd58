"""`blastdoor check`."""

import click

from blastdoor.cli.files import read_file, write_file
from blastdoor.cli.options import (
    base_option,
    environment_option,
    head_option,
    json_option,
    repository_options,
    target_option,
)
from blastdoor.errors import InputError

_MAX_FACTS = 10_000_000


@click.command("check")
@repository_options
@base_option
@head_option
@environment_option
@click.option("--to", "candidate", metavar="REV", help="A deployment: all that this revision would bring.")
@click.option("--from", "start", metavar="REV", help="A what-if: that this is what runs.")
@target_option
@click.option("--facts", metavar="FILE", help="Facts from outside, as JSON; they count as asserted.")
@click.option("--bundle", metavar="FILE", help="Write the decision's inputs, to decide it again anywhere.")
@click.option("--record", is_flag=True, help="Record the verdict in the state directory.")
@json_option
def command(
    repo: str,
    state: str | None,
    base: str | None,
    head: str,
    environment: str,
    candidate: str | None,
    start: str | None,
    target: str | None,
    facts: str | None,
    bundle: str | None,
    record: bool,
    as_json: bool,
) -> int:
    """May this change go to production, and if not, what would open the door?

    With --to, the same of a deployment: of every landing on the protected branch since the last revision
    that was fully covered.

    Ends with 0 for pass, 10 for hold, 11 for deny, and 2 if it could not decide.
    """
    from blastdoor.cli.patience import patience  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.verdict import show  # noqa: PLC0415
    from blastdoor.flows import (  # noqa: PLC0415
        Destination,
        Question,
        check,
        check_deployment,
        read_facts,
        record_verdict,
        write_bundle,
    )
    from blastdoor.model import Facts  # noqa: PLC0415
    from blastdoor.wiring import open_world  # noqa: PLC0415

    if candidate is None and (start is not None or target is not None):
        raise InputError("--from and --target go with --to REVISION, which asks about a deployment")
    if candidate is not None and (base is not None or head != "HEAD" or facts is not None):
        raise InputError("--to asks about a deployment: --base, --head and --facts are about a change")
    given, pull = (Facts(), None) if facts is None else read_facts(read_file(facts, _MAX_FACTS), facts)
    question = Question(head=head, base=base, environment=environment, facts=given, pull_request=pull)
    doing = "reading the change" if candidate is None else "looking at each landing"
    with patience(doing) as waiting, open_world(repo, state) as local:
        if candidate is None:
            decided = check(local.world, question)
        else:
            destination = Destination(
                candidate=candidate, environment=environment, start=start, target=target
            )
            decided = check_deployment(local.world, destination, waiting.progress)
        if bundle is not None:
            write_file(bundle, write_bundle(decided.bundle))
        if record:
            record_verdict(local.world, decided, local.record())
    return show(decided.verdict, decided.bundle.names, as_json=as_json)
