"""bun.lock, versions 0 and 1: JSON with trailing commas and comments (bun.sh/docs, "Lockfile").

`workspaces` holds the projects. `packages` maps a path of names (`a`, or `b/a` for what only `b` finds)
to `["name@version", registry, {dependencies…}, integrity]`, in other orders for other sources.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node
from blastdoor.reach.lockfiles.values import (
    UnreadableError,
    array,
    before_at,
    folder,
    pin_of,
    salts,
    table,
    text,
    within,
)

_VERSIONS = frozenset({0, 1})
_NEEDS = ("dependencies", "optionalDependencies", "peerDependencies")
_KINDS = (*_NEEDS, "devDependencies")
_TOP = frozenset({"lockfileVersion", "workspaces", "packages", "catalog", "catalogs"}).union(
    {"patchedDependencies", "trustedDependencies"}
)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|//[^\n]*+|/\*.*?(?:\*/|\Z)|,(?=\s*+[}\]])', re.DOTALL)


class _Read:
    def __init__(self, top: Mapping[str, Any]) -> None:
        self.packages = {
            key: array(one, f"the package {key[:80]!r}")
            for key, one in table(top.get("packages"), "packages").items()
        }
        self.projects = {
            folder("", place): table(one, "a workspace")
            for place, one in table(top.get("workspaces"), "workspaces").items()
        }
        self.patches = salts(table(top.get("patchedDependencies"), "patchedDependencies"), before_at)
        trusted = array(top.get("trustedDependencies"), "trustedDependencies")
        # Trusted packages run their scripts when they are installed.
        self.trusted = frozenset(text(name, "a trusted package") for name in trusted)


def read_bun(data: bytes) -> Lock:
    """A lock of Bun in its text form. Raises UnreadableError, or what json raises."""
    top = _loads(data.decode("utf-8"))
    version = top.get("lockfileVersion")
    if type(version) is not int or version not in _VERSIONS:
        raise UnreadableError(f"lockfileVersion {version!r} is not known")
    read = _Read(top)
    importers = {place: _directs(one, read) for place, one in read.projects.items()}
    return Lock(str(version), _nodes(read), importers, pin_of(dict(top), _TOP))


def _loads(content: str) -> dict[str, Any]:
    """JSON once comments and the commas before closing brackets are gone."""
    # A quote or `/*` that nothing closes takes the rest, which then fails as JSON.
    plain = _TOKEN.sub(lambda found: found[0] if found[0].startswith('"') else " ", content)
    return table(json.loads(plain, object_pairs_hook=_once), "the file")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("holds a key twice")
    return found


def _nodes(read: _Read) -> dict[Key, Node]:
    nodes: dict[Key, Node] = {}
    for path, one in read.packages.items():
        key = _key(path, read)
        if key[0] == "link":
            nodes[key] = Node(path, "link", (("link", ("project", _workspace(one) or "")),))
            continue
        name = before_at(text(one[0], "a package's name")) if one else path
        plain = [part for part in one if not isinstance(part, dict)]
        more = [pin_of(part) for part in one if isinstance(part, dict)]
        pin = repr(([repr(part) for part in plain], more, read.patches.get(name), name in read.trusted))
        edges = [edge for part in one if isinstance(part, dict) for edge in _edges(path, part, read)]
        nodes[key] = Node(name, pin, tuple(edges))
    for place, project in read.projects.items():
        edges = list(_edges(text(project.get("name")), project, read))
        nodes["project", place] = Node(place, "project", tuple(edges))
    return nodes


def _workspace(one: list[Any]) -> str | None:
    """The directory of a project that stands among the packages (`["a@workspace:packages/a"]`)."""
    _, found, place = (one[0] if one and isinstance(one[0], str) else "").partition("@workspace:")
    return folder("", within(place)) if found else None


def _key(path: str, read: _Read) -> Key:
    place = _workspace(read.packages[path])
    return ("link", path) if place is not None and place in read.projects else ("package", path)


def _edges(path: str, one: Mapping[str, Any], read: _Read) -> Iterator[tuple[str, Key]]:
    for kind in _NEEDS:
        for name in table(one.get(kind), kind):
            yield f"{kind}:{name}", _found(path, name, read)


def _directs(one: Mapping[str, Any], read: _Read) -> dict[str, Direct]:
    kinds: dict[str, list[str]] = {}
    for kind in _KINDS:
        for name in table(one.get(kind), kind):
            kinds.setdefault(name, []).append(kind)
    own = text(one.get("name"), "a workspace's name")
    return {name: Direct(" ".join(of), (_found(own, name, read),)) for name, of in kinds.items()}


def _found(path: str, name: str, read: _Read) -> Key:
    """What a package finds by a name: below its own path, or below the nearest above that has it."""
    here = within(path)
    while here:
        if f"{here}/{name}" in read.packages:
            return _key(f"{here}/{name}", read)
        here = here.rpartition("/")[0]
    return _key(name, read) if name in read.packages else ("absent", name)
