"""yarn.lock: version 1 ("classic"), and YAML since Yarn 2 ("berry", metadata versions 4 to 10).

Both map what was asked for (`name@range`, several to an entry) to what it resolved to. Berry also holds the
projects of the workspace as entries; classic does not tell who asks, so that its importer is `*`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from blastdoor.reach.lockfiles.locked import ANY, Direct, Key, Lock, Node, name_nodes
from blastdoor.reach.lockfiles.values import (
    UnreadableError,
    before_at,
    folder,
    pin_of,
    read_yaml,
    table,
    text,
)

_BERRY = frozenset({"4", "5", "6", "7", "8", "9", "10"})
_NEEDS = ("dependencies", "optionalDependencies")
#: What a project gives as peers is looked up for each of its dependencies.
_MAX_PEERS = 200
_HEADER = "# yarn lockfile v1"
_WORD = re.compile(r'(?:"((?:[^"\\]|\\.)*+)"|([^\s",:]++))[\s,:]*+')
_PATCHED = re.compile(r"patch:([^#]++)")


def read_yarn(data: bytes) -> Lock:
    """A lock of Yarn. Raises UnreadableError."""
    content = data.decode("utf-8")
    if content.startswith("__metadata:") or "\n__metadata:" in content:
        return _berry(data)
    if _HEADER not in content:
        raise UnreadableError("is of no known version")
    return _classic(content)


class _Entries:
    """Entries by what asks for them, and by the package's name."""

    def __init__(self) -> None:
        self.content: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, Key] = {}
        self.asked: dict[str, str] = {}
        self.named: dict[str, list[str]] = {}
        self.patches: dict[str, list[str]] = {}

    def add(self, id_: str, descriptors: list[str], content: dict[str, Any]) -> None:
        """One entry. A descriptor in two of them is refused."""
        if not descriptors or id_ in self.content:
            raise UnreadableError(f"holds an entry twice: {id_[:80]}")
        self.content[id_] = content
        self.keys[id_] = _key(id_, content)
        for descriptor in descriptors:
            if self.asked.setdefault(descriptor, id_) != id_:
                raise UnreadableError(f"holds an entry twice: {descriptor[:80]}")
        for name in dict.fromkeys(map(before_at, descriptors)):
            patched = any("@patch:" in one for one in descriptors)
            (self.patches if patched else self.named).setdefault(name, []).append(id_)

    def found(self, name: str, wanted: str) -> list[Key]:
        """The nodes that a dependency can mean.

        A resolution in the root's manifest may have put another range in the place of the one asked for, and
        a patch stands beside what it patches: so all of that name, and all its patches.
        """
        keys = self._exact(name, wanted)
        if not keys:
            keys = [("name", name) if name in self.named else ("absent", f"{name}@{wanted}")]
        return [*keys, ("name", f"{name}@patch:")] if name in self.patches else keys

    def _exact(self, name: str, wanted: str) -> list[Key]:
        spellings = (f"{name}@{wanted}", f"{name}@npm:{wanted}")
        return [self.keys[self.asked[spelling]] for spelling in spellings if spelling in self.asked]

    def nodes(self) -> dict[Key, Node]:
        """All entries, and what stands for their names."""
        nodes = name_nodes({name: [self.keys[id_] for id_ in ids] for name, ids in self.named.items()})
        nodes |= name_nodes(
            {f"{name}@patch:": [self.keys[id_] for id_ in ids] for name, ids in self.patches.items()}
        )
        for id_, one in self.content.items():
            key = self.keys[id_]
            if key in nodes:
                raise UnreadableError(f"holds a project twice: {key[1][:80]}")
            is_project = key[0] == "project"
            name, pin = (key[1], "project") if is_project else (before_at(id_), pin_of(one))
            nodes[key] = Node(name, pin, tuple(self._edges(id_, one)))
        return nodes

    def _edges(self, id_: str, one: Mapping[str, Any]) -> Iterator[tuple[str, Key]]:
        for kind in _NEEDS:
            for name, wanted in table(one.get(kind), kind).items():
                for target in self.found(name, text(wanted, "a range")):
                    yield f"{kind}:{name}", target
        # What a patch is applied to: `a@patch:a@npm%3A1.0.0#…` to `a@npm:1.0.0`.
        source = _PATCHED.search(id_)
        if source is not None:
            name = before_at(unquote(source[1]))
            wanted = unquote(source[1])[len(name) + 1 :]
            for target in self._exact(name, wanted) or [("name", name)]:
                yield "patched", target


