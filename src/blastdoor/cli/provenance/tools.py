"""`blastdoor provenance tools`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from blastdoor.cli.options import json_option

if TYPE_CHECKING:
    from blastdoor.provenance import Registry

_SHOWN = 3


@click.command("tools")
@json_option
def command(as_json: bool) -> int:
    """The tools and robots that can be told, and by what."""
    from blastdoor.provenance import builtin_registry  # noqa: PLC0415 - a command pays for what it uses

    registry = builtin_registry()
    if as_json:
        import msgspec  # noqa: PLC0415

        told = {"v": 1, "registry": registry.digest, "tools": registry.tools}
        click.echo(msgspec.json.encode(told))
    else:
        click.echo("\n".join(_table(registry)))
    return 0


def _table(registry: "Registry") -> Iterator[str]:
    width = max(len(tool.name) for tool in registry.tools)
    for marks, words in (("ai", "AI"), ("automation", "automation that is no AI")):
        tools = [tool for tool in registry.tools if tool.marks == marks]
        yield f"{words}: {len(tools)}"
        for tool in tools:
            by = [one.mail for one in tool.identities if isinstance(one.mail, str)]
            by += [f"id {one.id}" for one in tool.identities if isinstance(one.id, int)]
            by += [one.login for one in tool.identities if isinstance(one.login, str)]
            by += [f"{one.key}:" for one in tool.trailers] + [f"{one.starts}…" for one in tool.branches]
            by += [f'"{name}"' for name in (*tool.suffixes, *tool.names)]
            rest = f", {len(by) - _SHOWN} more" if len(by) > _SHOWN else ""
            yield f"  {tool.name:{width}}  {tool.checked}  {', '.join(by[:_SHOWN])}{rest}"
        yield ""
    yield f"registry {registry.digest}"
