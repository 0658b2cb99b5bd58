"""`blastdoor provenance attest`."""

from pathlib import Path

import click

from blastdoor.cli.options import head_option, json_option, repository_options

_REFUSED = 11


@click.command("attest")
@repository_options
@head_option
@click.option("--none", "none", is_flag=True, help="No AI was used.")
@click.option("--used", is_flag=True, help="AI was used.")
@click.option("--not-mine", is_flag=True, help="You are named as a co-author, and are none. Takes presence.")
@click.option(
    "--tool", "tools", metavar="NAME", multiple=True, help="Which (see `provenance tools`). Repeatable."
)
@click.option(
    "--key", metavar="FILE", envvar="BLASTDOOR_KEY", help="Your SSH key, or a .pub whose key an agent holds."
)
@json_option
def command(
    repo: str,
    state: str | None,
    head: str,
    none: bool,
    used: bool,
    not_mine: bool,
    tools: tuple[str, ...],
    key: str | None,
    as_json: bool,
) -> int:
    """Sign that no AI, or which, was used in exactly this change. For its authors.

    That none was used counts when everybody who had a hand in the change has signed it, and nothing says
    otherwise. Ends with 11 if your attestation would not count; nothing is written then.
    """
    from blastdoor.cli.approve import show  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.cli.patience import patience  # noqa: PLC0415
    from blastdoor.errors import InputError  # noqa: PLC0415
    from blastdoor.flows import Answer, Question, speak  # noqa: PLC0415
    from blastdoor.provenance import builtin_registry  # noqa: PLC0415
    from blastdoor.wiring import open_world, public_key_of, signer  # noqa: PLC0415

    if none + used + not_mine != 1:
        raise InputError("say either --none, --used or --not-mine")
    if key is None:
        raise InputError("an attestation is signed: give your key with --key FILE")
    if tools and not used:
        raise InputError("--tool goes with --used")
    known = {tool.name for tool in builtin_registry().tools if tool.marks == "ai"}
    for tool in tools:
        if tool not in known:
            raise InputError(f"no tool is called {tool!r} here", hint="blastdoor provenance tools lists them")
    file = Path(key)
    answer = Answer(
        answer="not_mine" if not_mine else "no_ai" if none else "used_ai",
        key=public_key_of(file),
        tools=tools,
    )
    with patience("reading the change") as no_more, open_world(repo, state) as local:

        def sign(payload: bytes, namespace: str) -> tuple[str, str]:
            no_more()  # ssh-keygen may ask for a passphrase, or for a touch of the key
            return signer(file)(payload, namespace)

        spoken = speak(local.world, Question(head=head), answer, sign, local.record)
    show(spoken, as_json=as_json)
    return 0 if spoken.written else _REFUSED
