"""`blastdoor decide`."""

import click

from blastdoor.cli.files import read_file
from blastdoor.cli.options import json_option

_MAX_KEYS = 1_000_000


@click.command("decide")
@click.argument("bundle", metavar="FILE")
@click.option(
    "--key",
    "keys",
    metavar="PUBKEYS",
    multiple=True,
    help="A file of OpenSSH public keys; every signature must be by one of them. Repeatable.",
)
@json_option
def command(bundle: str, keys: tuple[str, ...], as_json: bool) -> int:
    """Make a recorded decision again from its bundle alone, offline: the same verdict, byte for byte.

    FILE is what `check --bundle` wrote, or - for standard input.
    """
    from blastdoor.cli.verdict import show  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.flows import decide_again, read_bundle  # noqa: PLC0415
    from blastdoor.flows.bundle import MAX_BYTES  # noqa: PLC0415

    read = read_bundle(read_file(bundle, MAX_BYTES), bundle)
    verdict = decide_again(read, [key for file in keys for key in _keys_of(file)])
    if not keys:
        click.echo("inputs not authenticated: give --key to check the signatures in the bundle", err=True)
    return show(verdict, read.names, as_json=as_json)


def _keys_of(file: str) -> list[str]:
    from blastdoor.errors import InputError  # noqa: PLC0415
    from blastdoor.people import parse_public_key  # noqa: PLC0415

    keys = []
    text = read_file(file, _MAX_KEYS).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            try:
                keys.append(parse_public_key(line.strip()))
            except ValueError as error:
                raise InputError(f"{file}:{number}: not an OpenSSH public key: {error}") from error
    if not keys:
        raise InputError(f"{file} holds no public key")
    return keys
