"""A group whose own arguments are those of one of its commands; commands are imported when called."""

import importlib
from collections.abc import Mapping
from typing import Any

import click


class DefaultGroup(click.Group):
    """`commands_of`: name → what the overview says; each a module in `package` with `command`.

    `modules`: the module of a command whose name cannot be one.

    What does not begin with one of the names is given to `default`.
    """

    def __init__(
        self,
        *args: Any,
        package: str,
        default: str,
        commands_of: Mapping[str, str],
        modules: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._modules = modules or {}
        self._package, self._default, self._names = package, default, commands_of

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Click's; puts the default command in front where none is named."""
        if not args or (args[0] not in self._names and args[0] not in {"-h", "--help"}):
            args = [self._default, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Click's."""
        return list(self._names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Click's."""
        if cmd_name not in self._names:
            return None
        command = importlib.import_module(f"{self._package}.{self._modules.get(cmd_name, cmd_name)}").command
        assert isinstance(command, click.Command)  # noqa: S101 - a module of ours, named above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Click's."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self._names.items()))
