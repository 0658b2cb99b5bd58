"""`blastdoor demo`: the story, played on a small shop that is made for it."""

import tempfile
from pathlib import Path

import click

from blastdoor.errors import InputError


@click.command("demo")
@click.option(
    "--into", metavar="DIR", help="An empty or new folder. [default: a new one for temporary files]"
)
def command(into: str | None) -> int:
    """Play the story on a small shop, and leave the shop for you to try.

    It makes a git repository with a dozen services, its people and their keys, and then lets an AI-assisted
    change ask its way to production.
    """
    from blastdoor.cli.demo.story import play  # noqa: PLC0415 - a command pays for what it uses

    if into is None:
        folder = Path(tempfile.mkdtemp(prefix="blastdoor-demo-"))
    else:
        folder = Path(into)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError(f"{folder} is not empty", hint="name a new folder")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder} cannot be made: {error.strerror}") from error
    return play(folder.resolve())
