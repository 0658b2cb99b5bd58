"""package-lock.json and npm-shrinkwrap.json, versions 1 to 3 (docs.npmjs.com, "package-lock.json").

Versions 2 and 3 hold `packages`: place in the tree of folders -> package. Version 1, and 2 beside it for old
clients, holds `dependencies` nested as folders are. A name is found as Node finds it: in the nearest
`node_modules` upwards.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node, every_package
from blastdoor.reach.lockfiles.values import UnreadableError, folder, pin_of, read_json, table, text, within

_VERSIONS = frozenset({1, 2, 3})
_NEEDS = ("dependencies", "optionalDependencies", "peerDependencies")
_KINDS = (*_NEEDS, "devDependencies")
#: What pins nothing: it is told to people, and `peer` is in and out with npm's versions. Ranges do pin: npm
#: resolves anew what no longer fits them.
_INERT = frozenset({"license", "funding", "deprecated", "peer"})
_OLD_INERT = frozenset({"dependencies"})
_MODULES = "node_modules"

Places = Mapping[str, Mapping[str, Any]]


def read_npm(data: bytes) -> Lock:
    """A lock of npm. Raises UnreadableError, or what msgspec raises for bytes that are no JSON."""
    top = read_json(data)
    version = top.get("lockfileVersion")
    if type(version) is not int or version not in _VERSIONS:
        raise UnreadableError(f"lockfileVersion {version!r} is not known")
    old = _unfolded(table(top.get("dependencies"), "dependencies"))
    if version == 1:
        return _old_lock(old)
    if "packages" not in top:
        raise UnreadableError("holds no packages")
    packages = table(top["packages"], "packages")
    places = {
        folder("", within(place)): table(one, f"packages of {place[:80]!r}")
        for place, one in packages.items()
    }
    if len(places) != len(packages):
        raise UnreadableError("holds a place twice")
    importers = {
        place: _directs(place, one, places) for place, one in places.items() if not _is_installed(place)
    }
    beside = frozenset((_called(place), _old_pin(one)) for place, one in old.items())
    return Lock(str(version), _nodes(places), importers, loose=beside)


def _is_installed(place: str) -> bool:
    return _MODULES in place.split("/")


def _called(place: str) -> str:
    """The name under which the package at a place is found."""
    return f"/{place}".rpartition(f"/{_MODULES}/")[2]


def _nodes(places: Places) -> dict[Key, Node]:
    nodes: dict[Key, Node] = {}
    for place, one in places.items():
        if not _is_installed(place):
            nodes["project", place] = Node(place, "project", tuple(_edges(place, one, places, _NEEDS)))
        elif _is_link(one, places):
            target: Key = ("project", folder("", text(one["resolved"])))
            nodes["link", place] = Node(_called(place), pin_of(dict(one), _INERT), (("link", target),))
        else:
            pin = pin_of(dict(one), _INERT)
            nodes["package", place] = Node(_called(place), pin, tuple(_edges(place, one, places, _NEEDS)))
    return nodes


def _is_link(one: Mapping[str, Any], places: Places) -> bool:
    """Whether a place only leads to a project's own."""
    if one.get("link") is not True or "resolved" not in one:
        return False
    target = folder("", within(text(one["resolved"], "a link")))
    return target in places and not _is_installed(target)


def _edges(
    place: str, one: Mapping[str, Any], places: Places, kinds: tuple[str, ...]
) -> Iterator[tuple[str, Key]]:
    for kind in kinds:
        for name in table(one.get(kind), kind):
            yield f"{kind}:{name}", _found(place, name, places)


def _directs(place: str, one: Mapping[str, Any], places: Places) -> dict[str, Direct]:
    kinds: dict[str, list[str]] = {}
    for kind in _KINDS:
        for name in table(one.get(kind), kind):
            kinds.setdefault(name, []).append(kind)
    return {name: Direct(" ".join(of), (_found(place, name, places),)) for name, of in kinds.items()}


def _found(place: str, name: str, places: Places) -> Key:
    """Where a package finds a name: in its own `node_modules`, or in one above."""
    here = place
    while True:
        if here.rpartition("/")[2] != _MODULES:
            candidate = f"{here}/{_MODULES}/{name}" if here else f"{_MODULES}/{name}"
            if candidate in places:
                return ("link" if _is_link(places[candidate], places) else "package", candidate)
        if not here:
            return ("absent", name)
        here = here.rpartition("/")[0]


def _unfolded(dependencies: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Version 1's nested `dependencies`, by their places."""
    places: dict[str, dict[str, Any]] = {}
    waiting = [("", dependencies)]
    while waiting:
        above, here = waiting.pop()
        for name, content in here.items():
            place = folder("", within(f"{above}/{_MODULES}/{name}"))
            places[place] = table(content, f"the dependency {name[:80]!r}")
            waiting.append((place, table(places[place].get("dependencies"), "dependencies")))
    return places


def _old_lock(old: dict[str, dict[str, Any]]) -> Lock:
    """Version 1 does not say which are direct: whatever the project can import is."""
    places = {place: _as_needed(one) for place, one in old.items()}
    nodes: dict[Key, Node] = {
        ("package", place): Node(
            _called(place),
            pin_of(old[place], _OLD_INERT),
            tuple(_edges(place, one, places, ("dependencies",))),
        )
        for place, one in places.items()
    }
    top = {key: node for key, node in nodes.items() if key[1].count(f"{_MODULES}/") == 1}
    return Lock("1", nodes, {"": every_package(top)})


def _as_needed(one: dict[str, Any]) -> dict[str, Any]:
    requires = one.get("requires")
    # `true` (npm 5.0 wrote it) says only that there are some; those nested here are all that is told.
    if isinstance(requires, bool):
        requires = dict.fromkeys(table(one.get("dependencies")), "")
    return {"dependencies": table(requires, "requires")}


def _old_pin(one: dict[str, Any]) -> str:
    return pin_of({key: one[key] for key in ("version", "resolved", "integrity") if key in one})
