"""Options that several commands share."""

from collections.abc import Callable
from typing import Any

import click

_Command = Callable[..., Any]


def repository_options(command: _Command) -> _Command:
    """Where: the repository, and the state directory."""
    command = click.option(
        "--state",
        metavar="DIR",
        envvar="BLASTDOOR_STATE",
        help="Where state is kept. [default: blastdoor/ in the repository's git directory]",
    )(command)
    return click.option(
        "--repo", metavar="DIR", default=".", show_default=True, help="The repository, or a folder in it."
    )(command)


def question_options(command: _Command) -> _Command:
    """What is asked: base, head, environment."""
    command = click.option(
        "--environment", metavar="NAME", default="production", show_default=True, help="Where to."
    )(command)
    command = click.option("--head", metavar="REF", default="HEAD", show_default=True, help="The change.")(
        command
    )
    return click.option(
        "--base", metavar="REF", help="A what-if: the change since REF, not since the protected branch."
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
