"""`blastdoor policy import`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from blastdoor.cli.files import read_file
from blastdoor.cli.options import json_option
from blastdoor.cli.text import plain
from blastdoor.errors import InputError, SourceError

if TYPE_CHECKING:
    from blastdoor.policy.importing import Imported

_MAX_BYTES = 1_000_000
_HEADINGS = {"shut": "holds until you provide something", "stricter": "stricter than before", "same": ""}


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option("--out", metavar="DIR", required=True, help="Where the draft goes; made if it is not there.")
@click.option(
    "--branch", metavar="NAME", default="main", show_default=True, help="The branch that feeds production."
)
@json_option
def command(file: str, out: str, branch: str, as_json: bool) -> int:
    """Draft a policy from that of another gate: policy-bot's .policy.yml, or a CODEOWNERS file.

    Writes policy.yaml, people.yaml and LEFT.md, which lists what could not be carried over. What cannot be
    said becomes stricter, or holds; nothing becomes easier. Nothing is overwritten.
    """
    from blastdoor.policy.importing import import_policy, left_page  # noqa: PLC0415 - pays for what it uses

    imported = import_policy(read_file(file, _MAX_BYTES), file, branch)
    files = {
        "policy.yaml": imported.policy,
        "people.yaml": imported.people,
        "LEFT.md": left_page(imported.left, file),
    }
    folder = Path(out)
    try:
        _write(folder, files)
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps(_document(imported, folder, files), indent=2))
    else:
        _show(imported, folder, files)
    return 0


def _document(imported: "Imported", folder: Path, files: dict[str, str]) -> dict[str, object]:
    return {
        "kind": imported.kind,
        "wrote": [str(folder / name) for name in files],
        "left": [
            {"line": one.line, "what": one.what, "differs": one.differs, "why": one.why}
            for one in imported.left
        ],
    }


def _show(imported: "Imported", folder: Path, files: dict[str, str]) -> None:
    for name in files:
        click.echo(f"wrote {plain(str(folder / name))}")
    for differs, heading in _HEADINGS.items():
        items = [one for one in imported.left if one.differs == differs]
        if heading and items:
            click.echo(f"\n{heading}:")
            for one in items:
                click.echo(f"  line {one.line}: {plain(one.what)}: {plain(one.why)}")
    click.echo("\nnext: read LEFT.md, fill in people.yaml, then bring both to .blastdoor/ on the branch")


def _write(folder: Path, files: dict[str, str]) -> None:
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise InputError(f"{folder / there[0]} is there already", hint="nothing was written")
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    try:
        for name, text in files.items():
            # Made new or not at all, so that neither a file nor a link that appears meanwhile is written to.
            with (folder / name).open("x", encoding="utf-8") as file:
                written.append(folder / name)
                file.write(text)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
