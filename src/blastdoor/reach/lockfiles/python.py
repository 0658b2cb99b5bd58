"""poetry.lock, pdm.lock and Pipfile.lock, as their tools write them.

Poetry's and PDM's do not tell which packages are direct: whatever the project can import counts as such.
Pipenv's does not even tell what depends on what.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node, flat, name_nodes
from blastdoor.reach.lockfiles.values import UnreadableError, array, pin_of, read_json, read_toml, table, text

_POETRY = re.compile(r"1\.1|2\.[01]")
_PDM = re.compile(r"4\.[0-9.]{1,8}")
_REQUIREMENT = re.compile(r"\s*+([A-Za-z0-9][A-Za-z0-9._-]*+)")


def normal(name: str) -> str:
    """A package's name in its one spelling (PEP 503)."""
    return re.sub(r"[-_.]++", "-", name).lower()


def packages_of(top: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The `[[package]]` tables of a lock, each with a name. Raises UnreadableError."""
    for one in array(top.get("package"), "package"):
        package = table(one, "a package")
        if not text(package.get("name"), "a name"):
            raise UnreadableError("holds a package without a name")
        yield package


class _ByName:
    """Packages with the names that they depend on: of several with one name, any may be meant."""

    def __init__(self) -> None:
        self._nodes: dict[Key, Node] = {}
        self._keys: dict[str, list[Key]] = {}

    def add(self, name: str, pin: str, needs: Iterable[str]) -> None:
        """One package; two that are the same in all stand for one."""
        key: Key = ("package", repr((normal(name), pin)))
        self._nodes[key] = Node(name, pin, tuple((normal(need), ("name", normal(need))) for need in needs))
        self._keys.setdefault(normal(name), []).append(key)

    def lock(self, version: str, settings: str) -> Lock:
        """A lock whose one project depends on all of them."""
        nodes = self._nodes | name_nodes(self._keys)
        directs = {node.name: Direct("", (("name", normal(node.name)),)) for node in self._nodes.values()}
        return Lock(version, nodes, {"": directs}, settings)


def read_poetry(data: bytes) -> Lock:
    """A lock of Poetry, versions 1.1 to 2.1. Raises UnreadableError, or what tomllib raises."""
    top = read_toml(data)
    metadata = table(top.get("metadata"), "metadata")
    version = text(metadata.get("lock-version"), "lock-version")
    if not _POETRY.fullmatch(version):
        raise UnreadableError(f"lock-version {version[:40]!r} is not known")
    # Before 2.0 the hashes of files stand by themselves.
    hashes = table(metadata.get("files"), "metadata.files")
    found = _ByName()
    for package in packages_of(top):
        pin = pin_of([pin_of(package, {"description"}), pin_of(hashes.get(package["name"]))])
        found.add(package["name"], pin, table(package.get("dependencies"), "dependencies"))
    inert = {"lock-version", "content-hash", "generated", "files"}
    settings = [pin_of(metadata, inert), pin_of(top, {"metadata", "package"})]
    return found.lock(version, repr(settings))


def read_pdm(data: bytes) -> Lock:
    """A lock of PDM, version 4. Raises UnreadableError, or what tomllib raises."""
    top = read_toml(data)
    metadata = table(top.get("metadata"), "metadata")
    version = text(metadata.get("lock_version"), "lock_version")
    if not _PDM.fullmatch(version):
        raise UnreadableError(f"lock_version {version[:40]!r} is not known")
    hashes = table(metadata.get("files"), "metadata.files")
    found = _ByName()
    for package in packages_of(top):
        own = f"{package['name']} {text(package.get('version'), 'a version')}"
        pin = pin_of([pin_of(package, {"summary"}), pin_of(hashes.get(own))])
        needs = [_required(text(one, "a dependency")) for one in array(package.get("dependencies"))]
        found.add(package["name"], pin, needs)
    settings = [
        pin_of(metadata, {"lock_version", "content_hash", "files"}),
        pin_of(top, {"metadata", "package"}),
    ]
    return found.lock(version, repr(settings))


def _required(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    if match is None:
        raise UnreadableError(f"holds a dependency that has no name: {requirement[:80]!r}")
    return match[1]


def read_pipenv(data: bytes) -> Lock:
    """A lock of Pipenv, specification 6. Raises UnreadableError, or what msgspec raises."""
    top = read_json(data)
    meta = table(top.get("_meta"), "_meta")
    version = meta.get("pipfile-spec")
    if type(version) is not int or version != 6:
        raise UnreadableError(f"pipfile-spec {version!r} is not known")
    entries = [
        (name, repr((category, pin_of(one))))
        for category, packages in top.items()
        if category != "_meta"
        for name, one in table(packages, category[:80]).items()
    ]
    return flat(entries, str(version), pin_of(meta, {"hash", "pipfile-spec"}))
