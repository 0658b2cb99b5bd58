"""What the records of other programs call a tool."""

from functools import lru_cache

from blastdoor.provenance.entries import Registry
from blastdoor.provenance.identities import identities

#: Stand-ins that programs use in their own tests; what they "wrote", nobody wrote.
_TEST_TOOLS = frozenset({"mock_ai", "mock-ai", "mockai", "test_tool"})
_LONGEST = 80
_NO_MODEL = frozenset({"", "unknown", "default", "auto", "none", "null"})


class Agents:
    """The names of a registry's tools in records."""

    def __init__(self, registry: Registry) -> None:
        self._names = {
            name.casefold(): tool.name for tool in registry.tools for name in (tool.name, *tool.agents)
        }
        self._namer = identities(registry).namer
        self._unnamed = registry.entries.shared.unnamed

    def called(self, tool: str, model: str) -> tuple[str, str] | None:
        """The registry's name of a tool, and its model ("" if not told); None for a test's stand-in."""
        name = tool.strip().casefold()[: 2 * _LONGEST]
        if name in _TEST_TOOLS:
            return None
        known = self._names.get(name)
        if known is None:
            named = self._namer.mentioned(tool[: 2 * _LONGEST], loose=True)
            known = named.tool if named and named.tool else self._unnamed
        told = model.strip()[:_LONGEST]
        return known, "" if told.casefold() in _NO_MODEL or "@" in told else told


@lru_cache(maxsize=4)
def agents(registry: Registry) -> Agents:
    """The names of a registry, looked up once."""
    return Agents(registry)
