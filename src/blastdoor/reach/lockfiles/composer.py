"""composer.lock (getcomposer.org/doc, "The composer.lock file"; its schema is composer-lock-schema.json).

Which packages are direct is not told: whatever the project can load counts as such.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Key, Lock, Node, name_nodes, named
from blastdoor.reach.lockfiles.values import UnreadableError, array, pin_of, read_json, table, text

#: Said of a package to people.
_INERT = frozenset(
    {"description", "keywords", "homepage", "support", "funding", "time", "authors", "license"}
)
#: What Composer resolved with; what came of it stands in the packages.
_TOP = frozenset({"packages", "packages-dev", "_readme", "content-hash", "hash", "plugin-api-version"}).union(
    {"minimum-stability", "stability-flags", "prefer-stable", "prefer-lowest"}
)


def read_composer(data: bytes) -> Lock:
    """A lock of Composer. Raises UnreadableError, or what msgspec raises."""
    top = read_json(data)
    if "packages" not in top:
        raise UnreadableError("holds no packages")
    nodes: dict[Key, Node] = {}
    found: dict[str, list[Key]] = {}
    for group in ("packages", "packages-dev"):
        for one in array(top.get(group), group):
            package = table(one, "a package")
            name = text(package.get("name"), "a name")
            key: Key = ("package", f"{group} {name.lower()}")
            if not name or key in nodes:
                raise UnreadableError(f"holds a package twice, or without a name: {name[:80]!r}")
            edges = tuple((f"require:{need}", _named(need)) for need in _keys(package, "require"))
            nodes[key] = Node(name, f"{group} {pin_of(package, _INERT)}", edges)
            for called in dict.fromkeys([name.lower(), *_stood_for(package)]):
                found.setdefault(called, []).append(key)
    directs = named((node.name, _named(node.name)) for node in nodes.values())
    return Lock("", nodes | name_nodes(found), {"": directs}, pin_of(top, _TOP))


def _named(name: str) -> Key:
    return ("name", name.lower())


def _keys(package: Mapping[str, Any], kind: str) -> Iterator[str]:
    # PHP writes an empty mapping as an empty list.
    value = package.get(kind)
    yield from table(None if value == [] else value, kind)


def _stood_for(package: Mapping[str, Any]) -> Iterator[str]:
    """Names that a package provides or takes the place of."""
    for kind in ("provide", "replace"):
        for name in _keys(package, kind):
            yield name.lower()
