"""uv.lock, version 1 (docs.astral.sh/uv, "The lockfile").

The members of the workspace are packages whose source is a directory; a dependency is told by its name, and
where several packages share it, by its version or source.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node, named
from blastdoor.reach.lockfiles.python import packages_of
from blastdoor.reach.lockfiles.values import UnreadableError, array, folder, pin_of, read_toml, table, text

_PLACES = ("editable", "virtual", "workspace", "directory")
_NEEDS = frozenset({"dependencies", "optional-dependencies", "dev-dependencies", "metadata"})
_FILES = frozenset({"sdist", "wheels"})
#: Facts of a registry about a file, in and out with uv's versions; the hash pins it.
_FILE_INERT = frozenset({"size", "upload-time"})
#: `options` are what was resolved with; what came of it stands in the packages.
_TOP = frozenset({"version", "revision", "package", "manifest", "options"})
_MANIFEST = frozenset({"members", "requirements", "dependency-groups"})

_Wanted = tuple[str, str, str, str]  # name, version, source, extra; "" where it is not told


def read_uv(data: bytes) -> Lock:
    """A lock of uv. Raises UnreadableError, or what tomllib raises."""
    top = read_toml(data)
    version = top.get("version")
    if type(version) is not int or version != 1:
        raise UnreadableError(f"version {version!r} is not known")
    manifest = table(top.get("manifest"), "manifest")
    nodes: dict[Key, Node] = {}
    found: dict[_Wanted, list[Key]] = {}
    importers: dict[str, dict[str, Direct]] = {}
    for package in packages_of(top):
        place = _place(package)
        _add(package, place, nodes, found)
        if place is not None:
            if place in importers:
                raise UnreadableError(f"holds a project twice: {place[:80]}")
            importers[place] = _directs(package)
    asked = {name: Direct("", (_key((name, "", "", "")),)) for name in _asked(manifest)}
    if asked:
        importers[""] = asked | importers.get("", {})
    for wanted, keys in found.items():
        nodes[_key(wanted)] = Node(wanted[0], "name", tuple(("", key) for key in keys))
    settings = repr((pin_of(top, _TOP), pin_of(manifest, _MANIFEST)))
    return Lock(str(version), nodes, importers, settings)


def _place(package: Mapping[str, Any]) -> str | None:
    """The directory of a project of the workspace; None for what is installed from elsewhere."""
    source = table(package.get("source"), "a source")
    return next((folder("", text(source[key], "a source")) for key in _PLACES if key in source), None)


def _key(wanted: _Wanted) -> Key:
    return ("name", repr(wanted))


def _add(
    package: Mapping[str, Any],
    place: str | None,
    nodes: dict[Key, Node],
    found: dict[_Wanted, list[Key]],
) -> None:
    """A package, and each of its extras as a node of its own."""
    name, version = package["name"], text(package.get("version"), "a version")
    source = pin_of(package.get("source"))
    parts = {"": package.get("dependencies"), **table(package.get("optional-dependencies"), "extras")}
    for extra, needs in parts.items():
        id_ = repr((name, version, source, extra))
        key: Key = ("package" if place is None else "project", id_)
        if key in nodes:
            raise UnreadableError(f"holds a package twice: {name[:80]}")
        pin = f"extra {extra}" if extra else _pin(package) if place is None else "project"
        nodes[key] = Node(name, pin, tuple(_edges(needs)))
        for one in {(v, s) for v in ("", version) for s in ("", source)}:
            found.setdefault((name, *one, extra), []).append(key)


def _pin(package: Mapping[str, Any]) -> str:
    kept = {key: value for key, value in package.items() if key not in _NEEDS and key not in _FILES}
    files = [package.get("sdist"), *array(package.get("wheels"), "wheels")]
    return pin_of([pin_of(kept), *(pin_of(one, _FILE_INERT) for one in files)])


def _edges(needs: object) -> Iterator[tuple[str, Key]]:
    for one in array(needs, "dependencies"):
        need = table(one, "a dependency")
        marker = text(need.get("marker"), "a marker")
        for wanted in _wanted(need):
            yield f"{wanted[0]}[{wanted[3]}]; {marker}", _key(wanted)


def _wanted(need: Mapping[str, Any]) -> Iterable[_Wanted]:
    name = text(need.get("name"), "a name")
    source = pin_of(need["source"]) if "source" in need else ""
    extras = [text(extra, "an extra") for extra in array(need.get("extra"), "extra")]
    return [(name, text(need.get("version"), "a version"), source, extra) for extra in ("", *extras)]


def _directs(package: Mapping[str, Any]) -> dict[str, Direct]:
    """A project's dependencies, of its extras and groups too, each with where it is asked for."""
    groups = [("", package.get("dependencies"))]
    for kind in ("optional-dependencies", "dev-dependencies"):
        groups += [(f"{kind}.{group}", needs) for group, needs in table(package.get(kind), kind).items()]
    asked: dict[str, list[str]] = {}
    keys: list[tuple[str, Key]] = []
    for group, needs in groups:
        for label, key in _edges(needs):
            name = label.partition("[")[0]
            asked.setdefault(name, []).append(f"{group}: {label}")
            keys.append((name, key))
    return {name: Direct(repr(sorted(asked[name])), one.targets) for name, one in named(keys).items()}


def _asked(manifest: Mapping[str, Any]) -> Iterator[str]:
    """What a workspace whose root is no project asks for."""
    groups = table(manifest.get("dependency-groups"), "dependency-groups")
    for needs in (manifest.get("requirements"), *groups.values()):
        for one in array(needs, "requirements"):
            yield text(table(one, "a requirement").get("name"), "a name")
