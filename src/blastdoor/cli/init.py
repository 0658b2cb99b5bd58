"""`blastdoor init`."""

from pathlib import Path

import click

from blastdoor.errors import InputError, SourceError

_PEOPLE = """\
# Who may vouch for changes. Read from the protected branch only.
#
# id: a pseudonym of your choosing; it is what records carry. Names and mailboxes stay in this file.
# accounts: git mailboxes, and forge accounts by their number, e.g. { provider: github, id: 1234567 }.
# keys: OpenSSH public keys; a yes is signed by one of them (blastdoor approve --key FILE).
version: 1

levels: [junior, engineer, senior, principal]

persons: []
# - id: p_first
#   name: A. Person
#   level: senior
#   teams: [platform]
#   accounts:
#     - { provider: git, id: a.person@example.org }
#   keys:
#     - ssh-ed25519 AAAA… a.person

agents: []
# - id: a_helper
#   owner: p_first
#   accounts:
#     - { provider: git, id: helper@example.org }
"""


@click.command("init")
@click.option("--repo", metavar="DIR", default=".", show_default=True, help="The repository.")
def command(repo: str) -> int:
    """Write a starting .blastdoor/ into the working tree: a policy that observes, and an empty roster.

    Nothing is overwritten. The files take effect once they are on the protected branch.
    """
    from blastdoor.policy import starting_policy  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.wiring import working_tree  # noqa: PLC0415

    root, branch = working_tree(repo)
    if not Path(repo).resolve().is_relative_to(root.resolve()):
        # A repository's own setting can name any folder as its working tree.
        raise InputError(f"the repository says that its working tree is {root}, which does not hold {repo}")
    folder = root / ".blastdoor"
    files = {"policy.yaml": starting_policy(branch, "observe"), "people.yaml": _PEOPLE}
    there = [name for name in files if (folder / name).exists() or (folder / name).is_symlink()]
    if there:
        raise InputError(f"{folder / there[0]} is there already", hint="nothing was written")
    try:
        _write(folder, files)
    except OSError as error:
        raise SourceError(f"{folder} cannot be written: {error.strerror}") from error
    for name in files:
        click.echo(f"wrote {folder / name}")
    click.echo(f"next: list your people, then bring .blastdoor/ to {branch}")
    return 0


def _write(folder: Path, files: dict[str, str]) -> None:
    # A link in the tree must not lead our writing out of it.
    if folder.is_symlink():
        raise InputError(f"{folder} is a link", hint="nothing was written")
    folder.mkdir(exist_ok=True)
    written: list[Path] = []
    try:
        for name, text in files.items():
            with (folder / name).open("x", encoding="utf-8") as file:
                written.append(folder / name)
                file.write(text)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
