"""Cargo.lock, versions 1 to 4 (doc.rust-lang.org/cargo, "Cargo.toml vs Cargo.lock").

Packages without a source are crates of the workspace, or beside it; their directories are not told. A
dependency is told by its name, and where several packages share it, by version and source.
"""

from collections.abc import Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node, name_nodes, named
from blastdoor.reach.lockfiles.python import packages_of
from blastdoor.reach.lockfiles.values import UnreadableError, array, pin_of, read_toml, table, text

_VERSIONS = frozenset({1, 2, 3, 4})
_TOP = frozenset({"version", "package", "metadata"})


def read_cargo(data: bytes) -> Lock:
    """A lock of Cargo. Raises UnreadableError, or what tomllib raises."""
    top = read_toml(data)
    version = top.get("version", 1)
    if type(version) is not int or version not in _VERSIONS or "package" not in top:
        raise UnreadableError(
            f"version {version!r} is not known" if "package" in top else "holds no packages"
        )
    # Before version 2 checksums stand by themselves.
    checksums = table(top.get("metadata"), "metadata")
    nodes: dict[Key, Node] = {}
    spelled: dict[str, list[Key]] = {}
    importers: dict[str, dict[str, Direct]] = {}
    for package in packages_of(top):
        node, spellings = _node(package, checksums)
        key: Key = ("package" if "source" in package else "project", spellings[-1])
        if key in nodes:
            raise UnreadableError(f"holds a package twice: {spellings[-1][:80]}")
        nodes[key] = node
        for spelling in dict.fromkeys(spellings):
            spelled.setdefault(spelling, []).append(key)
        if key[0] == "project":
            # A dependency's name comes first in each spelling of it.
            importer = importers.setdefault(f"crate:{node.name}", {})
            importer |= named((label.partition(" ")[0], target) for label, target in node.edges)
    return Lock(str(version), nodes | name_nodes(spelled), importers, pin_of(top, _TOP))


def _node(package: Mapping[str, Any], checksums: Mapping[str, Any]) -> tuple[Node, list[str]]:
    """A package's node, and how others may call it, the longest last."""
    name, version = package["name"], text(package.get("version"), "a version")
    source = text(package.get("source"), "a source")
    whole = f"{name} {version} ({source})" if source else f"{name} {version}"
    needs = [text(one, "a dependency") for one in array(package.get("dependencies"), "dependencies")]
    edges: tuple[tuple[str, Key], ...] = tuple((need.partition(" ")[0], ("name", need)) for need in needs)
    pin = pin_of([pin_of(package, {"dependencies"}), pin_of(checksums.get(f"checksum {whole}"))])
    return Node(name, pin if source else f"project {pin_of(package.get('replace'))}", edges), [
        name,
        f"{name} {version}",
        whole,
    ]