def _key(id_: str, content: Mapping[str, Any]) -> Key:
    """An entry's node: a project of the workspace, by its directory, or a package."""
    _, found, place = text(content.get("resolution"), "a resolution").partition("@workspace:")
    if found and text(content.get("linkType"), "a link type") == "soft":
        return ("project", folder("", place))
    return ("package", id_)


# --- classic ---


def _classic(content: str) -> Lock:
    entries = _Entries()
    for descriptors, one in _classic_entries(content):
        entries.add(descriptors[0], descriptors, one)
    # By the names they are asked for with, which aliases are as well.
    directs = {name: Direct("", (("name", name),)) for name in entries.named}
    return Lock("1", entries.nodes(), {ANY: directs} if directs else {})


def _classic_entries(content: str) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Entries at the margin, fields two spaces in, their dependencies four."""
    entry: dict[str, Any] | None = None
    section: dict[str, str] | None = None
    for number, raw in enumerate(content.split("\n"), 1):
        line = raw.rstrip("\r")
        if not line.strip() or line.startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        words = _words(line.strip(), number)
        if indent == 0 and line.endswith(":"):
            entry, section = {}, None
            yield words, entry
        elif indent == 2 and entry is not None and line.endswith(":") and len(words) == 1:
            section = entry[words[0]] = {}
        elif indent == 2 and entry is not None and len(words) == 2:
            entry[words[0]], section = words[1], None
        elif indent == 4 and section is not None and len(words) == 2:
            section[words[0]] = words[1]
        else:
            raise UnreadableError(f"line {number} is not as Yarn writes it")


def _words(line: str, number: int) -> list[str]:
    words, at = [], 0
    while at < len(line):
        match = _WORD.match(line, at)
        if match is None:
            raise UnreadableError(f"line {number} is not as Yarn writes it")
        words.append(match[1] if match[1] is not None else match[2])
        at = match.end()
    return words


# --- berry ---


def _berry(data: bytes) -> Lock:
    documents = read_yaml(data)
    if len(documents) != 1:
        raise UnreadableError("is more than one YAML document")
    top = dict(table(documents[0], "the file"))
    metadata = table(top.pop("__metadata", None), "__metadata")
    version = text(metadata.get("version"), "the version")
    if version not in _BERRY:
        raise UnreadableError(f"metadata version {version[:40]!r} is not known")
    entries = _Entries()
    for key, one in top.items():
        entries.add(key, [part.strip() for part in key.split(",")], table(one, f"the entry {key[:80]!r}"))
    importers = {
        entries.keys[id_][1]: _directs(one, entries)
        for id_, one in entries.content.items()
        if entries.keys[id_][0] == "project"
    }
    # The cache's key stands before each checksum as well.
    settings = pin_of(dict(metadata), {"version", "cacheKey"})
    return Lock(version, entries.nodes(), importers, settings)


def _directs(one: Mapping[str, Any], entries: _Entries) -> dict[str, Direct]:
    """A project's dependencies (Yarn does not tell their kinds), each with the peers it gets from there."""
    meta = table(one.get("dependenciesMeta"), "dependenciesMeta")
    asked = {
        name: entries.found(name, text(wanted, "a range"))
        for kind in _NEEDS
        for name, wanted in table(one.get(kind), kind).items()
    }
    return {
        name: Direct(
            pin_of(meta.get(name)),
            (*keys, *(target for key in keys for target in _peers(key, asked, entries))),
        )
        for name, keys in asked.items()
    }


def _peers(key: Key, asked: Mapping[str, list[Key]], entries: _Entries) -> Iterator[Key]:
    content = entries.content.get(key[1], {}) if key[0] == "package" else {}
    peers = table(content.get("peerDependencies"), "peerDependencies")
    if len(peers) > _MAX_PEERS:
        raise UnreadableError("holds a package with more peers than any has")
    for name in peers:
        yield from asked.get(name, ())
