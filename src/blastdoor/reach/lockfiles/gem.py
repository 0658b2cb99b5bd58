"""Gemfile.lock (gems.locked), as Bundler writes it (bundler/lockfile_parser.rb names its sections).

Sections at the margin: sources (GEM, GIT, PATH, PLUGIN SOURCE) hold `specs:`, each with what it depends on;
then PLATFORMS, DEPENDENCIES (the direct ones), CHECKSUMS, RUBY VERSION and BUNDLED WITH.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from blastdoor.reach.lockfiles.locked import Direct, Key, Lock, Node, name_nodes
from blastdoor.reach.lockfiles.values import UnreadableError, folder, pin_of

_SOURCES = frozenset({"GEM", "GIT", "PATH", "PLUGIN SOURCE"})
_SETTINGS = frozenset({"PLATFORMS", "RUBY VERSION", "BUNDLED WITH"})
_KNOWN = _SOURCES | _SETTINGS | {"DEPENDENCIES", "CHECKSUMS"}
_SPEC = re.compile(r"([^\s()!]++)(?: \(([^()]*+)\))?+(!)?+")
_CHECKSUM = re.compile(r"([^\s()]++) \(([^()]*+)\)(?: (.*))?")
_INDENT = 2
_SPEC_INDENT = 4


class _Spec(NamedTuple):
    """A gem: the source it stands under, its directory if that is a path, what it needs (name -> range)."""

    source: str
    place: str | None
    name: str
    version: str
    needs: dict[str, str]


class _Read:
    def __init__(self) -> None:
        self.specs: list[_Spec] = []
        self.direct: dict[str, str] = {}
        self.checksums: dict[tuple[str, str], str] = {}
        self.settings: list[str] = []


def read_gem(data: bytes) -> Lock:
    """A lock of Bundler. Raises UnreadableError."""
    read = _Read()
    for title, lines in _sections(data.decode("utf-8")):
        if title in _SOURCES:
            _source(title, lines, read)
        elif title in _SETTINGS:
            read.settings.append(repr((title, sorted(line.strip() for line in lines))))
        elif title == "DEPENDENCIES":
            # The range only says what was asked for; `!` says that it comes from a source of its own.
            read.direct |= {spec[1]: spec[3] or "" for spec in map(_spec, lines)}
        else:
            read.checksums |= {_checksum(line)[:2]: line.strip() for line in lines}
    return _lock(read)


def _sections(content: str) -> Iterator[tuple[str, list[str]]]:
    title, lines = "", list[str]()
    for raw in content.split("\n"):
        line = raw.rstrip()
        if not line:
            continue
        if line.startswith(" "):
            lines.append(line)
            continue
        if title:
            yield title, lines
        title, lines = line, []
        if title not in _KNOWN:
            raise UnreadableError(f"holds a section that is not known: {title[:80]!r}")
    if title:
        yield title, lines
    elif lines:
        raise UnreadableError("holds lines before its first section")


def _spec(line: str) -> re.Match[str]:
    match = _SPEC.fullmatch(line.strip())
    if match is None:
        raise UnreadableError(f"holds a line that is no gem: {line.strip()[:80]!r}")
    return match


def _checksum(line: str) -> tuple[str, str, str]:
    match = _CHECKSUM.fullmatch(line.strip())
    if match is None:
        raise UnreadableError(f"holds a line that is no checksum: {line.strip()[:80]!r}")
    return match[1], match[2], match[3] or ""


def _source(title: str, lines: list[str], read: _Read) -> None:
    about = sorted(line.strip() for line in lines if len(line) - len(line.lstrip()) == _INDENT)
    remote = next((line.partition(": ")[2] for line in about if line.startswith("remote: ")), "")
    place = folder("", remote) if title == "PATH" else None
    source = repr((title, about))
    needs: dict[str, str] | None = None
    for line in lines:
        indent = len(line) - len(line.lstrip())
        if indent == _SPEC_INDENT:
            match, needs = _spec(line), {}
            read.specs.append(_Spec(source, place, match[1], match[2] or "", needs))
        elif indent == _SPEC_INDENT + _INDENT and needs is not None:
            need = _spec(line)
            needs[need[1]] = need[2] or ""
        elif indent != _INDENT:
            raise UnreadableError(f"holds a line that is not as Bundler writes it: {line.strip()[:80]!r}")


def _lock(read: _Read) -> Lock:
    nodes: dict[Key, Node] = {}
    found: dict[str, list[Key]] = {}
    importers: dict[str, dict[str, Direct]] = {}
    for spec in read.specs:
        pin = repr(
            (spec.source, spec.version, pin_of(spec.needs), read.checksums.get((spec.name, spec.version)))
        )
        key: Key = ("package", f"{spec.name} {pin}")
        edges = tuple((need, _named(need)) for need in spec.needs)
        nodes[key] = Node(spec.name, pin, edges)
        found.setdefault(spec.name, []).append(key)
        if spec.place is not None:
            own = {need: Direct("", (_named(need),)) for need in spec.needs}
            importers[spec.place] = own | importers.get(spec.place, {})
    direct = {name: Direct(mark, (_named(name),)) for name, mark in read.direct.items()}
    importers[""] = importers.get("", {}) | direct
    return Lock("", nodes | name_nodes(found), importers, pin_of(read.settings))


def _named(name: str) -> Key:
    return ("name", name)
