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


environment_option = click.option(
    "--environment", metavar="NAME", default="production", show_default=True, help="Where to."
)
head_option = click.option("--head", metavar="REF", default="HEAD", show_default=True, help="The change.")
base_option = click.option(
    "--base", metavar="REF", help="A what-if: the change since REF, not since the protected branch."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
target_option = click.option(
    "--target",
    metavar="NAME",
    help="A part of the environment that is deployed by itself. [default: all of it]",
)
key_option = click.option(
    "--key",
    metavar="FILE",
    envvar="BLASTDOOR_KEY",
    required=True,
    help="Your SSH key: a private key file, or a .pub whose key an agent holds.",
)
