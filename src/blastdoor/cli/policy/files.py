"""A policy and its roster, read from files of a working tree."""

from dataclasses import dataclass
from pathlib import Path

import click

from blastdoor.cli.files import read_file
from blastdoor.model import Roster
from blastdoor.policy import Policy

_MAX = 5_000_000

policy_argument = click.argument("policy", metavar="[POLICY]", default=".blastdoor")
people_option = click.option(
    "--people", metavar="FILE", help="The roster. [default: people.yaml beside the policy]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """A policy and a roster, and the names of the files they stand in."""

    policy: Policy
    people: Roster
    file: str
    folder: Path


def read_both(policy: str, people: str | None) -> Both:
    """The policy at a path (a file, or its folder) and the roster beside it. InputError names the line."""
    from blastdoor.people import NOBODY, read_people  # noqa: PLC0415 - a command pays for what it uses
    from blastdoor.policy import load_policy  # noqa: PLC0415

    place = Path(policy)
    file = place / "policy.yaml" if place.is_dir() else place
    roster = file.parent / "people.yaml" if people is None else Path(people)
    export = roster.parent / "directory.json"
    loaded = load_policy(read_file(str(file), _MAX), str(file))
    directory = NOBODY
    if people is not None or roster.exists():
        exported = read_file(str(export), _MAX) if export.exists() else None
        directory = read_people(read_file(str(roster), _MAX), str(roster), exported, str(export))
    return Both(policy=loaded, people=directory.roster, file=str(file), folder=file.parent)
