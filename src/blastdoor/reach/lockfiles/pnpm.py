"""pnpm-lock.yaml, versions 5.3 to 9.0 (github.com/pnpm/spec, lockfile/).

`importers` holds the projects (without it, the file's own top level is the one project). `packages` holds
what is pinned; since 9.0, `snapshots` holds what depends on what, once for each set of peers.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node
from blastdoor.reach.lockfiles.values import (
    UnreadableError,
    before_at,
    folder,
    pin_of,
    read_yaml,
    salts,
    short,
    table,
    text,
)

_VERSIONS = frozenset({"5.3", "5.4", "5.4-inlineSpecifiers", "6.0", "6.1", "9.0"})
_NEEDS = ("dependencies", "optionalDependencies")
_KINDS = (*_NEEDS, "devDependencies")
_PROJECT = frozenset({*_KINDS, "specifiers", "dependenciesMeta", "publishDirectory"})
_INERT = frozenset({*_NEEDS, "deprecated"})
#: What is read apart, or only says how what is resolved was asked for. All else holds for everything.
_TOP = frozenset(
    {"lockfileVersion", "importers", "packages", "snapshots", "catalogs", "time", "patchedDependencies"}
)


class _Read:
    """The parts of one lockfile that its nodes are made of."""

    def __init__(self, top: Mapping[str, Any]) -> None:
        self.packages = table(top.get("packages"), "packages")
        self.importers = _importers(top)
        # Since 9.0 the edges stand by themselves.
        self.snapshots = table(top["snapshots"], "snapshots") if "snapshots" in top else self.packages
        self.patches = salts(table(top.get("patchedDependencies"), "patchedDependencies"), _name)


def read_pnpm(data: bytes) -> Lock:
    """A lock of pnpm. Raises UnreadableError."""
    documents = read_yaml(data)
    if not documents:
        raise UnreadableError("is empty")
    # pnpm 11 puts what it runs itself with into a document before; it is compared as a whole.
    *ahead, last = documents
    top = table(last, "the file")
    version = text(top.get("lockfileVersion"), "lockfileVersion")
    if version not in _VERSIONS:
        raise UnreadableError(f"lockfileVersion {version[:40]!r} is not known")
    read = _Read(top)
    settings = pin_of([pin_of(ahead), pin_of(dict(top), _TOP if "importers" in top else _TOP | _PROJECT)])
    importers = {place: _directs(place, one, read) for place, one in read.importers.items()}
    return Lock(version, _nodes(read), importers, settings)


def _importers(top: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    if "importers" not in top:
        return {"": {key: value for key, value in top.items() if key in _PROJECT}}
    found = {}
    for place, one in table(top["importers"], "importers").items():
        if folder("", place) in found:
            raise UnreadableError("holds an importer twice")
        found[folder("", place)] = table(one, "an importer")
    return found


def _nodes(read: _Read) -> dict[Key, Node]:
    nodes: dict[Key, Node] = {}
    pins = {
        base: short(pin_of(table(package, "a package"), _INERT)) for base, package in read.packages.items()
    }
    unused = dict(pins)
    for key, content in read.snapshots.items():
        snapshot = table(content, "a package")
        base = key if key in pins else key.partition("(")[0]
        unused.pop(base, None)
        name = text(table(read.packages.get(base)).get("name"), "a name") or _name(key)
        pin = repr((base, pins.get(base), pin_of(snapshot, _INERT), read.patches.get(name)))
        nodes["package", key] = Node(name, pin, tuple(_edges("", snapshot, read)))
    for base, pin in unused.items():
        nodes["package", base] = Node(_name(base), pin)
    for place, one in read.importers.items():
        nodes["project", place] = Node(place, "project", tuple(_edges(place, one, read)))
    return nodes


def _edges(place: str, one: Mapping[str, Any], read: _Read) -> Iterator[tuple[str, Key]]:
    for kind in _NEEDS:
        for name, value in table(one.get(kind), kind).items():
            for key in _resolved(place, name, _reference(value), read):
                yield f"{kind}:{name}", key


def _directs(place: str, one: Mapping[str, Any], read: _Read) -> dict[str, Direct]:
    meta = table(one.get("dependenciesMeta"), "dependenciesMeta")
    kinds: dict[str, list[str]] = {}
    keys: dict[str, list[Key]] = {}
    for kind in _KINDS:
        for name, value in table(one.get(kind), kind).items():
            kinds.setdefault(name, []).append(kind)
            keys.setdefault(name, []).extend(_resolved(place, name, _reference(value), read))
    return {name: Direct(repr((of, pin_of(meta.get(name)))), tuple(keys[name])) for name, of in kinds.items()}


def _reference(value: object) -> str:
    """What a dependency resolved to: text, or since 6.0 beside its specifier."""
    return text(value["version"] if isinstance(value, dict) and "version" in value else value, "a version")


def _resolved(place: str, name: str, reference: str, read: _Read) -> list[Key]:
    """The packages that a reference can mean; which of its spellings is used depends on the version."""
    if reference.startswith("link:"):
        target = folder(place, reference.removeprefix("link:"))
        return [("project", target) if target in read.importers else ("absent", reference)]
    spellings = (reference, f"{name}@{reference}", f"/{name}@{reference}", f"/{name}/{reference}")
    found: list[Key] = [("package", spelling) for spelling in spellings if spelling in read.snapshots]
    return found or [("absent", f"{name}@{reference}")]


def _name(key: str) -> str:
    """The package's name in a key: `/a/1.0.0_peer`, `/@s/a@1.0.0(peer@1.0.0)`, `@s/a@1.0.0`, `a`."""
    rest = key.removeprefix("/")
    return before_at("/".join(rest.split("/", 2)[: 2 if rest.startswith("@") else 1]))
